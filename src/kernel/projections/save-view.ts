import type { Documents, StoredDocument, Versioned } from "../../platform/cosmos/documents.ts";

/** Stores a view in the place of what was seen of it. Answers its etag; `undefined` if somebody else was faster. */
export function saveView<View extends StoredDocument>(
  views: Pick<Documents<View>, "create" | "replace">,
  seen: Versioned<View> | undefined,
  next: View,
): Promise<string | undefined> {
  return seen === undefined ? views.create(next.id, next) : views.replace(next.id, next, seen.etag);
}

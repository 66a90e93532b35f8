import { deciderOf } from "../../../domain/catalog.ts";
import { Malformed } from "../../platform/malformed.ts";
import type { Commit } from "../messages/commit.ts";
import { hasCommitId, readLeniently } from "../messages/read-commit.ts";
import { isState } from "../../modules/account/stored-events.ts";
import type { Stored } from "./stream-queries.ts";

/** `undefined` unless it is a commit with a snapshot by today's fold. */
export function trustedHead(document: Stored): Commit | undefined {
  if (!hasCommitId(document)) return undefined;
  try {
    const commit = readLeniently(document);
    const { foldVersion, category } = deciderOf(commit.stream);
    const { snapshot } = commit;
    const isTrusted = snapshot.fold === foldVersion && isState(category, snapshot.state);
    return isTrusted ? commit : undefined;
  } catch (error) {
    if (error instanceof Malformed) return undefined;
    throw error;
  }
}

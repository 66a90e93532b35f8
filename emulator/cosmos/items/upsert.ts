import { etagOf } from "../storage/positions.ts";
import { create } from "./create.ts";
import { checkDocument } from "./incoming-document.ts";
import {
  checkVersion,
  findLive,
  type IncomingDocument,
  type ItemResult,
  type WriteScope,
} from "./item.ts";
import { replaceDocument } from "./store-document.ts";

/**
 * Creates the document, or replaces the one with its id. If-Match counts only for a replacement:
 * without a document the service creates one whatever the condition (azure-cosmos-dotnet-v3 #1698).
 */
export function upsert(scope: WriteScope, incoming: IncomingDocument): ItemResult {
  const checked = checkDocument(incoming, scope.container, scope.partition);
  const old = findLive(scope, checked.id);
  if (old === undefined) return create(scope, incoming);
  checkVersion(scope, old);
  const { document, charge } = replaceDocument(scope, old, incoming, checked);
  return { status: 200, charge, etag: etagOf(document.position), body: document.body };
}

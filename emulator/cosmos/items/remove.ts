import { checkVersion, findOrRefuse, type ItemResult, type WriteScope } from "./item.ts";
import { eraseDocument } from "./store-document.ts";

/** Deletes a document. Throws 404, and 412 if If-Match names another version. */
export function remove(scope: WriteScope, id: string): ItemResult {
  const old = findOrRefuse(scope, id);
  checkVersion(scope, old);
  // A deletion is a transaction too: it moves the LSN on, although the feed does not show it.
  scope.nextPosition();
  return { status: 204, charge: eraseDocument(scope.container, old), body: "" };
}

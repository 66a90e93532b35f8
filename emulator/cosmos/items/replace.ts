import { badRequest } from "../protocol/errors.ts";
import { etagOf } from "../storage/positions.ts";
import { checkDocument } from "./incoming-document.ts";
import {
  checkVersion,
  findOrRefuse,
  type IncomingDocument,
  type ItemResult,
  type WriteScope,
} from "./item.ts";
import { replaceDocument } from "./store-document.ts";

/** Replaces a document as a whole. Throws 404, and 412 if If-Match names another version. */
export function replace(scope: WriteScope, id: string, incoming: IncomingDocument): ItemResult {
  const checked = checkDocument(incoming, scope.container, scope.partition);
  if (checked.id !== id) {
    throw badRequest(`The document's id ${checked.id} is not the one in the address: ${id}.`);
  }
  const old = findOrRefuse(scope, id);
  checkVersion(scope, old);
  const { document, charge } = replaceDocument(scope, old, incoming, checked);
  return { status: 200, charge, etag: etagOf(document.position), body: document.body };
}

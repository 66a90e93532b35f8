import { charges } from "../charges.ts";
import { etagOf } from "../storage/positions.ts";
import { findOrRefuse, type ItemResult, type ItemScope } from "./item.ts";
import { byteLength } from "./store-document.ts";

/** Reads one document; 304 if the client has it already. Throws 404. */
export function read(scope: ItemScope, id: string): ItemResult {
  const stored = findOrRefuse(scope, id);
  const etag = etagOf(stored.position);
  if (scope.ifNoneMatch === etag || scope.ifNoneMatch === "*") {
    return { status: 304, charge: charges.missedRead, etag, body: "" };
  }
  return { status: 200, charge: charges.read(byteLength(stored)), etag, body: stored.body };
}

import { charges } from "../charges.ts";
import { isExpired } from "../container.ts";
import { CosmosError } from "../protocol/errors.ts";
import { etagOf } from "../storage/positions.ts";
import { checkDocument } from "./incoming-document.ts";
import type { IncomingDocument, ItemResult, WriteScope } from "./item.ts";
import { eraseDocument, insertDocument } from "./store-document.ts";

/** Stores a new document. Throws 409 if its id, or one of its unique keys, is taken. */
export function create(scope: WriteScope, incoming: IncomingDocument): ItemResult {
  const { container, partition, nowMs } = scope;
  const checked = checkDocument(incoming, container, partition);
  const existing = container.documents.find(partition.identity, checked.id);
  if (existing !== undefined) {
    if (!isExpired(existing, container, nowMs)) {
      throw new CosmosError(409, "Entity with the specified id already exists in the system.", {
        charge: charges.refusedWrite,
      });
    }
    eraseDocument(container, existing);
  }
  const { document, charge } = insertDocument(scope, incoming, checked);
  return { status: 201, charge, etag: etagOf(document.position), body: document.body };
}

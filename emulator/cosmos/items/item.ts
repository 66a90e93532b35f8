import type { JsonObject } from "../sql/index.ts";
import { type Container, isExpired } from "../container.ts";
import type { LogicalPartition } from "../partitioning/partition-ranges.ts";
import { charges } from "../charges.ts";
import { checkIfMatch, CosmosError } from "../protocol/errors.ts";
import type { StoredDocument } from "../storage/document-table.ts";
import { etagOf } from "../storage/positions.ts";

/** What every operation on one item is about. */
export type ItemScope = {
  readonly container: Container;
  readonly partition: LogicalPartition;
  readonly nowMs: number;
  readonly ifMatch: string | undefined;
  readonly ifNoneMatch: string | undefined;
};

export type WriteScope = ItemScope & {
  /** The position that the next write of the running transaction takes. */
  readonly nextPosition: () => number;
};

/** What an operation answers when it was not refused; refusals are thrown as CosmosError. */
export type ItemResult = {
  readonly status: 200 | 201 | 204 | 304;
  readonly charge: number;
  readonly etag?: string;
  /** The JSON text of the item; empty for 204 and 304. */
  readonly body: string;
};

/** A document on its way in: parsed, and as text without server-made properties. */
export type IncomingDocument = { readonly value: JsonObject; readonly text: string };

/** The document if it exists and its time to live has not ended. */
export function findLive(scope: ItemScope, id: string): StoredDocument | undefined {
  const stored = scope.container.documents.find(scope.partition.identity, id);
  if (stored === undefined || isExpired(stored, scope.container, scope.nowMs)) return undefined;
  return stored;
}

export function findOrRefuse(scope: ItemScope, id: string): StoredDocument {
  const stored = findLive(scope, id);
  if (stored !== undefined) return stored;
  throw new CosmosError(404, `Entity with the specified id does not exist in the system: ${id}`, {
    charge: charges.refusedWrite,
  });
}

/** Throws 412 if If-Match names another version than the stored one. */
export function checkVersion({ ifMatch }: ItemScope, stored: StoredDocument): void {
  checkIfMatch({ "if-match": ifMatch }, etagOf(stored.position), charges.refusedWrite);
}

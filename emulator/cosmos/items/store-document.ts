import { type JsonObject, valueAt } from "../sql/index.ts";
import { type Container, isExpired } from "../container.ts";
import { charges } from "../charges.ts";
import { type IndexTerm, indexTerms, isCharged } from "../indexing/index-terms.ts";
import { limits } from "../limits.ts";
import { CosmosError } from "../protocol/errors.ts";
import type { StoredDocument } from "../storage/document-table.ts";
import { etagOf } from "../storage/positions.ts";
import type { CheckedDocument } from "./incoming-document.ts";
import type { IncomingDocument, WriteScope } from "./item.ts";

export type Stored = { readonly document: StoredDocument; readonly charge: number };

/** Puts a new document and its index entries into the tables. Throws 409 and 413. */
export function insertDocument(
  scope: WriteScope,
  incoming: IncomingDocument,
  { id, ttl }: CheckedDocument,
): Stored {
  const { container, partition } = scope;
  const uniqueKeys = uniqueKeysOf(incoming.value, container);
  checkUniqueKeys(scope, id, uniqueKeys);
  const position = scope.nextPosition();
  const sealed = seal(scope, incoming.text, position, position);
  const document = { ...sealed, partition: partition.identity, id, created: position, ttl };
  container.documents.insert(document);
  for (const [rule, key] of uniqueKeys.entries()) {
    container.documents.addUniqueKey(partition.identity, rule, key, id);
  }
  const terms = indexTerms(incoming.value, container.indexing);
  for (const term of terms.values()) {
    container.documents.addTerm(partition.identity, id, term);
  }
  return { document, charge: charges.create(byteLength(document), countCharged(terms.values())) };
}

/** Puts the new form of a document in the place of the old one, moving it to the feed's end. */
export function replaceDocument(
  scope: WriteScope,
  old: StoredDocument,
  incoming: IncomingDocument,
  { ttl }: CheckedDocument,
): Stored {
  const { container } = scope;
  const { documents } = container;
  const { partition, id, created } = old;
  const oldValue = needsOldValue(container) ? (JSON.parse(old.body) as JsonObject) : {};
  const uniqueKeys = uniqueKeysOf(incoming.value, container);
  checkUniqueKeys(scope, id, uniqueKeys);
  const position = scope.nextPosition();
  const document = {
    ...seal(scope, incoming.text, position, created),
    partition,
    id,
    created,
    ttl,
  };
  documents.replace(old.position, document);

  const oldUniqueKeys = uniqueKeysOf(oldValue, container);
  for (const [rule, key] of uniqueKeys.entries()) {
    if (oldUniqueKeys[rule] === key) continue;
    documents.removeUniqueKey(partition, rule, oldUniqueKeys[rule] ?? key);
    documents.addUniqueKey(partition, rule, key, id);
  }
  const oldTerms = indexTerms(oldValue, container.indexing);
  const newTerms = indexTerms(incoming.value, container.indexing);
  const removed = [...oldTerms].filter(([text]) => !newTerms.has(text)).map(([, term]) => term);
  const added = [...newTerms].filter(([text]) => !oldTerms.has(text)).map(([, term]) => term);
  for (const term of removed) documents.removeTerm(partition, id, term);
  for (const term of added) documents.addTerm(partition, id, term);
  const changed = countCharged(removed) + countCharged(added);
  return { document, charge: charges.replace(byteLength(old), byteLength(document), changed) };
}

/** Takes a document and its index entries out of the tables; gives the charge. */
export function eraseDocument(container: Container, old: StoredDocument): number {
  const { documents } = container;
  const oldValue = needsOldValue(container) ? (JSON.parse(old.body) as JsonObject) : {};
  documents.remove(old.position);
  for (const [rule, key] of uniqueKeysOf(oldValue, container).entries()) {
    documents.removeUniqueKey(old.partition, rule, key);
  }
  const terms = indexTerms(oldValue, container.indexing);
  for (const term of terms.values()) documents.removeTerm(old.partition, old.id, term);
  return charges.remove(byteLength(old), countCharged(terms.values()));
}

const needsOldValue = (container: Container): boolean =>
  container.indexing.indexesAnything || container.uniqueKeys.length > 0;

export const byteLength = (document: StoredDocument): number => Buffer.byteLength(document.body);

function countCharged(terms: Iterable<IndexTerm>): number {
  let count = 0;
  for (const term of terms) if (isCharged(term)) count += 1;
  return count;
}

/** Appends the server-made properties to the text, which saves parsing it on every read. */
function seal(
  { container, nowMs }: WriteScope,
  text: string,
  position: number,
  created: number,
): Pick<StoredDocument, "position" | "ts" | "body"> {
  const ts = Math.floor(nowMs / 1000);
  const rid = container.documentRid(created);
  const body =
    `${text.slice(0, -1)},"_rid":"${rid}",` +
    `"_self":"dbs/${container.database.rid}/colls/${container.rid}/docs/${rid}/",` +
    `"_etag":${JSON.stringify(etagOf(position))},"_attachments":"attachments/","_ts":${ts}}`;
  // UTF-8 takes at most three bytes a character: only large texts need counting.
  if (body.length * 3 > limits.documentBytes && Buffer.byteLength(body) > limits.documentBytes) {
    throw new CosmosError(413, "The document is larger than 2 MB.");
  }
  return { position, ts, body };
}

/** One text for each unique key rule; a missing value counts as null ("Unique keys"). */
function uniqueKeysOf(document: JsonObject, container: Container): readonly string[] {
  return container.uniqueKeys.map((paths) =>
    JSON.stringify(paths.map((path) => valueAt(document, path) ?? null)),
  );
}

function checkUniqueKeys(scope: WriteScope, id: string, keys: readonly string[]): void {
  const { container, partition, nowMs } = scope;
  for (const [rule, key] of keys.entries()) {
    const holderId = container.documents.uniqueKeyHolder(partition.identity, rule, key);
    if (holderId === undefined || holderId === id) continue;
    const holder = container.documents.find(partition.identity, holderId);
    if (holder !== undefined && isExpired(holder, container, nowMs)) {
      eraseDocument(container, holder);
      continue;
    }
    throw new CosmosError(409, "Unique index constraint violation.", {
      charge: charges.refusedWrite,
    });
  }
}

import { type IndexTerm, type TermKind, termKind } from "../indexing/index-terms.ts";
import type { DocumentTable, StoredDocument } from "../storage/document-table.ts";

/** A document found by one of its index terms, and where that term stands. */
export type TermRow = StoredDocument & { readonly kind: number; readonly value: string | number };

type TermPlace = Pick<TermRow, "kind" | "value" | "created">;
export type Direction = "ASC" | "DESC";

/** The part of a path's terms between two values of one type, bounds included or not. */
export type TermBounds = {
  readonly kind: TermKind;
  readonly low?: TermBound | undefined;
  readonly high?: TermBound | undefined;
};
export type TermBound = { readonly value: IndexTerm["value"]; readonly inclusive: boolean };

const columns = "d.position, d.partition, d.id, d.created, d.ts, d.ttl, d.body, t.kind, t.value";
// CROSS JOIN: SQLite must walk the terms, which are in order, and look the documents up.
const joined = `FROM terms t CROSS JOIN documents d
  ON d.partition = t.partition AND d.id = t.id WHERE t.partition = ?1 AND t.path = ?2`;

/** The documents that have a term equal to this one, by id, after `afterId`. */
export function rowsWithTerm(
  table: DocumentTable,
  partition: string,
  { path, kind, value }: IndexTerm,
  afterId: string,
): Iterable<TermRow> {
  return table
    .statement(
      `SELECT ${columns} ${joined} AND t.kind = ?3 AND t.value = ?4 AND t.id > ?5 ORDER BY t.id`,
    )
    .iterate(partition, path, kind, value, afterId) as unknown as Iterable<TermRow>;
}

/** How many documents have this term, counted no further than `limit`. */
export function countWithTerm(
  table: DocumentTable,
  partition: string,
  { path, kind, value }: IndexTerm,
  limit: number,
): number {
  const row = table
    .statement(
      `SELECT count(*) AS count FROM (SELECT 1 FROM terms
     WHERE partition = ? AND path = ? AND kind = ? AND value = ? LIMIT ?)`,
    )
    .get(partition, path, kind, value, limit);
  return Number(row?.["count"]);
}

type TermEntry = Pick<TermRow, "kind" | "value" | "created" | "position">;

/**
 * The documents with a value on a path, in the order of the values, after a place. Equal values
 * come in the order of creation, which is that of the `_rid`.
 */
export function* rowsByTerm(
  table: DocumentTable,
  partition: string,
  path: string,
  range: TermRange,
): Iterable<TermRow> {
  let equal: TermEntry[] = [];
  for (const entry of entriesByTerm(table, partition, path, range)) {
    const [first] = equal;
    if (first !== undefined && (first.kind !== entry.kind || first.value !== entry.value)) {
      yield* rowsInCreationOrder(table, equal, range);
      equal = [];
    }
    equal.push(entry);
  }
  yield* rowsInCreationOrder(table, equal, range);
}

/** The entries from the value of a place on. The index knows the order of values, not of creation. */
function entriesByTerm(
  table: DocumentTable,
  partition: string,
  path: string,
  { bounds, direction, after }: TermRange,
): Iterable<TermEntry> {
  const parameters: (string | number)[] = [partition, path];
  const parameter = (value: string | number): string => `?${parameters.push(value)}`;
  let condition = "";
  if (bounds !== undefined) {
    const { kind, low, high } = bounds;
    condition += ` AND t.kind = ${parameter(kind)}`;
    if (low) condition += ` AND t.value ${low.inclusive ? ">=" : ">"} ${parameter(low.value)}`;
    if (high) condition += ` AND t.value ${high.inclusive ? "<=" : "<"} ${parameter(high.value)}`;
  }
  if (after !== undefined) {
    const place = [after.kind, after.value].map(parameter).join(", ");
    condition += ` AND (t.kind, t.value) ${direction === "ASC" ? ">=" : "<="} (${place})`;
  }
  const order = ["t.kind", "t.value"].map((column) => `${column} ${direction}`).join(", ");
  return table
    .statement(
      `SELECT t.kind, t.value, d.created, d.position ${joined}${condition} ORDER BY ${order}`,
    )
    .iterate(...parameters) as unknown as Iterable<TermEntry>;
}

function* rowsInCreationOrder(
  table: DocumentTable,
  equal: readonly TermEntry[],
  { direction, after }: TermRange,
): Iterable<TermRow> {
  const sign = direction === "ASC" ? 1 : -1;
  const isPast = ({ kind, value, created }: TermEntry): boolean =>
    after?.kind === kind && after.value === value && (created - after.created) * sign <= 0;
  const ordered = equal.toSorted((left, right) => (left.created - right.created) * sign);
  for (const entry of ordered) {
    if (isPast(entry)) continue;
    const document = documentAt(table, entry.position);
    if (document !== undefined) yield { ...document, kind: entry.kind, value: entry.value };
  }
}

const documentAt = (table: DocumentTable, position: number): StoredDocument | undefined =>
  table.statement("SELECT * FROM documents WHERE position = ?").get(position) as
    StoredDocument | undefined;

export type TermRange = {
  readonly bounds: TermBounds | undefined;
  readonly direction: Direction;
  readonly after: TermPlace | undefined;
};

/** Whether a path holds arrays or objects, whose order the index does not know. */
export function hasUnorderedTerms(table: DocumentTable, partition: string, path: string): boolean {
  return (
    table
      .statement("SELECT 1 FROM terms WHERE partition = ? AND path = ? AND kind >= ? LIMIT 1")
      .get(partition, path, termKind.array) !== undefined
  );
}

/** The documents without anything on a path, in the order of creation. */
export function* rowsWithoutTerm(
  table: DocumentTable,
  partition: string,
  path: string,
  { direction, after }: { readonly direction: Direction; readonly after: number | undefined },
): Iterable<StoredDocument> {
  const parameters: (string | number)[] = [partition, path];
  const place = direction === "ASC" ? "created > ?3" : "created < ?3";
  if (after !== undefined) parameters.push(after);
  // What is sorted are positions: bodies are read one by one.
  const positions = table
    .statement(
      `SELECT position FROM documents WHERE partition = ?1 ${after === undefined ? "" : `AND ${place}`}
     AND id NOT IN (SELECT id FROM terms WHERE partition = ?1 AND path = ?2)
     ORDER BY created ${direction}`,
    )
    .all(...parameters);
  for (const { position } of positions)
    yield* table.between(Number(position), Number(position) + 1);
}

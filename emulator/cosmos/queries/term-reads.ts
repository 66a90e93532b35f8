import { type IndexTerm, type TermKind, termKind } from "../indexing/index-terms.ts";
import type { DocumentTable, StoredDocument } from "../storage/document-table.ts";

/** A document found by one of its index terms, and where that term stands. */
export type TermRow = StoredDocument & { readonly kind: number; readonly value: string | number };

type TermPlace = Pick<TermRow, "kind" | "value" | "id">;
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
const joined = `SELECT ${columns} FROM terms t CROSS JOIN documents d
  ON d.partition = t.partition AND d.id = t.id WHERE t.partition = ?1 AND t.path = ?2`;

/** The documents that have a term equal to this one, by id, after `afterId`. */
export function rowsWithTerm(
  table: DocumentTable,
  partition: string,
  { path, kind, value }: IndexTerm,
  afterId: string,
): Iterable<TermRow> {
  return table
    .statement(`${joined} AND t.kind = ?3 AND t.value = ?4 AND t.id > ?5 ORDER BY t.id`)
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

/** The documents with a value on a path, in the order of the values, after a place. */
export function rowsByTerm(
  table: DocumentTable,
  partition: string,
  path: string,
  { bounds, direction, after }: TermRange,
): Iterable<TermRow> {
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
    const place = [after.kind, after.value, after.id].map(parameter).join(", ");
    condition += ` AND (t.kind, t.value, t.id) ${direction === "ASC" ? ">" : "<"} (${place})`;
  }
  const order = ["t.kind", "t.value", "t.id"].map((column) => `${column} ${direction}`).join(", ");
  return table
    .statement(`${joined}${condition} ORDER BY ${order}`)
    .iterate(...parameters) as unknown as Iterable<TermRow>;
}

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

/** The documents without anything on a path, by id. */
export function rowsWithoutTerm(
  table: DocumentTable,
  partition: string,
  path: string,
  { direction, afterId }: { readonly direction: Direction; readonly afterId: string | undefined },
): Iterable<StoredDocument> {
  const parameters = [partition, path];
  const place = direction === "ASC" ? "id > ?3" : "id < ?3";
  if (afterId !== undefined) parameters.push(afterId);
  return table
    .statement(
      `SELECT * FROM documents WHERE partition = ?1 ${afterId === undefined ? "" : `AND ${place}`}
     AND id NOT IN (SELECT id FROM terms WHERE partition = ?1 AND path = ?2)
     ORDER BY id ${direction}`,
    )
    .iterate(...parameters) as unknown as Iterable<StoredDocument>;
}

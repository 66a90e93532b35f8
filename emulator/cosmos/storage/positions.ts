/**
 * Where a document stands in its container: its range, the LSN of the transaction that last wrote
 * it, and its place among the documents of that transaction, all in one integer. It is the row id,
 * so the rows of a range lie in change feed order, and it moves whenever the document is written.
 */
const ordinalsPerTransaction = 2 ** 7;
const transactionsPerRange = 2 ** 38;
const rangeSpan = ordinalsPerTransaction * transactionsPerRange;

/** More ranges would not fit into the integers that JavaScript represents exactly. */
export const rangesPerContainer = 2 ** 8 - 1;

export function positionOf(range: number, lsn: number, ordinal: number): number {
  return range * rangeSpan + lsn * ordinalsPerTransaction + ordinal;
}

/** The first position after the transaction `lsn` of a range. */
export const positionAfter = (range: number, lsn: number): number => positionOf(range, lsn + 1, 0);

/** The first position after everything a range may ever hold. */
export const endOfRange = (range: number): number => (range + 1) * rangeSpan;

export const lsnOf = (position: number): number =>
  Math.floor((position % rangeSpan) / ordinalsPerTransaction);

/** A new etag for each write: the position, which no other write of the container shares. */
export function etagOf(position: number): string {
  const digits = position.toString(16).padStart(16, "0");
  return `"${digits.slice(0, 8)}-${digits.slice(8, 12)}-${digits.slice(12)}-0000-000000000000"`;
}

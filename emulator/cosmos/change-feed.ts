import { charges } from "./charges.ts";
import { type Container, isExpired } from "./container.ts";
import { limits } from "./limits.ts";
import type {
  EffectiveSlice,
  LogicalPartition,
  PartitionRange,
} from "./partitioning/partition-ranges.ts";
import { badRequest } from "./protocol/errors.ts";
import { wholeNumber } from "./protocol/whole-number.ts";
import type { StoredDocument } from "./storage/document-table.ts";
import { endOfRange, lsnOf, positionAfter } from "./storage/positions.ts";

/** What part of a range a reader of the change feed wants. */
export type FeedScope = {
  readonly container: Container;
  readonly range: PartitionRange;
  readonly partition?: LogicalPartition | undefined;
  readonly slice?: EffectiveSlice | undefined;
};

export type FeedPage = {
  /** Each document once, as it is now, with the `_lsn` of its last change. */
  readonly documents: readonly string[];
  /** Where the next page starts: everything up to this transaction is read. */
  readonly lsn: number;
  /** Whether the page stopped before the end of the feed. */
  readonly isPartial: boolean;
  readonly charge: number;
};

/** Rows looked at for one page: bounds the time that a narrow slice of a long range may take. */
const scannedRows = 10_000;

/**
 * Reads the changes after a transaction, in "latest version" mode (documentation: "Change feed
 * modes"): intermediate versions and deletions are not seen. `pageSize` is a hint: the documents of
 * one transaction always come together (ChangeFeedProcessorBuilder.WithMaxItems, remarks).
 */
export function readFeed(
  scope: FeedScope,
  afterLsn: number,
  pageSize: number,
  nowMs: number,
): FeedPage {
  const { container, range, slice } = scope;
  const documents: string[] = [];
  let bytes = 0;
  let charge = 0;
  let scanned = 0;
  let lsn = afterLsn;
  for (const row of rowsAfter(scope, afterLsn)) {
    const rowLsn = lsnOf(row.position);
    const isFull = documents.length >= pageSize || bytes >= limits.pageBytes;
    if (rowLsn !== lsn && (isFull || scanned >= scannedRows)) {
      return { documents, lsn, isPartial: true, charge: charge || charges.emptyFeedPage };
    }
    lsn = rowLsn;
    scanned += 1;
    if (slice !== undefined && !isWithin(row.partition, slice)) continue;
    if (isExpired(row, container, nowMs)) continue;
    const size = Buffer.byteLength(row.body);
    bytes += size;
    charge += charges.read(size);
    documents.push(`${row.body.slice(0, -1)},"_lsn":${lsn}}`);
  }
  // Nothing newer exists, also beyond the slice: the next page need not look at it again.
  return {
    documents,
    lsn: Math.max(afterLsn, range.lsn),
    isPartial: false,
    charge: charge || charges.emptyFeedPage,
  };
}

function rowsAfter(
  { container, range, partition }: FeedScope,
  lsn: number,
): Iterable<StoredDocument> {
  const from = positionAfter(range.ordinal, lsn);
  const to = endOfRange(range.ordinal);
  return partition === undefined
    ? container.documents.between(from, to)
    : container.documents.partitionBetween(partition.identity, from, to);
}

const isWithin = (identity: string, { minInclusive, maxExclusive }: EffectiveSlice): boolean =>
  identity >= minInclusive && identity < maxExclusive;

/** The transaction after which the changes at or after a time (seconds) begin. */
function lsnBefore({ container, range }: FeedScope, seconds: number): number {
  let low = 0;
  let high = range.lsn;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const row = container.documents.firstAt(
      positionAfter(range.ordinal, middle),
      endOfRange(range.ordinal),
    );
    if (row === undefined || row.ts >= seconds) high = middle;
    else low = lsnOf(row.position);
  }
  return low;
}

/** Where to start, from the headers of the request. */
export function startingLsn(scope: FeedScope, headers: Readonly<Record<string, string>>): number {
  const ifNoneMatch = headers["if-none-match"];
  if (ifNoneMatch === "*") return scope.range.lsn;
  if (ifNoneMatch !== undefined) {
    const lsn = wholeNumber(ifNoneMatch.replaceAll('"', ""));
    if (lsn !== undefined && lsn >= 0) return lsn;
    throw badRequest(`If-None-Match is no feed position: ${ifNoneMatch}`);
  }
  const since = headers["if-modified-since"];
  if (since === undefined) return 0;
  const sinceMs = Date.parse(since);
  if (Number.isNaN(sinceMs)) throw badRequest(`If-Modified-Since is no date: ${since}`);
  return lsnBefore(scope, Math.floor(sinceMs / 1000));
}

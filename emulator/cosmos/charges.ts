/**
 * What operations cost in request units. Documented figures come from the table and the examples
 * of learn.microsoft.com/azure/cosmos-db/understand-request-unit-consumption; figures marked
 * *assumed* are not documented anywhere and are kept here, in one place, to be tuned.
 */
const model = {
  /** Size in KB, cost of a point read, cost of writing without index. */
  bySize: [
    [1, 1.0, 4.95],
    [2, 1.04, 6.29],
    [4, 1.14, 6.67],
    [8, 1.33, 7.04],
    [16, 1.67, 9.52],
    [32, 2.19, 11.23],
    [64, 4.76, 22.67],
    [128, 9.95, 48.19],
    [256, 20.28, 98.29],
    [512, 40.95, 184.57],
    [1024, 145.9, 625.0],
    [2048, 291.8, 1250.0],
  ],
  /** One term added to, or removed from, the index. */
  indexTerm: 0.2,
  /** Each property that a patch touches, on top of the replacement. */
  patchedProperty: 0.4,
  /** Assumed: a write refused by a precondition, a conflict or a missing document. */
  refusedWrite: 1,
  /** Assumed: a read of a document that is missing or has not changed. */
  missedRead: 1,
  /** Assumed: a change feed read that finds nothing. */
  emptyFeedPage: 1,
  /** Assumed: what running a query costs before it reads anything. */
  query: 2.3,
  /** Assumed: a seek in the index. */
  indexLookup: 0.05,
  /** Assumed: reading or changing databases, containers and ranges. */
  metadata: 1,
} as const;

type Column = 1 | 2;

/** Straight lines between the sizes of the table; the smallest size is the minimum. */
function interpolate(bytes: number, column: Column): number {
  const size = bytes / 1024;
  let below: (typeof model.bySize)[number] = model.bySize[0];
  if (size <= below[0]) return below[column];
  for (const above of model.bySize) {
    if (size <= above[0]) {
      const share = (size - below[0]) / (above[0] - below[0]);
      return below[column] + share * (above[column] - below[column]);
    }
    below = above;
  }
  return below[column];
}

/** Sizes are those of the stored JSON in bytes; terms are counted as the index stores them. */
export const charges = {
  read: (bytes: number): number => interpolate(bytes, 1),
  create: (bytes: number, terms: number): number => interpolate(bytes, 2) + model.indexTerm * terms,
  replace: (oldBytes: number, newBytes: number, changedTerms: number): number =>
    interpolate(oldBytes, 2) + interpolate(newBytes, 2) + model.indexTerm * changedTerms,
  patchedProperties: (count: number): number => model.patchedProperty * count,
  remove: (bytes: number, terms: number): number => interpolate(bytes, 2) + model.indexTerm * terms,
  query: (lookups: number): number => model.query + model.indexLookup * lookups,
  refusedWrite: model.refusedWrite,
  missedRead: model.missedRead,
  emptyFeedPage: model.emptyFeedPage,
  metadata: model.metadata,
} as const;

/** The service gives charges with two decimals. */
export const formatCharge = (requestUnits: number): string =>
  String(Math.round(requestUnits * 100) / 100);

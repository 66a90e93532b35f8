/**
 * Durations in buckets of about one per cent: however many are recorded, the memory stays the
 * same, and a percentile is off by at most the width of its bucket. The maximum is exact.
 */
export type DurationHistogram = {
  record: (durationMs: number) => void;
  count: () => number;
  maxMs: () => number;
  /** The duration that `percentage` of all stay within (nearest rank); 0 when there is none. */
  percentileMs: (percentage: number) => number;
};

export const durationHistogram = (): DurationHistogram => {
  const counts = new Uint32Array(BUCKETS);
  let count = 0;
  let maxMs = 0;
  return {
    record: (durationMs) => {
      const bucket = bucketOf(durationMs);
      counts[bucket] = (counts[bucket] ?? 0) + 1;
      count += 1;
      maxMs = Math.max(maxMs, durationMs);
    },
    count: () => count,
    maxMs: () => maxMs,
    percentileMs: (percentage) => {
      const rank = Math.max(1, Math.ceil((count * percentage) / 100));
      let seen = 0;
      for (let bucket = 0; bucket < BUCKETS && count > 0; bucket++) {
        seen += counts[bucket] ?? 0;
        if (seen >= rank) return Math.min(maxMs, upperBoundMs(bucket));
      }
      return 0;
    },
  };
};

const SMALLEST_MS = 0.01;
const GROWTH = 1.01;
/** Enough for an hour; longer durations share the last bucket. */
const BUCKETS = Math.ceil(Math.log(3_600_000 / SMALLEST_MS) / Math.log(GROWTH)) + 1;

const bucketOf = (durationMs: number): number => {
  if (durationMs <= SMALLEST_MS) return 0;
  const bucket = Math.ceil(Math.log(durationMs / SMALLEST_MS) / Math.log(GROWTH));
  return Math.min(BUCKETS - 1, bucket);
};

const upperBoundMs = (bucket: number): number =>
  bucket === BUCKETS - 1 ? Infinity : SMALLEST_MS * GROWTH ** bucket;

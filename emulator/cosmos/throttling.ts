import type { Container } from "./container.ts";
import type { PartitionRange } from "./partitioning/partition-ranges.ts";
import { CosmosError, substatus } from "./protocol/errors.ts";

/**
 * Each range of a container with provisioned throughput has an equal share of it, as a bucket
 * that refills continuously and holds one second's worth. A request is let in while anything is
 * left; what it costs beyond that is owed, and the range refuses until the debt is paid.
 */
export type Throttle = {
  /** Throws 429 with sub-status 3200 and the time to wait. */
  admit(container: Container, ranges: readonly PartitionRange[], nowMs: number): void;
  /** Takes the charge of an operation from its ranges, in equal parts. */
  spend(container: Container, ranges: readonly PartitionRange[], charge: number): void;
};

type Bucket = { requestUnits: number; filledAtMs: number };

export function createThrottle(): Throttle {
  const buckets = new WeakMap<PartitionRange, Bucket>();

  /** What is left in the bucket of a range, after it was filled up for the time that passed. */
  const refill = (range: PartitionRange, rate: number, nowMs: number): number => {
    const bucket = buckets.get(range) ?? { requestUnits: rate, filledAtMs: nowMs };
    const gained = (Math.max(0, nowMs - bucket.filledAtMs) * rate) / 1000;
    const requestUnits = Math.min(rate, bucket.requestUnits + gained);
    buckets.set(range, { requestUnits, filledAtMs: nowMs });
    return requestUnits;
  };

  return {
    admit: ({ throughput, partitioning }, ranges, nowMs) => {
      if (throughput === undefined) return;
      const rate = throughput.requestUnits / partitioning.ranges.length;
      const left = Math.min(...ranges.map((range) => refill(range, rate, nowMs)));
      if (left > 0) return;
      const retryAfterMs = Math.max(1, Math.ceil((-left * 1000) / rate));
      throw new CosmosError(429, "Request rate is large. More Request Units may be needed.", {
        substatus: substatus.requestRateTooLarge,
        retryAfterMs,
      });
    },
    spend: ({ throughput }, ranges, charge) => {
      if (throughput === undefined) return;
      for (const range of ranges) {
        const bucket = buckets.get(range);
        if (bucket !== undefined) bucket.requestUnits -= charge / ranges.length;
      }
    },
  };
}

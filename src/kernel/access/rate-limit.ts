import { boundedCache } from "../../platform/bounded-cache.ts";
import type { Clock } from "../../platform/clock.ts";

export type Rate = {
  /** Requests a second in the long run. */
  readonly perSecond: number;
  /** Requests at once after a rest. */
  readonly burst: number;
};

export type RateLimit = {
  /** Counts one request under this name: 0, or how long it is too early (ms), and then it does not count. */
  take(name: string): number;
};

/** As many names are counted; whoever is forgotten begins anew with a full bucket. */
const countedNames = 10_000;

/**
 * A token bucket for each name, in the memory of this instance: n instances together let n times as much pass, and a
 * new one knows of nothing. It keeps one client from using up an instance; it is no defence against a flood.
 */
export function rateLimit({ perSecond, burst }: Rate, clock: Pick<Clock, "now">): RateLimit {
  const buckets = boundedCache<{ readonly left: number; readonly atMs: number }>(countedNames);
  return {
    take: (name) => {
      const nowMs = clock.now();
      const { left, atMs } = buckets.get(name) ?? { left: burst, atMs: nowMs };
      const restedMs = Math.max(0, nowMs - atMs);
      const filled = Math.min(burst, left + (restedMs / 1_000) * perSecond);
      if (filled < 1) return Math.ceil(((1 - filled) / perSecond) * 1_000);
      buckets.set(name, { left: filled - 1, atMs: nowMs });
      return 0;
    },
  };
}

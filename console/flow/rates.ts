/** Counts by second over the last minute. */
export type Rate = {
  add(count: number, nowMs: number): void;
  /** Mean of the last ten full seconds, or of as many as there have been. */
  perSecond(nowMs: number): number;
  /** One figure for each of the last sixty seconds, the latest last. */
  history(nowMs: number): readonly number[];
};

const keptSeconds = 60;
const meanSeconds = 10;

export const createRate = (startedMs: number): Rate => {
  const counts = new Map<number, number>();
  const at = (second: number): number => counts.get(second) ?? 0;
  const history = (nowMs: number): number[] => {
    const now = Math.floor(nowMs / 1_000);
    return Array.from({ length: keptSeconds }, (_, index) => at(now - keptSeconds + 1 + index));
  };
  return {
    add: (count, nowMs) => {
      const now = Math.floor(nowMs / 1_000);
      counts.set(now, at(now) + count);
      for (const second of counts.keys()) if (second <= now - keptSeconds) counts.delete(second);
    },
    perSecond: (nowMs) => {
      const recent = history(nowMs).slice(-meanSeconds - 1, -1);
      const seconds = Math.min(meanSeconds, Math.max(1, Math.floor((nowMs - startedMs) / 1_000)));
      return recent.reduce((sum, count) => sum + count, 0) / seconds;
    },
    history,
  };
};

/** The latest so many measurements. */
export type Spread = {
  add(value: number): void;
  /** Undefined while there is none. */
  quantile(share: number): number | undefined;
};

const keptValues = 500;

export const createSpread = (): Spread => {
  let values: number[] = [];
  return {
    add: (value) => {
      values.push(value);
      if (values.length > 2 * keptValues) values = values.slice(-keptValues);
    },
    quantile: (share) => {
      const sorted = values.slice(-keptValues).toSorted((a, b) => a - b);
      return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
    },
  };
};

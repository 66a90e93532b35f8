import { durationHistogram, type DurationHistogram } from "../percentiles.ts";

/** What is counted while a scenario plays: for the progress and the summary, not for the audit. */
export type Tally = {
  requests: number;
  retries: number;
  intentions: number;
  inFlight: number;
  accepted: number;
  rejected: Map<string, number>;
  refused: Map<string, number>;
  duplicates: number;
  idempotencyHits: number;
  transfers: number;
  firstTransferAtMs: number | undefined;
  lastTransferAtMs: number;
  /** From the first POST to the answer that says settled (or given back). */
  transferLatency: DurationHistogram;
};

export const newTally = (): Tally => ({
  requests: 0,
  retries: 0,
  intentions: 0,
  inFlight: 0,
  accepted: 0,
  rejected: new Map(),
  refused: new Map(),
  duplicates: 0,
  idempotencyHits: 0,
  transfers: 0,
  firstTransferAtMs: undefined,
  lastTransferAtMs: 0,
  transferLatency: durationHistogram(),
});

export const countOne = (counts: Map<string, number>, name: string): void => {
  counts.set(name, (counts.get(name) ?? 0) + 1);
};

export const sum = (counts: ReadonlyMap<string, number>): number =>
  [...counts.values()].reduce((total, count) => total + count, 0);

import type { Counts, Store } from "../storage/store.ts";
import type { Outcome } from "./retry-schedule.ts";

/** One attempt, as an operator sees it. */
export type DeliveryRecord = {
  /** When it began, ISO 8601. */
  readonly at: string;
  readonly eventIds: readonly string[];
  /** 1 for the first. */
  readonly attempt: number;
  readonly outcome: Outcome;
  readonly status?: number;
  readonly durationMs: number;
};

/** What happened to the events of one subscription: counts are stored, records are not. */
export type Statistics = {
  count(what: keyof Counts, by: number): void;
  record(delivery: DeliveryRecord): void;
  readonly counts: () => Counts;
  /** The latest attempts, newest first. */
  readonly recent: () => readonly DeliveryRecord[];
};

const recordsKept = 100;

export function createStatistics(store: Store, subscription: number, initial: Counts): Statistics {
  let counts = initial;
  let isSaveDue = false;
  let records: DeliveryRecord[] = [];

  const save = (): void => {
    isSaveDue = false;
    store.saveCounts(subscription, counts);
  };

  return {
    count: (what, by) => {
      counts = { ...counts, [what]: counts[what] + by };
      if (!isSaveDue) store.transactions.join(save);
      isSaveDue = true;
    },
    record: (delivery) => {
      records.push(delivery);
      if (records.length > 2 * recordsKept) records = records.slice(-recordsKept);
    },
    counts: () => counts,
    recent: () => records.slice(-recordsKept).reverse(),
  };
}

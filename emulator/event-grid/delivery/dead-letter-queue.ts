import type { DeliveryRow } from "../storage/store.ts";
import type { Subscription } from "../subscription.ts";
import { createAlarm } from "./alarm.ts";
import { writeDeadLetters } from "./dead-letter-blob.ts";
import type { DeliveryServices } from "./delivery-services.ts";
import { createDueHeap } from "./due-heap.ts";
import type { Statistics } from "./statistics.ts";

export type DeadLetterReason =
  | "MaxDeliveryAttemptsExceeded"
  | "TimeToLiveExceeded"
  /** A status that is not retried; the documentation names no reason for it. */
  | "UndeliverableDueToClientError";

/** Writes the undeliverable events of one subscription to blob storage. */
export type DeadLetterQueue = {
  /** Marks the delivery as a dead letter, to be written with the others of the next minutes. */
  bury(row: DeliveryRow, reason: DeadLetterReason): void;
  /** Takes a dead letter that is in the store. */
  add(letter: { readonly number: number; readonly dueAt: number }): void;
  readonly size: () => number;
  /** Resolves when nothing is being written. */
  stop(): Promise<void>;
};

type Letter = { readonly number: number; readonly dueAt: number };

/** Documentation: "Event Grid message delivery and retry", dead-letter events. */
const collectMs = 5 * 60_000;
const giveUpAfterMs = 4 * 3_600_000;
/** How soon storage that failed is tried again: not documented. */
const retryMs = 60_000;
const lettersPerBlob = 1000;

export function createDeadLetterQueue(
  subscription: Subscription,
  statistics: Statistics,
  services: DeliveryServices,
): DeadLetterQueue {
  const { clock, store } = services;
  const ledger = createLedger(statistics, services);
  const waiting = createDueHeap<Letter>();
  let writing: Promise<void> | undefined;
  let writingCount = 0;
  let isStopped = false;

  const pump = (): void => {
    const first = waiting.peek();
    if (isStopped || writing !== undefined || first === undefined) return;
    if (first.dueAt > clock.now()) alarm.set(first.dueAt);
    else {
      writing = writeDue()
        .catch(services.onFailure)
        .then(() => {
          writing = undefined;
          writingCount = 0;
          pump();
        });
    }
  };
  const alarm = createAlarm(clock, pump);

  const writeDue = async (): Promise<void> => {
    // What was buried a moment ago must be read as it was buried.
    store.transactions.flush();
    const rows: DeliveryRow[] = [];
    while (rows.length < lettersPerBlob && (waiting.peek()?.dueAt ?? Infinity) <= clock.now()) {
      const letter = waiting.pop();
      const row = letter === undefined ? undefined : store.readDelivery(letter.number);
      if (row !== undefined) rows.push(row);
    }
    writingCount = rows.length;
    if (rows.length === 0) return;
    const status = await writeDeadLetters(subscription, rows, services);
    if (status === 201) ledger.settle(rows, "deadLettered");
    else if (status === 404) ledger.settle(rows, "dropped");
    else for (const letter of ledger.postpone(rows)) waiting.push(letter);
  };

  return {
    bury: (row, reason) => {
      const now = clock.now();
      // The first one opens a time of collecting: what comes within it shares a blob.
      const dueAt = Math.max(now, Math.min(waiting.peek()?.dueAt ?? Infinity, now + collectMs));
      const letter = { ...row, dueAt, deadLetterReason: reason, deadLetteredAt: now };
      store.transactions.join(() => {
        store.updateDelivery(letter);
      });
      waiting.push({ number: row.number, dueAt });
      pump();
    },
    add: ({ number, dueAt }) => {
      waiting.push({ number, dueAt });
      pump();
    },
    size: () => waiting.size() + writingCount,
    stop: async () => {
      isStopped = true;
      alarm.stop();
      await writing;
    },
  };
}

type Ledger = {
  settle(rows: readonly DeliveryRow[], as: "deadLettered" | "dropped"): void;
  /** After storage failed; gives what is to be written later. */
  postpone(rows: readonly DeliveryRow[]): readonly Letter[];
};

function createLedger(statistics: Statistics, { clock, store }: DeliveryServices): Ledger {
  const settle: Ledger["settle"] = (rows, as) => {
    statistics.count(as, rows.length);
    store.transactions.join(() => {
      for (const { number } of rows) store.removeDelivery(number);
    });
  };

  const postpone = (rows: readonly DeliveryRow[]): readonly Letter[] => {
    const now = clock.now();
    const isGivenUp = ({ deadLetteredAt }: DeliveryRow): boolean =>
      now - (deadLetteredAt ?? now) >= collectMs + giveUpAfterMs;
    const kept = rows.filter((row) => !isGivenUp(row));
    const dropped = rows.filter(isGivenUp);
    if (dropped.length > 0) settle(dropped, "dropped");
    const dueAt = now + retryMs;
    store.transactions.join(() => {
      for (const row of kept) store.updateDelivery({ ...row, dueAt });
    });
    return kept.map(({ number }) => ({ number, dueAt }));
  };

  return { settle, postpone };
}

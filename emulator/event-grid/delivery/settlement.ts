import type { DeliveryRow } from "../storage/store.ts";
import type { Attempt } from "./attempt.ts";
import type { DeadLetterReason } from "./dead-letter-queue.ts";
import type { DeliveryServices } from "./delivery-services.ts";
import type { Loaded, Pending } from "./pending.ts";
import type { QueueContext } from "./queue-context.ts";
import { isFinal, waitAfterMs } from "./retry-schedule.ts";

/** Writes down how the attempts of one subscription ended. */
export type Settlement = {
  /** Ends deliveries that the endpoint has accepted. */
  complete(deliveries: readonly Pending[]): void;
  /** After an attempt that failed; gives what is to be tried again. */
  fail(sent: readonly Loaded[], ended: Attempt, attemptedAt: number): readonly Pending[];
  /** The time of an event was over before its next attempt. */
  expire(row: DeliveryRow): void;
};

export function createSettlement(
  { subscription, statistics, deadLetters }: QueueContext,
  { clock, store, random }: DeliveryServices,
): Settlement {
  const { destination, deadLetterDestination } = subscription.definition;

  const bury = (row: DeliveryRow, reason: DeadLetterReason): void => {
    if (deadLetterDestination !== undefined) {
      deadLetters.bury(row, reason);
      return;
    }
    statistics.count("dropped", 1);
    store.transactions.join(() => {
      store.removeDelivery(row.number);
    });
  };

  const failOne = (
    { pending, row }: Loaded,
    { outcome, status }: Attempt,
    lastAttemptAt: number,
  ): readonly Pending[] => {
    const attempts = pending.attempts + 1;
    const failed = { ...row, attempts, lastOutcome: outcome, lastAttemptAt };
    if (isFinal(destination.endpointType, status)) {
      bury(failed, "UndeliverableDueToClientError");
      return [];
    }
    if (attempts >= subscription.maxAttempts) {
      bury(failed, "MaxDeliveryAttemptsExceeded");
      return [];
    }
    const dueAt = clock.now() + Math.ceil(waitAfterMs(attempts, status, random()));
    store.transactions.join(() => {
      store.updateDelivery({ ...failed, dueAt });
    });
    return [{ ...pending, attempts, dueAt }];
  };

  return {
    complete: (deliveries) => {
      statistics.count("delivered", deliveries.length);
      store.transactions.join(() => {
        for (const { number } of deliveries) store.removeDelivery(number);
      });
    },
    fail: (sent, ended, attemptedAt) => {
      statistics.count("failedAttempts", 1);
      return sent.flatMap((each) => failOne(each, ended, attemptedAt));
    },
    expire: (row) => {
      bury(row, "TimeToLiveExceeded");
    },
  };
}

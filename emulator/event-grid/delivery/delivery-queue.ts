import type { DeliveryServices } from "./delivery-services.ts";
import { createAlarm } from "./alarm.ts";
import { createDeliverer, type Delivered } from "./deliverer.ts";
import { createDueHeap, type DueHeap } from "./due-heap.ts";
import type { Pending } from "./pending.ts";
import type { QueueContext } from "./queue-context.ts";
import type { Subscription } from "../subscription.ts";

/** Delivers the events of one subscription, many at a time. */
export type DeliveryQueue = {
  /** Takes deliveries that are in the store; those there at the start it has already. */
  add(deliveries: readonly Pending[]): void;
  /** Deliveries that have not come to an end, running ones included. */
  readonly size: () => number;
  /** Begins no further attempt; resolves when none is running. */
  stop(): Promise<void>;
};

/**
 * Batches are made of what is there, without waiting for more ("Deliver events in batches to an event subscription"):
 * few at a time, so that what comes meanwhile travels together.
 */
const mostBatches = 2;

export function createDeliveryQueue(
  context: QueueContext,
  services: DeliveryServices,
): DeliveryQueue {
  const { clock, store } = services;
  const { subscription, deadLetters } = context;
  const isBatched = subscription.maxEventsPerBatch > 1;
  const concurrency = isBatched
    ? Math.min(mostBatches, services.concurrency)
    : services.concurrency;
  const deliverer = createDeliverer(context, services);
  const waiting = createDueHeap<Pending>();
  let highestLoaded = 0;
  let requests = 0;
  let runningEvents = 0;
  let stopped: (() => void) | undefined;

  const pump = (): void => {
    while (stopped === undefined && requests < concurrency) {
      const batch = takeBatch(waiting, subscription, clock.now());
      if (batch.length === 0) break;
      void run(batch);
    }
    const next = waiting.peek();
    if (next !== undefined && requests < concurrency) alarm.set(next.dueAt);
  };
  const alarm = createAlarm(clock, pump);

  const run = async (batch: readonly Pending[]): Promise<void> => {
    requests += 1;
    runningEvents += batch.length;
    try {
      const delivered = await deliverer.deliver(batch);
      for (const each of delivered.again) waiting.push(each);
      withdrawWhenLate(delivered);
    } catch (error) {
      services.onFailure(error);
    }
    requests -= 1;
    runningEvents -= batch.length;
    if (requests === 0) stopped?.();
    pump();
  };

  /** The endpoint may answer after the time-out: what still waits then need not be sent again. */
  const withdrawWhenLate = ({ late }: Delivered): void => {
    void late?.then((accepted) => {
      const withdrawn = accepted.flatMap(({ number }) => waiting.remove(number) ?? []);
      if (withdrawn.length > 0 && stopped === undefined) deliverer.complete(withdrawn);
    });
  };

  for (const { deadLetterReason, ...pending } of store.pending(subscription.number)) {
    highestLoaded = pending.number;
    if (deadLetterReason === null) waiting.push(pending);
    else deadLetters.add(pending);
  }
  pump();

  return {
    add: (deliveries) => {
      for (const each of deliveries) if (each.number > highestLoaded) waiting.push(each);
      pump();
    },
    size: () => waiting.size() + runningEvents,
    stop: () =>
      new Promise((resolve) => {
        stopped = resolve;
        alarm.stop();
        if (requests === 0) resolve();
      }),
  };
}

/** Due deliveries for one request: as many as the subscription allows and the size suggests. */
function takeBatch(
  waiting: DueHeap<Pending>,
  { maxEventsPerBatch, preferredBatchBytes }: Subscription,
  now: number,
): readonly Pending[] {
  const batch: Pending[] = [];
  let bytes = 0;
  while (batch.length < maxEventsPerBatch) {
    const next = waiting.peek();
    if (next === undefined || next.dueAt > now) break;
    const isAlike = batch[0] === undefined || batch[0].attempts === next.attempts;
    const isTooMuch = batch.length > 0 && bytes + next.bytes > preferredBatchBytes;
    if (!isAlike || isTooMuch) break;
    waiting.pop();
    batch.push(next);
    bytes += next.bytes;
  }
  return batch;
}

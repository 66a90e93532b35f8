/**
 * Work that is better done together: what comes in while some of it is under way goes together into the next. Each call
 * ends as if it had been alone.
 */
import { PlatformFault } from "./platform-fault.ts";

type Batching<Item> = {
  /** Does the work of all of them, or throws. */
  readonly run: (items: readonly Item[]) => Promise<void>;
  /** How many of the first of them may go together: at least one. */
  readonly fit: (items: readonly Item[]) => number;
  /** Whether a failure may be the fault of one of many, who are then tried alone; unless told, if it is no PlatformFault. */
  readonly isOfOne?: (error: unknown) => boolean;
  /** Batches under way at a time; one unless told. */
  readonly mostUnderWay?: number;
  /** Whether a first batch waits for whatever else arrives in this turn of the event loop. */
  readonly gathersTurn?: boolean;
  /** Called when nothing is left to do. */
  readonly idle?: () => void;
};

type Waiting<Item> = {
  readonly item: Item;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
};

export function batching<Item>(work: Batching<Item>): (item: Item) => Promise<void> {
  const {
    run,
    fit,
    isOfOne = isNoPlatformFault,
    mostUnderWay = 1,
    gathersTurn = false,
    idle,
  } = work;
  const queue: Waiting<Item>[] = [];
  let underWay = 0;

  /** Never rejects: every failure goes to those who wait. */
  const settle = async (batch: readonly Waiting<Item>[]): Promise<void> => {
    try {
      await run(batch.map(({ item }) => item));
      for (const { resolve } of batch) resolve();
    } catch (error) {
      // Whose item was it? Alone, each gets its own answer.
      if (batch.length > 1 && isOfOne(error)) for (const one of batch) await settle([one]);
      else for (const { reject } of batch) reject(error);
    }
  };

  const drain = async (): Promise<void> => {
    underWay += 1;
    if (gathersTurn) await Promise.resolve();
    while (queue.length > 0) await settle(queue.splice(0, fit(queue.map(({ item }) => item))));
    underWay -= 1;
    if (underWay === 0) idle?.();
  };

  return (item) =>
    new Promise((resolve, reject) => {
      queue.push({ item, resolve, reject });
      if (underWay < mostUnderWay && queue.length === 1) void drain();
    });
}

type BatchingByKey<Item> = Pick<Batching<Item>, "fit"> & {
  readonly run: (key: string, items: readonly Item[]) => Promise<void>;
};

/** The same for each key by itself: of one key, one batch is under way at a time. */
export function batchingByKey<Item>({
  run,
  fit,
}: BatchingByKey<Item>): (key: string, item: Item) => Promise<void> {
  const queues = new Map<string, (item: Item) => Promise<void>>();
  const queueOf = (key: string): ((item: Item) => Promise<void>) => {
    const known = queues.get(key);
    if (known !== undefined) return known;
    const queue = batching<Item>({
      run: (items) => run(key, items),
      fit,
      idle: () => queues.delete(key),
    });
    queues.set(key, queue);
    return queue;
  };
  return (key, item) => queueOf(key)(item);
}

function isNoPlatformFault(error: unknown): boolean {
  return !(error instanceof PlatformFault);
}

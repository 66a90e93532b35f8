/**
 * Event Grid brings one event at a time, but many at once. What arrives for one logical partition while a transaction on
 * it is under way shares the next: fewer request units, and no conflicts of an instance with itself.
 */
import type { Documents, StoredDocument } from "../platform/cosmos/documents.ts";
import { PlatformFault } from "../platform/platform-fault.ts";

type Waiting<Item> = {
  readonly item: Item;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
};

/** A transaction has at most 100 operations ("Transactional batch operations in Azure Cosmos DB"). */
const mostTogether = 50;

/** Hands each item to `store` with others of its partition, no id twice; ends for it as the call did that it was in. */
export function together<Item extends { readonly id: string }>(
  store: (partition: string, items: readonly Item[]) => Promise<void>,
): (partition: string, item: Item) => Promise<void> {
  const queues = new Map<string, Waiting<Item>[]>();

  /** Never rejects: every failure goes to those who wait. */
  const settle = async (partition: string, batch: readonly Waiting<Item>[]): Promise<void> => {
    const byId = new Map(batch.map(({ item }) => [item.id, item]));
    try {
      await store(partition, [...byId.values()]);
      for (const { resolve } of batch) resolve();
    } catch (error) {
      // Whose item was it? Alone, each gets its own answer.
      if (batch.length > 1 && !(error instanceof PlatformFault))
        for (const one of batch) await settle(partition, [one]);
      else for (const { reject } of batch) reject(error);
    }
  };

  const drain = async (partition: string, queue: Waiting<Item>[]): Promise<void> => {
    while (queue.length > 0) await settle(partition, queue.splice(0, mostTogether));
    queues.delete(partition);
  };

  return (partition, item) =>
    new Promise((resolve, reject) => {
      const queue = queues.get(partition);
      if (queue !== undefined) {
        queue.push({ item, resolve, reject });
        return;
      }
      const first = [{ item, resolve, reject }];
      queues.set(partition, first);
      void drain(partition, first);
    });
}

/** Those of the items for which the partition holds no document of their id. */
export async function notStored<Item extends { readonly id: string }>(
  documents: Pick<Documents<StoredDocument>, "read">,
  partition: string,
  items: readonly Item[],
): Promise<readonly Item[]> {
  const found = await Promise.all(items.map(({ id }) => documents.read(partition, id)));
  return items.filter((_, index) => found[index] === undefined);
}

/**
 * Event Grid brings one event at a time, but many at once. What arrives for one logical partition while a transaction on
 * it is under way shares the next: fewer request units, and no conflicts of an instance with itself.
 */
import { batchingByKey } from "../batching.ts";
import type { Documents, StoredDocument } from "./documents.ts";

/** A transaction has at most 100 operations ("Transactional batch operations in Azure Cosmos DB"). */
const maxBatchSize = 50;

/** Hands each item to `store` with others of its partition, no id twice; ends for it as the call did that it was in. */
export function together<Item extends { readonly id: string }>(
  store: (partition: string, items: readonly Item[]) => Promise<void>,
): (partition: string, item: Item) => Promise<void> {
  return batchingByKey<Item>({
    run: (partition, items) => {
      const byId = new Map(items.map((item) => [item.id, item]));
      return store(partition, [...byId.values()]);
    },
    fit: () => maxBatchSize,
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

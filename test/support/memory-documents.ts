/**
 * A container in memory, for what the real one cannot show: chosen interleavings, and conflicts on demand. Everything is
 * kept as JSON, as the real one would.
 */
import type {
  Documents,
  PartitionKey,
  Query,
  StoredDocument,
  Write,
} from "../../src/platform/cosmos/documents.ts";

type Entry = { readonly partition: string; readonly id: string; text: string; etag: string };

export type MemoryDocuments<D extends StoredDocument> = Documents<D> & {
  /** Everything stored in a partition. */
  stored(partition: string): readonly D[];
};

/**
 * `before` is awaited before each operation, by its name. A query answers the documents of its partition that `select`
 * picks from them.
 */
export function memoryDocuments<D extends StoredDocument>({
  before = () => Promise.resolve(),
  select = (documents) => documents,
}: {
  readonly before?: (operation: keyof Documents<D>) => Promise<void>;
  readonly select?: (documents: readonly D[], query: Query) => readonly D[];
} = {}): MemoryDocuments<D> {
  const entries = new Map<string, Entry>();
  let writes = 0;
  const keyOf = (partition: PartitionKey, id: string): string => JSON.stringify([partition, id]);
  const write = (partition: string, document: D): string => {
    const etag = `"${(writes += 1)}"`;
    const { id } = document;
    entries.set(keyOf(partition, id), { partition, id, text: JSON.stringify(document), etag });
    return etag;
  };
  /** `false` if it does not find what it expects. */
  const writeOne = (partition: string, one: Write<D>): boolean => {
    const entry = entries.get(
      keyOf(partition, one.kind === "increment" ? one.id : one.document.id),
    );
    if (one.kind !== "increment") {
      if (one.kind === "create" && entry !== undefined) return false;
      write(partition, one.document);
      return true;
    }
    if (entry === undefined) return false;
    const document = JSON.parse(entry.text) as Record<string, unknown>;
    const isOther = ([name, value]: [string, number]): boolean => document[name] !== value;
    if (Object.entries(one.from ?? {}).some(isOther)) return false;
    for (const [name, value] of Object.entries(one.by))
      document[name] = Number(document[name] ?? 0) + value;
    write(partition, document as unknown as D);
    return true;
  };
  const stored = (partition?: string): readonly D[] =>
    [...entries.values()]
      .filter((entry) => partition === undefined || entry.partition === partition)
      .map(({ text }) => JSON.parse(text) as D);

  return {
    stored,
    async create(partition, document) {
      await before("create");
      return entries.has(keyOf(partition, document.id)) ? undefined : write(partition, document);
    },
    async read(partition, id) {
      await before("read");
      const entry = entries.get(keyOf(partition, id));
      return entry && { document: JSON.parse(entry.text) as D, etag: entry.etag };
    },
    async replace(partition, document, etag) {
      await before("replace");
      const isSame = entries.get(keyOf(partition, document.id))?.etag === etag;
      return isSame ? write(partition, document) : undefined;
    },
    async upsert(partition, document) {
      await before("upsert");
      write(partition, document);
    },
    async remove(partition: PartitionKey, id: string, etag?: string) {
      await before("remove");
      const key = keyOf(partition, id);
      if (etag !== undefined && entries.get(key)?.etag !== etag) return false;
      return entries.delete(key);
    },
    async transact(partition, writes) {
      await before("transact");
      const untouched = new Map(entries);
      if (writes.every((each) => writeOne(partition, each))) return true;
      entries.clear();
      for (const [key, entry] of untouched) entries.set(key, entry);
      return false;
    },
    async query<Result>(query: Query) {
      await before("query");
      return select(stored(query.partition), query) as unknown as readonly Result[];
    },
  };
}

/** Saldo's containers, read with the official client. The console writes nothing here. */
import { ChangeFeedStartFrom, CosmosClient, StatusCodes, type Items } from "@azure/cosmos";
import { restored } from "./restored.ts";
import { SourceFailed } from "./source.ts";

export type CosmosPlace = {
  readonly endpoint: string;
  readonly key: string;
  readonly database: string;
};

export type StoredDocument = Readonly<Record<string, unknown>> & { readonly id: string };

export type ContainerInfo = { readonly id: string; readonly partitionKeyPath: string };

type Question = {
  readonly text: string;
  readonly parameters?: Readonly<Record<string, string | number>>;
  readonly partition?: string;
  /** Documents to read at most. */
  readonly limit?: number;
};

type PageStart = {
  readonly partition: string | undefined;
  readonly continuation: string | undefined;
};

export type DocumentPage = {
  readonly documents: readonly StoredDocument[];
  /** Where the next page begins; undefined on the last. */
  readonly continuation: string | undefined;
};

export type Changes<Document> = {
  /** What was written since the last look. */
  readonly documents: readonly Document[];
  /** The position of the newest change in each range, by the range's lower bound. */
  readonly heads: ReadonlyMap<string, number>;
};

/** Follows a container's change feed from the moment it is made, at its own pace and without leases. */
export type Follower<Document> = { look(): Promise<Changes<Document>> };

export type Documents = {
  containers(): Promise<readonly ContainerInfo[]>;
  query<Document>(container: string, question: Question): Promise<readonly Document[]>;
  read(container: string, partition: string, id: string): Promise<StoredDocument | undefined>;
  /** The same as it is stored: texts that look like dates are escaped in it. */
  readStored(container: string, partition: string, id: string): Promise<StoredDocument | undefined>;
  /** Documents as they are stored. */
  page(container: string, from: PageStart): Promise<DocumentPage>;
  follow<Document>(container: string): Follower<Document>;
  close(): void;
};

export const documentsAt = ({ endpoint, key, database: name }: CosmosPlace): Documents => {
  const client = new CosmosClient({ endpoint, key, connectionPolicy: impatient });
  const database = client.database(name);
  const itemsIn = (container: string): Items => database.container(container).items;
  const readStored: Documents["readStored"] = (container, partition, id) =>
    asked(container, async () => {
      const item = database.container(container).item(id, partition);
      return (await item.read<StoredDocument>()).resource;
    });
  return {
    containers: () =>
      asked("The containers", async () => {
        const { resources } = await database.containers.readAll().fetchAll();
        return resources.map(({ id, partitionKey }) => ({
          id,
          partitionKeyPath: partitionKey?.paths.join(", ") ?? "",
        }));
      }),
    query: (container, question) => asked(container, () => query(itemsIn(container), question)),
    read: async (container, partition, id) => restored(await readStored(container, partition, id)),
    readStored,
    page: (container, from) => asked(container, () => readPage(itemsIn(container), from)),
    follow: (container) => {
      const look = follow(itemsIn(container));
      return { look: () => asked(container, look) as Promise<Changes<never>> };
    },
    close: () => {
      client.dispose();
    },
  };
};

const query = async <Document>(items: Items, question: Question): Promise<readonly Document[]> => {
  const { text, parameters = {}, partition, limit = mostRead } = question;
  const named = Object.entries(parameters).map(([name, value]) => ({ name: `@${name}`, value }));
  const iterator = items.query<Document>(
    { query: text, parameters: named },
    {
      maxItemCount: Math.min(limit, 500),
      ...(partition === undefined ? {} : { partitionKey: partition }),
    },
  );
  const found: Document[] = [];
  while (iterator.hasMoreResults() && found.length < limit) {
    // The client leaves the list out of an empty page, against its own declaration.
    const { resources } = (await iterator.fetchNext()) as { resources?: Document[] };
    found.push(...(resources ?? []));
  }
  return found.slice(0, limit).map(restored);
};

const readPage = async (
  items: Items,
  { partition, continuation }: PageStart,
): Promise<DocumentPage> => {
  const iterator = items.query<StoredDocument>("SELECT * FROM c", {
    maxItemCount: pageSize,
    ...(partition === undefined ? {} : { partitionKey: partition }),
    ...(continuation === undefined ? {} : { continuationToken: continuation }),
  });
  const page = await iterator.fetchNext();
  const documents = (page as { resources?: StoredDocument[] }).resources ?? [];
  const next = iterator.hasMoreResults() ? page.continuationToken : undefined;
  return { documents, continuation: next === "" ? undefined : next };
};

/** Each call answers what has come since the one before. */
const follow = (items: Items): (() => Promise<Changes<unknown>>) => {
  const feed = items.getChangeFeedIterator({
    // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- the client's own declarations
    changeFeedStartFrom: ChangeFeedStartFrom.Now(),
    maxItemCount: 500,
  });
  return async () => {
    const documents: unknown[] = [];
    for (let pages = 1; ; pages += 1) {
      const { statusCode, result, continuationToken } = await feed.readNext();
      documents.push(...(result as unknown[]));
      if (statusCode === StatusCodes.NotModified || pages === mostPages)
        return { documents, heads: headsIn(continuationToken) };
    }
  };
};

const mostRead = 500;
const pageSize = 50;
const mostPages = 20;

/** A page is better told soon that something is wrong: the faults of the weather are meant to be seen. */
const impatient = {
  requestTimeout: 10_000,
  enableEndpointDiscovery: false,
  retryOptions: {
    maxRetryAttemptCount: 1,
    fixedRetryIntervalInMilliseconds: 50,
    maxWaitTimeInSeconds: 1,
  },
};

const asked = async <Value>(what: string, work: () => Promise<Value>): Promise<Value> => {
  try {
    return await work();
  } catch (error) {
    const { code, message } = error as { code?: string | number; message: string };
    const why = code === undefined ? message : `${code} ${firstLine(message)}`;
    throw new SourceFailed(`${what} in Cosmos DB cannot be read: ${why}`, { cause: error });
  }
};

const firstLine = (message: string): string => (message.split("\n", 1)[0] ?? "").slice(0, 160);

/** OBSERVED in @azure/cosmos 4.9: the token of a whole container names the etag of each range, which is its LSN. */
const headsIn = (continuationToken: string): ReadonlyMap<string, number> => {
  try {
    const { Continuation: ranges } = JSON.parse(continuationToken) as {
      Continuation: { minInclusive: string; continuationToken: string }[];
    };
    return new Map(
      ranges.map(({ minInclusive, continuationToken: etag }) => [minInclusive, positionIn(etag)]),
    );
  } catch {
    return new Map();
  }
};

/** `"12"`, quotes included, is 12. */
export const positionIn = (etag: string | null | undefined): number =>
  Number((etag ?? "").replaceAll('"', "")) || 0;

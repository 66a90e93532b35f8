import type { Clock } from "../../shared/clock.ts";
import type { WireHandler } from "../../shared/wire.ts";
import { isJsonObject, parseJsonObject, stringAt, type JsonObject } from "../../shared/json.ts";
import { readFeed, type FeedPage, type FeedRequest } from "./feed.ts";
import { createSend, toPath, type Call, type Send } from "./rest.ts";

export type { FeedPosition } from "./feed.ts";
export { CosmosError, parseConnectionString, type CosmosAccount } from "./rest.ts";

/**
 * The few calls of the Cosmos DB REST API that a change feed listener makes. Every call rejects
 * with a `CosmosError` for an answer of 400 or more, after waiting out throttling (429).
 */
export type CosmosClient = {
  readDatabase(database: string): Promise<JsonObject>;
  readContainer(container: ContainerName): Promise<JsonObject>;
  createContainer(container: ContainerName, options: ContainerOptions): Promise<void>;
  readRanges(container: ContainerName): Promise<readonly PartitionKeyRange[]>;
  readFeed(container: ContainerName, request: FeedRequest): Promise<FeedPage>;
  /** Documents in all partitions; the partition key is the id throughout. */
  query(container: ContainerName, query: Query): Promise<readonly JsonObject[]>;
  readDocument(container: ContainerName, id: string): Promise<JsonObject>;
  createDocument(container: ContainerName, document: IdentifiedDocument): Promise<JsonObject>;
  /** 412 unless the stored document still has this etag. */
  replaceDocument(
    container: ContainerName,
    document: IdentifiedDocument,
    etag: string,
  ): Promise<JsonObject>;
  deleteDocument(container: ContainerName, id: string): Promise<void>;
};

export type ContainerName = { readonly database: string; readonly container: string };

type ContainerOptions = {
  readonly partitionKeyPath: string;
  /** Request units per second. */
  readonly throughput: number | undefined;
};

export type PartitionKeyRange = {
  readonly id: string;
  /** Inclusive, hexadecimal. */
  readonly min: string;
  /** Exclusive, hexadecimal. */
  readonly max: string;
};

type Query = {
  readonly query: string;
  readonly parameters: readonly { readonly name: string; readonly value: string }[];
};

export type IdentifiedDocument = JsonObject & { readonly id: string };

export function createCosmosClient(key: string, handle: WireHandler, clock: Clock): CosmosClient {
  const send = createSend(key, handle, clock);
  const sendForObject = async (call: Call): Promise<JsonObject> =>
    parseJsonObject((await send(call)).body, `The answer to ${call.method} ${call.path}`);

  return {
    readDatabase: (database) => {
      const link = `dbs/${database}`;
      return sendForObject({ method: "GET", resourceType: "dbs", link, path: toPath(link) });
    },
    readContainer: (container) => {
      const link = linkOf(container);
      return sendForObject({ method: "GET", resourceType: "colls", link, path: toPath(link) });
    },
    createContainer: async ({ database, container }, { partitionKeyPath, throughput }) => {
      const link = `dbs/${database}`;
      const definition = {
        id: container,
        partitionKey: { paths: [partitionKeyPath], kind: "Hash", version: 2 },
      };
      await send({
        method: "POST",
        resourceType: "colls",
        link,
        path: `${toPath(link)}/colls`,
        headers: throughput === undefined ? {} : { "x-ms-offer-throughput": String(throughput) },
        body: JSON.stringify(definition),
      });
    },
    readRanges: async (container) => {
      const link = linkOf(container);
      const path = `${toPath(link)}/pkranges`;
      const call: Call = { method: "GET", resourceType: "pkranges", link, path };
      return (await allPages(send, call, "PartitionKeyRanges")).map(toRange);
    },
    readFeed: (container, request) => readFeed(send, linkOf(container), request),
    query: (container, query) => {
      const link = linkOf(container);
      return allPages(send, queryCall(link, query), "Documents");
    },
    ...documentCalls(send, sendForObject),
  };
}

function documentCalls(
  send: Send,
  sendForObject: (call: Call) => Promise<JsonObject>,
): Pick<CosmosClient, "readDocument" | "createDocument" | "replaceDocument" | "deleteDocument"> {
  const documentCall = (container: ContainerName, id: string): Omit<Call, "method"> => {
    const link = `${linkOf(container)}/docs/${id}`;
    return { resourceType: "docs", link, path: toPath(link), headers: partitionHeader(id) };
  };
  return {
    readDocument: (container, id) =>
      sendForObject({ method: "GET", ...documentCall(container, id) }),
    createDocument: (container, document) => {
      const link = linkOf(container);
      return sendForObject({
        method: "POST",
        resourceType: "docs",
        link,
        path: `${toPath(link)}/docs`,
        headers: partitionHeader(document.id),
        body: JSON.stringify(document),
      });
    },
    replaceDocument: (container, document, etag) => {
      const call = documentCall(container, document.id);
      const headers = { ...call.headers, "if-match": etag };
      return sendForObject({ method: "PUT", ...call, headers, body: JSON.stringify(document) });
    },
    deleteDocument: async (container, id) => {
      await send({ method: "DELETE", ...documentCall(container, id) });
    },
  };
}

function queryCall(link: string, query: Query): Call {
  return {
    method: "POST",
    resourceType: "docs",
    link,
    path: `${toPath(link)}/docs`,
    headers: {
      "content-type": "application/query+json",
      "x-ms-documentdb-isquery": "true",
      "x-ms-documentdb-query-enablecrosspartition": "true",
    },
    body: JSON.stringify(query),
  };
}

async function allPages(send: Send, call: Call, key: string): Promise<JsonObject[]> {
  const items: JsonObject[] = [];
  let continuation: string | undefined;
  do {
    const headers = {
      ...call.headers,
      ...(continuation !== undefined && { "x-ms-continuation": continuation }),
    };
    const response = await send({ ...call, headers });
    const page = parseJsonObject(response.body, `The answer to ${call.path}`)[key];
    if (Array.isArray(page)) items.push(...page.filter(isJsonObject));
    continuation = response.headers["x-ms-continuation"];
  } while (continuation !== undefined && continuation !== "");
  return items;
}

function toRange(range: JsonObject): PartitionKeyRange {
  return {
    id: stringAt(range, "id") ?? "",
    min: stringAt(range, "minInclusive") ?? "",
    max: stringAt(range, "maxExclusive") ?? "FF",
  };
}

function linkOf({ database, container }: ContainerName): string {
  return `dbs/${database}/colls/${container}`;
}

function partitionHeader(id: string): Record<string, string> {
  return { "x-ms-documentdb-partitionkey": JSON.stringify([id]) };
}

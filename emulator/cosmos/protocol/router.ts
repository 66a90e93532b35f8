import type { WireHandler, WireRequest, WireResponse } from "../../shared/wire.ts";
import { limits } from "../limits.ts";
import type { Account } from "./account.ts";
import { handleBatch } from "./batch-requests.ts";
import { badRequest, CosmosError } from "./errors.ts";
import { handleChangeFeed } from "./feed-requests.ts";
import { handleItem } from "./item-requests.ts";
import { handleQuery, handleReadFeed } from "./query-requests.ts";
import {
  handleContainer,
  handleContainers,
  handleDatabase,
  handleDatabases,
  handlePartitionRanges,
  readAccount,
} from "./resource-requests.ts";
import { respondError } from "./responses.ts";

/** The whole REST protocol: authenticates, finds the resource, answers every refusal as JSON. */
export function createRouter(
  account: Account,
  authenticate: (request: WireRequest, segments: readonly string[]) => void,
): WireHandler {
  return async (request) => {
    try {
      const segments = splitPath(request.path);
      authenticate(request, segments);
      if (request.body.length > limits.requestBytes) {
        throw new CosmosError(413, "The request is larger than 2 MB.");
      }
      return await route(account, segments, request);
    } catch (error) {
      if (error instanceof CosmosError) return respondError(error);
      throw error;
    }
  };
}

function route(
  account: Account,
  segments: readonly string[],
  request: WireRequest,
): WireResponse | Promise<WireResponse> {
  const [root, database, kind, container, child, item] = segments;
  if (root === undefined) return readAccount(request);
  if (root !== "dbs" || segments.length > 6) throw unknownResource(request);
  if (database === undefined) return handleDatabases(account, request);
  if (kind === undefined) return handleDatabase(account, database, request);
  if (kind !== "colls") throw unknownResource(request);
  if (container === undefined) return handleContainers(account, database, request);
  const link = `dbs/${database}/colls/${container}`;
  switch (child) {
    case undefined:
      return handleContainer(account, link, request);
    case "pkranges":
      return handlePartitionRanges(account, link);
    case "docs":
      if (item !== undefined) return handleItem(account, link, request, item);
      return routeItems(account, link, request);
    default:
      throw unknownResource(request);
  }
}

/** One address serves writes, queries, batches and feeds; headers tell which is meant. */
function routeItems(
  account: Account,
  link: string,
  request: WireRequest,
): WireResponse | Promise<WireResponse> {
  const { method, headers } = request;
  if (method === "GET") {
    if (headers["a-im"] !== undefined) return handleChangeFeed(account, link, request);
    return handleReadFeed(account, link, request);
  }
  if (method !== "POST") throw new CosmosError(405, `${method} is not allowed on a feed.`);
  const isQuery = headers["content-type"]?.startsWith("application/query+json") === true;
  if (isQuery || isTrue(headers["x-ms-documentdb-isquery"])) {
    return handleQuery(account, link, request);
  }
  if (isTrue(headers["x-ms-cosmos-is-batch-request"])) {
    const target = { operation: "batch", container: link } as const;
    return account.withFaults(target, () => handleBatch(account, link, request));
  }
  return handleItem(account, link, request, undefined);
}

const isTrue = (header: string | undefined): boolean => header?.toLowerCase() === "true";

function splitPath(path: string): readonly string[] {
  const end = path.indexOf("?");
  const bare = end === -1 ? path : path.slice(0, end);
  try {
    return bare.split("/").filter(Boolean).map(decodeURIComponent);
  } catch {
    throw badRequest(`The path is not URL-encoded: ${path}`);
  }
}

const unknownResource = ({ method, path }: WireRequest): CosmosError =>
  new CosmosError(404, `Nothing is known under ${method} ${path}.`);

import type { WireHandler, WireRequest, WireResponse } from "../../shared/wire.ts";
import { limits } from "../limits.ts";
import type { Account } from "./account.ts";
import { handleAbsent, isAbsentFromContainer, isAbsentFromDatabase } from "./absent-resources.ts";
import { handleBatch } from "./batch-requests.ts";
import { handleContainer, handleContainers, handlePartitionRanges } from "./container-requests.ts";
import { handleDatabase, handleDatabases, readAccount } from "./database-requests.ts";
import { badRequest, CosmosError, requestTooLarge } from "./errors.ts";
import { handleChangeFeed } from "./feed-requests.ts";
import { handleItem } from "./item-requests.ts";
import { handleOffer, handleOffers } from "./offer-requests.ts";
import { handleQuery, handleReadFeed } from "./query-requests.ts";
import { isQuery, isTrue, notAllowed } from "./resource-feed.ts";
import { byName } from "./resource-names.ts";
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
      checkSize(request);
      checkSupported(request);
      return await route(account, byName(account.store.resources, segments), request);
    } catch (error) {
      if (error instanceof CosmosError) return respondError(error);
      throw error;
    }
  };
}

type Answer = WireResponse | Promise<WireResponse>;

function route(account: Account, segments: readonly string[], request: WireRequest): Answer {
  const [root, id, kind, containerId, child, itemId] = segments;
  if (root === undefined) return readAccount(request);
  if (root === "offers" && segments.length <= 2) {
    return id === undefined ? handleOffers(account, request) : handleOffer(account, id, request);
  }
  if (root !== "dbs" || segments.length > 6) throw unknownResource(request);
  if (id === undefined) return handleDatabases(account, request);
  if (kind === undefined) return handleDatabase(account, id, request);
  if (isAbsentFromDatabase(kind)) return handleAbsent(account, segments, request);
  if (kind !== "colls") throw unknownResource(request);
  if (containerId === undefined) return handleContainers(account, id, request);
  const link = `dbs/${id}/colls/${containerId}`;
  if (child === undefined) return handleContainer(account, link, request);
  if (child === "docs") {
    return itemId === undefined
      ? routeItems(account, link, request)
      : handleItem(account, link, request, itemId);
  }
  if (child === "pkranges" && itemId === undefined) {
    return handlePartitionRanges(account, link, request);
  }
  if (isAbsentFromContainer(child)) return handleAbsent(account, segments, request);
  if (child === "operations") throw badRequest(`${itemId ?? "The operation"} is not emulated.`);
  throw unknownResource(request);
}

/** One address serves writes, queries, batches and feeds; headers tell which is meant. */
function routeItems(account: Account, link: string, request: WireRequest): Answer {
  const { method, headers } = request;
  if (method === "GET") {
    return headers["a-im"] === undefined
      ? handleReadFeed(account, link, request)
      : handleChangeFeed(account, link, request);
  }
  if (method !== "POST") throw notAllowed(request);
  if (isQuery(request) || isTrue(headers["x-ms-cosmos-is-query-plan-request"])) {
    return handleQuery(account, link, request);
  }
  if (isTrue(headers["x-ms-cosmos-is-batch-request"])) {
    const target = { operation: "batch", container: link } as const;
    return account.withFaults(target, () => handleBatch(account, link, request));
  }
  return handleItem(account, link, request, undefined);
}

/** UTF-8 takes at most three bytes a character: only large bodies need counting. */
function checkSize({ body }: WireRequest): void {
  if (body.length * 3 <= limits.requestBytes) return;
  if (Buffer.byteLength(body) <= limits.requestBytes) return;
  throw requestTooLarge();
}

/** What would change the meaning of a request must not be ignored. */
const unsupportedHeaders = [
  "x-ms-documentdb-pre-trigger-include",
  "x-ms-documentdb-post-trigger-include",
  "x-ms-indexing-directive",
];

function checkSupported({ headers }: WireRequest): void {
  for (const name of unsupportedHeaders) {
    if (headers[name] !== undefined) throw badRequest(`The header ${name} is not supported.`);
  }
}

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

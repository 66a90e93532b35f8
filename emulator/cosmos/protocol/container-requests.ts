import type { WireRequest, WireResponse } from "../../shared/wire.ts";
import { charges } from "../charges.ts";
import type { Container, Database } from "../container.ts";
import { completeDefinition, readThroughput } from "../container-definition.ts";
import { rebuildTerms } from "../indexing/rebuild-terms.ts";
import type { JsonObject } from "../sql/index.ts";
import type { Account } from "./account.ts";
import { badRequest, checkIfMatch, ownerNotFound } from "./errors.ts";
import { parseJsonObject } from "./json-body.ts";
import {
  alreadyExists,
  isQuery,
  notAllowed,
  nowSeconds,
  resourceNotFound,
  respondFeed,
} from "./resource-feed.ts";
import { respond } from "./responses.ts";

/** `/dbs/{id}/colls` */
export async function handleContainers(
  account: Account,
  databaseId: string,
  request: WireRequest,
): Promise<WireResponse> {
  const { resources, transactions } = account.store;
  const owner = (): Database => {
    const database = resources.database(databaseId);
    if (database === undefined) throw ownerNotFound(`dbs/${databaseId}`);
    return database;
  };
  if (request.method === "GET" || isQuery(request)) {
    const database = owner();
    const bodies = resources.containers(database).map(toBody);
    const feed = { rid: database.rid, name: "DocumentCollections", resources: bodies } as const;
    return respondFeed(feed, request);
  }
  if (request.method !== "POST") throw notAllowed(request);
  const definition = completeDefinition(parseJsonObject(request.body, "A container"));
  const throughput = readThroughput(request.headers);
  const container = await transactions.run(() => {
    const database = owner();
    const link = `dbs/${databaseId}/colls/${definition.id}`;
    if (resources.container(link) !== undefined) throw alreadyExists(link);
    const { partitionCount: rangeCount } = account;
    const ts = nowSeconds(account);
    return resources.createContainer(database, { definition, throughput, ts, rangeCount });
  });
  return respondContainer(201, container);
}

/** `/dbs/{id}/colls/{id}` */
export async function handleContainer(
  account: Account,
  link: string,
  request: WireRequest,
): Promise<WireResponse> {
  const { resources, transactions } = account.store;
  const existing = (): Container => {
    const container = resources.container(link);
    if (container === undefined) throw resourceNotFound(link);
    return container;
  };
  switch (request.method) {
    case "GET":
      return respondContainer(200, existing());
    case "PUT": {
      const replaced = await transactions.run(() => replace(account, existing(), request));
      return respondContainer(200, replaced);
    }
    case "DELETE":
      await transactions.run(() => {
        const container = existing();
        checkIfMatch(request.headers, etagOf(container));
        resources.removeContainer(container);
      });
      return respond({ status: 204, body: "", charge: charges.metadata });
    default:
      throw notAllowed(request);
  }
}

/** Changes what can change, such as the indexing policy and the default time to live. */
function replace(account: Account, old: Container, { headers, body }: WireRequest): Container {
  checkIfMatch(headers, etagOf(old));
  const given = parseJsonObject(body, "A container");
  const conflictResolutionPolicy =
    given["conflictResolutionPolicy"] ?? old.definition["conflictResolutionPolicy"] ?? null;
  const definition = completeDefinition({ ...given, conflictResolutionPolicy });
  for (const fixed of ["id", "partitionKey", "uniqueKeyPolicy", "conflictResolutionPolicy"]) {
    if (JSON.stringify(definition[fixed]) === JSON.stringify(old.definition[fixed])) continue;
    throw badRequest(`${fixed} of a container can not be changed.`);
  }
  const { throughput, partitioning } = old;
  const rangeCount = partitioning.ranges.length;
  const settings = { definition, throughput, ts: nowSeconds(account), rangeCount };
  const container = account.store.resources.replaceContainer(old, settings);
  const policy = (of: Container): string => JSON.stringify(of.definition.indexingPolicy);
  if (policy(container) !== policy(old)) rebuildTerms(container);
  return container;
}

/**
 * `/dbs/{id}/colls/{id}/pkranges`. Ranges never change here, so a client that reads them
 * incrementally gets 304 once it has them.
 */
export function handlePartitionRanges(
  account: Account,
  link: string,
  request: WireRequest,
): WireResponse {
  const container = account.container(link);
  const { rid, database, partitioning, ts, number } = container;
  const resources = partitioning.ranges.map(({ id, ordinal, minInclusive, maxExclusive }) => ({
    id,
    minInclusive,
    maxExclusive,
    ridPrefix: ordinal,
    throughputFraction: 1 / partitioning.ranges.length,
    status: "online",
    parents: [],
    _rid: `${rid.slice(0, -1)}${id}`,
    _self: `dbs/${database.rid}/colls/${rid}/pkranges/${id}/`,
    _etag: `"range-${number}-${id}"`,
    _ts: ts,
  }));
  const etag = `"ranges-${number}"`;
  const { "a-im": mode, "if-none-match": known } = request.headers;
  if (mode !== undefined && known === etag) {
    return respond({ status: 304, body: "", charge: charges.metadata, container, etag });
  }
  return respondFeed({ rid, name: "PartitionKeyRanges", resources, etag }, request);
}

const etagOf = ({ number, revision }: Container): string => `"container-${number}-${revision}"`;

function toBody(container: Container): JsonObject {
  const { definition, rid, database, ts } = container;
  return {
    ...definition,
    _rid: rid,
    _self: `dbs/${database.rid}/colls/${rid}/`,
    _etag: etagOf(container),
    _ts: ts,
    _docs: "docs/",
    _sprocs: "sprocs/",
    _triggers: "triggers/",
    _udfs: "udfs/",
    _conflicts: "conflicts/",
  };
}

function respondContainer(status: number, container: Container): WireResponse {
  const body = JSON.stringify(toBody(container));
  const etag = etagOf(container);
  return respond({ status, body, charge: charges.metadata, container, etag });
}

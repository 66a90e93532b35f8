import type { WireRequest, WireResponse } from "../../shared/wire.ts";
import { charges } from "../charges.ts";
import type { Container, Database } from "../container.ts";
import { completeDefinition, readThroughput, validResourceId } from "../container-definition.ts";
import { rebuildTerms } from "../indexing/rebuild-terms.ts";
import type { JsonObject } from "../sql/index.ts";
import type { Account } from "./account.ts";
import { badRequest, CosmosError, ownerNotFound } from "./errors.ts";
import { parseJson } from "./item-requests.ts";
import { feedBody, respond } from "./responses.ts";

const charge = charges.metadata;
const seconds = (account: Account): number => Math.floor(account.clock.now() / 1000);
const etagOf = (kind: string, number: number, revision: number): string =>
  `"${kind}-${number}-${revision}"`;

/** `GET /`: the account, whose only location is the address the client used to get here. */
export function readAccount({ headers }: WireRequest): WireResponse {
  const scheme = headers["x-forwarded-proto"] ?? "http";
  const host = headers["x-forwarded-host"] ?? headers["host"] ?? "localhost";
  const location = { name: "Local", databaseAccountEndpoint: `${scheme}://${host}/` };
  // Not "localhost": for an account of that name @azure/cosmos forgets the locations and reads the
  // account again before each call.
  const body = {
    _self: "",
    id: "emulated-account",
    _rid: "emulated-account",
    media: "//media/",
    addresses: "//addresses/",
    _dbs: "//dbs/",
    writableLocations: [location],
    readableLocations: [location],
    enableMultipleWriteLocations: false,
    userReplicationPolicy: { asyncReplication: false, minReplicaSetSize: 1, maxReplicasetSize: 1 },
    userConsistencyPolicy: { defaultConsistencyLevel: "Session" },
    systemReplicationPolicy: { minReplicaSetSize: 1, maxReplicasetSize: 1 },
    readPolicy: { primaryReadCoefficient: 1, secondaryReadCoefficient: 1 },
  };
  return respond({ status: 200, body: JSON.stringify(body), charge: 0 });
}

export function databaseOf({ store }: Account, id: string): Database {
  const database = store.database(id);
  if (database === undefined) throw ownerNotFound(`dbs/${id}`);
  return database;
}

export async function handleDatabases(
  account: Account,
  { method, body }: WireRequest,
): Promise<WireResponse> {
  const { store } = account;
  switch (method) {
    case "GET": {
      const texts = store.databases().map(databaseBody);
      const feed = feedBody("", "Databases", texts);
      return respond({ status: 200, body: feed, charge, itemCount: texts.length });
    }
    case "POST": {
      const id = validResourceId((parseJson(body) as JsonObject)["id"]);
      const database = await store.transactions.run(() => {
        if (store.database(id) !== undefined) throw alreadyExists(`dbs/${id}`);
        return store.createDatabase(id, seconds(account));
      });
      return databaseResponse(201, database);
    }
    default:
      throw notAllowed(method);
  }
}

export async function handleDatabase(
  account: Account,
  id: string,
  { method }: WireRequest,
): Promise<WireResponse> {
  const { store } = account;
  switch (method) {
    case "GET": {
      const database = store.database(id);
      if (database === undefined) throw notFound(`dbs/${id}`);
      return databaseResponse(200, database);
    }
    case "DELETE":
      await store.transactions.run(() => {
        const database = store.database(id);
        if (database === undefined) throw notFound(`dbs/${id}`);
        store.removeDatabase(database);
      });
      return respond({ status: 204, body: "", charge });
    default:
      throw notAllowed(method);
  }
}

export async function handleContainers(
  account: Account,
  databaseId: string,
  { method, headers, body }: WireRequest,
): Promise<WireResponse> {
  const { store } = account;
  switch (method) {
    case "GET": {
      const database = databaseOf(account, databaseId);
      const texts = store.containers(database).map(containerBody);
      const feed = feedBody(database.rid, "DocumentCollections", texts);
      return respond({ status: 200, body: feed, charge, itemCount: texts.length });
    }
    case "POST": {
      const definition = completeDefinition(parseJson(body) as JsonObject);
      const throughput = readThroughput(headers);
      const container = await store.transactions.run(() => {
        const database = databaseOf(account, databaseId);
        const link = `dbs/${databaseId}/colls/${String(definition["id"])}`;
        if (store.container(link) !== undefined) throw alreadyExists(link);
        const { partitionCount: rangeCount } = account;
        const settings = { definition, throughput, ts: seconds(account), rangeCount };
        return store.createContainer(database, settings);
      });
      return containerResponse(201, container);
    }
    default:
      throw notAllowed(method);
  }
}

export async function handleContainer(
  account: Account,
  link: string,
  { method, body }: WireRequest,
): Promise<WireResponse> {
  const { store } = account;
  const existing = (): Container => {
    const container = store.container(link);
    if (container === undefined) throw notFound(link);
    return container;
  };
  switch (method) {
    case "GET":
      return containerResponse(200, existing());
    case "PUT":
      return containerResponse(
        200,
        await store.transactions.run(() => replaceContainer(account, existing(), body)),
      );
    case "DELETE":
      await store.transactions.run(() => {
        store.removeContainer(existing());
      });
      return respond({ status: 204, body: "", charge });
    default:
      throw notAllowed(method);
  }
}

/** What may change is the indexing policy and the default time to live. */
function replaceContainer(account: Account, old: Container, body: string): Container {
  const definition = completeDefinition(parseJson(body) as JsonObject);
  for (const fixed of ["id", "partitionKey", "uniqueKeyPolicy"]) {
    if (JSON.stringify(definition[fixed]) === JSON.stringify(old.definition[fixed])) continue;
    throw badRequest(`${fixed} of a container can not be changed.`);
  }
  const { throughput, partitioning } = old;
  const rangeCount = partitioning.ranges.length;
  const settings = { definition, throughput, ts: seconds(account), rangeCount };
  const container = account.store.replaceContainer(old, settings);
  const policy = (of: Container): string => JSON.stringify(of.definition["indexingPolicy"]);
  if (policy(container) !== policy(old)) rebuildTerms(container);
  return container;
}

export function handlePartitionRanges(account: Account, link: string): WireResponse {
  const container = account.container(link);
  const texts = container.partitioning.ranges.map(({ id, ordinal, minInclusive, maxExclusive }) =>
    JSON.stringify({
      _rid: `${container.rid.slice(0, -2)}${id}=`,
      id,
      _etag: etagOf("range", container.number, ordinal),
      minInclusive,
      maxExclusive,
      ridPrefix: ordinal,
      _self: `dbs/${container.database.rid}/colls/${container.rid}/pkranges/${id}/`,
      throughputFraction: 1 / container.partitioning.ranges.length,
      status: "online",
      parents: [],
      _ts: container.ts,
      lsn: 1,
    }),
  );
  const body = feedBody(container.rid, "PartitionKeyRanges", texts);
  return respond({ status: 200, body, charge, container, itemCount: texts.length });
}

function databaseBody({ id, rid, ts, number }: Database): string {
  const system = { _rid: rid, _self: `dbs/${rid}/`, _etag: etagOf("database", number, 1) };
  return JSON.stringify({ id, ...system, _colls: "colls/", _users: "users/", _ts: ts });
}

function containerBody({ definition, rid, database, ts, number, revision }: Container): string {
  return JSON.stringify({
    ...definition,
    _rid: rid,
    _self: `dbs/${database.rid}/colls/${rid}/`,
    _etag: etagOf("container", number, revision),
    _ts: ts,
    _docs: "docs/",
    _sprocs: "sprocs/",
    _triggers: "triggers/",
    _udfs: "udfs/",
    _conflicts: "conflicts/",
  });
}

function databaseResponse(status: number, database: Database): WireResponse {
  const etag = etagOf("database", database.number, 1);
  return respond({ status, body: databaseBody(database), charge, etag });
}

function containerResponse(status: number, container: Container): WireResponse {
  const etag = etagOf("container", container.number, container.revision);
  return respond({ status, body: containerBody(container), charge, container, etag });
}

const notFound = (link: string): CosmosError => new CosmosError(404, `Resource Not Found: ${link}`);

const alreadyExists = (link: string): CosmosError =>
  new CosmosError(409, `Resource with specified id or name already exists: ${link}`);

const notAllowed = (method: string): CosmosError =>
  new CosmosError(405, `${method} is not allowed on this resource.`);

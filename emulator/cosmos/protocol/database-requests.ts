import type { WireRequest, WireResponse } from "../../shared/wire.ts";
import { charges } from "../charges.ts";
import type { Database } from "../container.ts";
import { limits } from "../limits.ts";
import { readThroughput, validResourceId } from "../container-definition.ts";
import { type JsonObject, queryLimits } from "../sql/index.ts";
import type { Account } from "./account.ts";
import { badRequest, checkIfMatch } from "./errors.ts";
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

/**
 * `GET /`: the account, whose only location is the address the client used to get here, so that it
 * works behind any host and port. A proxy says what that was by x-forwarded-host and -proto.
 */
export function readAccount({ headers }: WireRequest): WireResponse {
  const scheme = headers["x-forwarded-proto"] ?? "http";
  const host = headers["x-forwarded-host"] ?? headers["host"] ?? "localhost";
  const location = { name: "Local", databaseAccountEndpoint: `${scheme}://${host}/` };
  // Not "localhost": for an account of that name @azure/cosmos forgets the locations and reads the
  // account again before each call.
  const body = {
    id: "emulated-account",
    _self: "",
    _rid: "emulated-account",
    _dbs: "//dbs/",
    media: "//media/",
    addresses: "//addresses/",
    writableLocations: [location],
    readableLocations: [location],
    enableMultipleWriteLocations: false,
    userConsistencyPolicy: { defaultConsistencyLevel: "Session" },
    userReplicationPolicy: { minReplicaSetSize: 1, maxReplicasetSize: 1 },
    systemReplicationPolicy: { minReplicaSetSize: 1, maxReplicasetSize: 1 },
    readPolicy: { primaryReadCoefficient: 1, secondaryReadCoefficient: 1 },
    queryEngineConfiguration: JSON.stringify(queryEngineConfiguration),
  };
  return respond({ status: 200, body: JSON.stringify(body), charge: 0 });
}

/**
 * What the .NET client hands to the query engine that it brings along, which plans nothing without
 * it. The names are those that a real account answers.
 */
const queryEngineConfiguration = {
  maxSqlQueryInputLength: limits.queryTextBytes,
  maxJoinsPerSqlQuery: queryLimits.joins,
  maxLogicalAndPerSqlQuery: queryLimits.logicalOperators,
  maxLogicalOrPerSqlQuery: queryLimits.logicalOperators,
  maxUdfRefPerSqlQuery: 10,
  maxInExpressionItemsCount: 16_000,
  maxSpatialQueryCells: 12,
  queryMaxGroupByTableCellCount: 500_000,
  queryMaxInMemorySortDocumentCount: 500,
  maxQueryRequestTimeoutFraction: 0.9,
  spatialMaxGeometryPointCount: 256,
  sqlAllowAggregateFunctions: true,
  sqlAllowGroupByClause: true,
  sqlAllowLike: true,
  sqlAllowNonFiniteNumbers: false,
  sqlAllowScalarSubQuery: true,
  sqlAllowSubQuery: true,
  sqlAllowTop: true,
  allowNewKeywords: true,
  enableSpatialIndexing: true,
};

/** `/dbs` */
export async function handleDatabases(
  account: Account,
  request: WireRequest,
): Promise<WireResponse> {
  const { resources, transactions } = account.store;
  if (request.method === "GET" || isQuery(request)) {
    const bodies = resources.databases().map(toBody);
    return respondFeed({ rid: "", name: "Databases", resources: bodies }, request);
  }
  if (request.method !== "POST") throw notAllowed(request);
  if (readThroughput(request.headers) !== undefined) {
    throw badRequest("Throughput shared by a database is not emulated: give it to its containers.");
  }
  const id = validResourceId(parseJsonObject(request.body, "A database")["id"]);
  const database = await transactions.run(() => {
    if (resources.database(id) !== undefined) throw alreadyExists(`dbs/${id}`);
    return resources.createDatabase(id, nowSeconds(account));
  });
  return respondDatabase(201, database);
}

/** `/dbs/{id}` */
export async function handleDatabase(
  { store: { resources, transactions } }: Account,
  id: string,
  request: WireRequest,
): Promise<WireResponse> {
  const existing = (): Database => {
    const database = resources.database(id);
    if (database === undefined) throw resourceNotFound(`dbs/${id}`);
    return database;
  };
  if (request.method === "GET") return respondDatabase(200, existing());
  if (request.method !== "DELETE") throw notAllowed(request);
  await transactions.run(() => {
    const database = existing();
    checkIfMatch(request.headers, etagOf(database));
    resources.removeDatabase(database);
  });
  return respond({ status: 204, body: "", charge: charges.metadata });
}

const etagOf = ({ number }: Database): string => `"database-${number}"`;

function toBody(database: Database): JsonObject {
  const { id, rid, ts } = database;
  const system = { _rid: rid, _self: `dbs/${rid}/`, _etag: etagOf(database) };
  return { id, ...system, _colls: "colls/", _users: "users/", _ts: ts };
}

function respondDatabase(status: number, database: Database): WireResponse {
  const body = JSON.stringify(toBody(database));
  return respond({ status, body, charge: charges.metadata, etag: etagOf(database) });
}

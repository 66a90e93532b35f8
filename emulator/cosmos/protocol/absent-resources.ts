import type { WireRequest, WireResponse } from "../../shared/wire.ts";
import type { Account } from "./account.ts";
import { badRequest, ownerNotFound } from "./errors.ts";
import {
  isQuery,
  notAllowed,
  resourceNotFound,
  type ResourceFeed,
  respondFeed,
} from "./resource-feed.ts";

/** Resources that no account here has, by their segment of the path: what they are called. */
type AbsentFeeds = ReadonlyMap<
  string,
  { readonly name: ResourceFeed["name"]; readonly what: string }
>;

const ofDatabases: AbsentFeeds = new Map([
  ["users", { name: "Users", what: "Users and permissions" }],
  ["clientencryptionkeys", { name: "ClientEncryptionKeys", what: "Client encryption keys" }],
]);
const ofContainers: AbsentFeeds = new Map([
  ["sprocs", { name: "StoredProcedures", what: "Stored procedures" }],
  ["triggers", { name: "Triggers", what: "Triggers" }],
  ["udfs", { name: "UserDefinedFunctions", what: "User-defined functions" }],
  ["conflicts", { name: "Conflicts", what: "Conflicts" }],
]);

export const isAbsentFromDatabase = (segment: string): boolean => ofDatabases.has(segment);
export const isAbsentFromContainer = (segment: string): boolean => ofContainers.has(segment);

/**
 * Answers for users, stored procedures and their like, of which there are none: an empty list, 404
 * for one of them, and 400 with the reason for a new one.
 */
export function handleAbsent(
  { store: { resources } }: Account,
  segments: readonly string[],
  request: WireRequest,
): WireResponse {
  const [, databaseId = "", kind = "", containerId, child] = segments;
  const isOfContainer = kind === "colls";
  const link = segments.slice(0, isOfContainer ? 4 : 2).join("/");
  const owner = isOfContainer ? resources.container(link) : resources.database(databaseId);
  if (owner === undefined) throw ownerNotFound(link);
  const feed = isOfContainer ? ofContainers.get(child ?? "") : ofDatabases.get(kind);
  const id = isOfContainer ? segments[5] : containerId;
  if (feed === undefined || id !== undefined) throw resourceNotFound(segments.join("/"));
  if (request.method === "GET" || isQuery(request)) {
    return respondFeed({ rid: owner.rid, name: feed.name, resources: [] }, request);
  }
  if (request.method !== "POST") throw notAllowed(request);
  throw badRequest(`${feed.what} are not emulated.`);
}

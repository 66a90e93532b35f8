import type { WireRequest, WireResponse } from "../../shared/wire.ts";
import { charges } from "../charges.ts";
import { asBadRequest, compile, parseQueryRequest } from "../queries/compiled-queries.ts";
import type { JsonObject } from "../sql/index.ts";
import type { Account } from "./account.ts";
import { CosmosError } from "./errors.ts";
import { feedBody, respond } from "./responses.ts";

/** A feed of databases, containers, ranges or offers. */
export type ResourceFeed = {
  readonly rid: string;
  /** The property of the body that holds the resources. */
  readonly name:
    | "ClientEncryptionKeys"
    | "Conflicts"
    | "Databases"
    | "DocumentCollections"
    | "Offers"
    | "PartitionKeyRanges"
    | "StoredProcedures"
    | "Triggers"
    | "UserDefinedFunctions"
    | "Users";
  readonly resources: readonly JsonObject[];
  readonly etag?: string;
};

/** Answers a read of a whole feed, which is never long, or a query over it. */
export function respondFeed(
  { rid, name, resources, etag }: ResourceFeed,
  { method, body }: WireRequest,
): WireResponse {
  const results = method === "GET" ? resources : runQuery(resources, body);
  const texts = results.map((resource) => JSON.stringify(resource));
  const feed = feedBody(rid, name, texts);
  return respond({
    ...{ status: 200, body: feed, charge: charges.metadata, itemCount: texts.length },
    etag,
  });
}

function runQuery(resources: readonly JsonObject[], body: string): readonly unknown[] {
  const { text, parameters } = parseQueryRequest(body);
  return asBadRequest(() => compile(text).bind(parameters).execute(resources, { sorted: false }));
}

export const isQuery = ({ method, headers }: WireRequest): boolean =>
  method === "POST" &&
  (headers["content-type"]?.startsWith("application/query+json") === true ||
    isTrue(headers["x-ms-documentdb-isquery"]));

export const isTrue = (header: string | undefined): boolean => header?.toLowerCase() === "true";

export const nowSeconds = ({ clock }: Account): number => Math.floor(clock.now() / 1000);

export const resourceNotFound = (link: string): CosmosError =>
  new CosmosError(404, `Resource Not Found: ${link}`);

export const alreadyExists = (link: string): CosmosError =>
  new CosmosError(409, `Resource with specified id or name already exists: ${link}`);

export const notAllowed = ({ method, path }: WireRequest): CosmosError =>
  new CosmosError(405, `${method} is not allowed on ${path}.`);

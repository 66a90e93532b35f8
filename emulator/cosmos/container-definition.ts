import type { JsonObject, JsonValue } from "./sql/index.ts";
import { badRequest } from "./protocol/errors.ts";
import { asObject, parseJsonObject } from "./protocol/json-body.ts";
import { wholeNumber } from "./protocol/whole-number.ts";
import { limits } from "./limits.ts";
import { compileIndexingPolicy, defaultIndexingPolicy } from "./indexing/indexing-policy.ts";
import { type PartitionKeyDefinition, pathSegments } from "./partitioning/partition-key.ts";

/** The body of a container as a read answers it, without server-made properties. */
export type ContainerDefinition = JsonObject & {
  readonly id: string;
  readonly indexingPolicy: JsonObject;
};

/** Request units a second for the whole container; each range gets an equal share. */
export type Throughput = { readonly kind: "manual" | "autoscale"; readonly requestUnits: number };

/**
 * Checks the body of a container and fills in what the service fills in, so that a later read
 * answers the complete definition. Throws 400.
 */
export function completeDefinition(body: JsonObject): ContainerDefinition {
  const indexingPolicy = { ...defaultIndexingPolicy, ...readObject(body, "indexingPolicy") };
  compileIndexingPolicy(indexingPolicy);
  const definition: Record<string, JsonValue> & ContainerDefinition = {
    id: validResourceId(body["id"]),
    indexingPolicy,
    partitionKey: readPartitionKeyDefinition(body),
    conflictResolutionPolicy: readConflictResolution(body),
    geospatialConfig: readGeospatialConfig(body),
  };
  if (body["uniqueKeyPolicy"] !== undefined) {
    readUniqueKeys(body);
    definition["uniqueKeyPolicy"] = body["uniqueKeyPolicy"];
  }
  const defaultTtl = readDefaultTtl(body);
  if (defaultTtl !== undefined) definition["defaultTtl"] = defaultTtl;
  const analyticalTtl = readAnalyticalTtl(body);
  if (analyticalTtl !== undefined) definition["analyticalStorageTtl"] = analyticalTtl;
  for (const name of unsupportedPolicies) {
    const value = body[name];
    if (value === undefined || value === null) continue;
    if (Array.isArray(value) && value.length === 0) continue;
    throw badRequest(`${name} is not supported.`);
  }
  return definition;
}

const unsupportedPolicies = [
  "changeFeedPolicy",
  "clientEncryptionPolicy",
  "computedProperties",
  "dataMaskingPolicy",
  "fullTextPolicy",
  "materializedViewDefinition",
  "ttlPropertyPath",
  "vectorEmbeddingPolicy",
];

/** With one region there are never conflicts; the policy is kept for whoever reads it. */
function readConflictResolution(body: JsonObject): JsonObject {
  const given = readObject(body, "conflictResolutionPolicy") ?? {};
  const { mode = "LastWriterWins", conflictResolutionProcedure: procedure = "" } = given;
  if (mode !== "LastWriterWins" && mode !== "Custom") {
    throw badRequest("conflictResolutionPolicy.mode must be LastWriterWins or Custom.");
  }
  const { conflictResolutionPath: path = mode === "Custom" ? "" : "/_ts" } = given;
  if (typeof path !== "string" || typeof procedure !== "string") {
    throw badRequest("conflictResolutionPolicy must name its path and procedure by texts.");
  }
  return { mode, conflictResolutionPath: path, conflictResolutionProcedure: procedure };
}

/** How coordinates are meant. Spatial queries are refused; the setting is kept for its readers. */
function readGeospatialConfig(body: JsonObject): JsonObject {
  const config = readObject(body, "geospatialConfig") ?? { type: "Geography" };
  if (config["type"] === "Geography" || config["type"] === "Geometry") return config;
  throw badRequest("geospatialConfig.type must be Geography or Geometry.");
}

/** There is no analytical store; the setting is kept for whoever reads it. */
function readAnalyticalTtl({ analyticalStorageTtl: ttl }: JsonObject): number | undefined {
  if (ttl === undefined || ttl === null) return undefined;
  return ttl === 0 ? 0 : validTtl(ttl, "analyticalStorageTtl");
}

export function validResourceId(id: JsonValue | undefined): string {
  if (typeof id !== "string" || id === "" || id.length > limits.resourceIdCharacters) {
    throw badRequest(`id must be a string of 1 to ${limits.resourceIdCharacters} characters.`);
  }
  if (/[/\\?#]/.test(id)) throw badRequest(`id must not contain any of / \\ ? #: ${id}`);
  if (!id.isWellFormed()) throw badRequest("id must be well-formed Unicode.");
  return id;
}

export function readPartitionKeyDefinition(body: JsonObject): PartitionKeyDefinition {
  const { paths, kind, version } = readObject(body, "partitionKey") ?? {};
  if (!isStringArray(paths) || paths.length === 0 || paths.length > limits.partitionKeyPaths) {
    throw badRequest(`partitionKey.paths must hold 1 to ${limits.partitionKeyPaths} paths.`);
  }
  for (const path of paths) checkPath(path, "partition key");
  const multiple = kind === "MultiHash" || (kind === undefined && paths.length > 1);
  if (!multiple && (paths.length > 1 || (kind !== undefined && kind !== "Hash"))) {
    throw badRequest(`Partition key kind ${JSON.stringify(kind)} does not fit the paths.`);
  }
  if (version !== undefined && version !== 1 && version !== 2) {
    throw badRequest("partitionKey.version must be 1 or 2.");
  }
  if (multiple) return { paths, kind: "MultiHash", version: 2 };
  return { paths, kind: "Hash", version: version === 2 ? 2 : 1 };
}

export function readUniqueKeys(body: JsonObject): readonly (readonly (readonly string[])[])[] {
  const { uniqueKeys = [] } = readObject(body, "uniqueKeyPolicy") ?? {};
  if (!Array.isArray(uniqueKeys) || uniqueKeys.length > limits.uniqueKeys) {
    throw badRequest(`A container has at most ${limits.uniqueKeys} unique keys.`);
  }
  return uniqueKeys.map((uniqueKey: unknown) => {
    const { paths } = asObject(uniqueKey, "A unique key");
    if (!isStringArray(paths) || paths.length === 0 || paths.length > limits.uniqueKeyPaths) {
      throw badRequest(`A unique key must have 1 to ${limits.uniqueKeyPaths} paths.`);
    }
    for (const path of paths) checkPath(path, "unique key");
    return paths.map(pathSegments);
  });
}

export function readDefaultTtl(body: JsonObject): number | undefined {
  const { defaultTtl } = body;
  if (defaultTtl === undefined || defaultTtl === null) return undefined;
  return validTtl(defaultTtl, "defaultTtl");
}

export function validTtl(ttl: JsonValue, name: string): number {
  if (typeof ttl === "number" && Number.isInteger(ttl)) {
    if (ttl === -1 || (ttl > 0 && ttl <= limits.ttlSeconds)) return ttl;
  }
  throw badRequest(`${name} must be -1 or an integer from 1 to ${limits.ttlSeconds}.`);
}

/** Reads the headers that provision throughput; undefined where a container has none. */
export function readThroughput(headers: Readonly<Record<string, string>>): Throughput | undefined {
  const manual = headers["x-ms-offer-throughput"];
  const autopilot = headers["x-ms-cosmos-offer-autopilot-settings"];
  if (manual !== undefined && autopilot !== undefined) {
    throw badRequest("Throughput is either manual or autoscale.");
  }
  if (manual !== undefined) return validThroughput("manual", wholeNumber(manual));
  if (autopilot === undefined) return undefined;
  const { maxThroughput } = parseJsonObject(autopilot, "The autopilot settings");
  return validThroughput("autoscale", maxThroughput);
}

export function validThroughput(kind: Throughput["kind"], requestUnits: unknown): Throughput {
  const minimum = kind === "manual" ? limits.throughputMinimum : limits.autoscaleMinimum;
  const step = kind === "manual" ? limits.throughputStep : limits.autoscaleStep;
  if (typeof requestUnits === "number" && requestUnits >= minimum && requestUnits % step === 0) {
    return { kind, requestUnits };
  }
  throw badRequest(
    `The ${kind} throughput must be a multiple of ${step}, at least ${minimum} RU/s.`,
  );
}

function checkPath(path: string, what: string): void {
  if (/^\/[^/]/.test(path) && !/[*?]$/.test(path)) return;
  throw badRequest(`The ${what} path ${path} must name a property, like "/a/b".`);
}

function readObject(body: JsonObject, name: string): JsonObject | undefined {
  const value = body[name];
  return value === undefined || value === null ? undefined : asObject(value, name);
}

const isStringArray = (value: JsonValue | undefined): value is readonly string[] =>
  Array.isArray(value) && value.every((item) => typeof item === "string");

import { isObject, type JsonObject, type JsonValue, valueAt } from "../sql/index.ts";
import { badRequest } from "../protocol/errors.ts";
import type { PartitionKeyComponent, PartitionKeyHashing } from "./effective-partition-key.ts";

/** Values in the order of the container's partition key paths. */
export type PartitionKey = readonly PartitionKeyComponent[];

/** As the container's body states it. A missing version means 1, as in the service. */
export type PartitionKeyDefinition = {
  readonly paths: readonly string[];
  readonly kind: "Hash" | "MultiHash";
  readonly version: 1 | 2;
};

export function hashingOf({ kind, version }: PartitionKeyDefinition): PartitionKeyHashing {
  if (kind === "MultiHash") return "multi-hash";
  return version === 2 ? "v2" : "v1";
}

/** Splits "/a/b" or `/"a/b"/c` into its property names. Throws 400 if a quoted one is malformed. */
export function pathSegments(path: string): readonly string[] {
  const segments = path.match(/"(?:[^"\\]|\\.)*"|[^/]+/g) ?? [];
  return segments.map((segment) => {
    if (!segment.startsWith('"') || segment.length === 1) return segment;
    try {
      return JSON.parse(segment) as string;
    } catch {
      throw badRequest(`The property ${segment} of the path ${path} is malformed.`);
    }
  });
}

/**
 * Reads the x-ms-documentdb-partitionkey header: a JSON array in which `{}` stands for a missing
 * value. Fewer values than paths are a prefix, which only queries and feeds may use.
 */
export function parsePartitionKey(header: string): PartitionKey {
  let parsed: unknown;
  try {
    parsed = JSON.parse(header);
  } catch {
    parsed = undefined;
  }
  if (!Array.isArray(parsed)) throw invalidPartitionKey(header);
  return parsed.map((component: JsonValue) => {
    if (isScalar(component)) return component;
    if (isEmptyObject(component)) return undefined;
    throw invalidPartitionKey(header);
  });
}

const invalidPartitionKey = (header: string): Error =>
  badRequest(`Partition key ${header} is invalid.`);

const isScalar = (value: unknown): value is string | number | boolean | null =>
  value === null || ["string", "number", "boolean"].includes(typeof value);

const isEmptyObject = (value: JsonValue): boolean =>
  isObject(value) && Object.keys(value).length === 0;

/** The partition key that a document carries on the container's paths. */
export function extractPartitionKey(
  document: JsonObject,
  paths: readonly (readonly string[])[],
): PartitionKey {
  return paths.map((path) => {
    const value = valueAt(document, path);
    if (value === undefined || isScalar(value)) return value;
    throw badRequest("A partition key value must be a string, a number, a boolean or null.");
  });
}

/** The header form of a partition key; equal keys have equal texts. */
export function formatPartitionKey(key: PartitionKey): string {
  return JSON.stringify(key.map((component) => (component === undefined ? {} : component)));
}

export function samePartitionKey(left: PartitionKey, right: PartitionKey): boolean {
  return left.length === right.length && left.every((component, i) => component === right[i]);
}

/** What a document is made of. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;
export type JsonObject = { readonly [key: string]: JsonValue };

/** What an expression gives: JSON, or undefined (a missing property, a failed comparison). */
export type Value = JsonValue | undefined;

export function isArray(value: Value): value is readonly JsonValue[] {
  return Array.isArray(value);
}

export function isObject(value: Value): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Rank of a value's type in the order of an index: undefined, null, booleans, numbers, strings,
 * arrays, objects. Equal ranks mean the same type.
 */
export function typeRank(value: Value): number {
  if (value === undefined) return 0;
  if (value === null) return 1;
  if (typeof value === "boolean") return 2;
  if (typeof value === "number") return 3;
  if (typeof value === "string") return 4;
  return isArray(value) ? 5 : 6;
}

/**
 * Total order of all values, as ORDER BY, MIN and MAX see them: by type, then by value. Strings
 * compare by UTF-16 code unit, because that is how the SDKs merge the results of partitions.
 */
export function compareValues(left: Value, right: Value): number {
  if (left === right) return 0;
  if (typeof left === "number" && typeof right === "number") return left - right;
  if (typeof left === "string" && typeof right === "string") return left < right ? -1 : 1;
  const byType = typeRank(left) - typeRank(right);
  if (byType !== 0) return byType;
  if (isArray(left) && isArray(right)) return compareArrays(left, right);
  if (isObject(left) && isObject(right)) return compareObjects(left, right);
  return Number(left) - Number(right);
}

function compareArrays(left: readonly JsonValue[], right: readonly JsonValue[]): number {
  for (const [index, value] of left.entries()) {
    if (index >= right.length) return 1;
    const byItem = compareValues(value, right[index]);
    if (byItem !== 0) return byItem;
  }
  return left.length - right.length;
}

function compareObjects(left: JsonObject, right: JsonObject): number {
  const pairs = (value: JsonObject): JsonValue[] =>
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, item]);
  return compareArrays(pairs(left), pairs(right));
}

/** Deep equality of two defined values; the order of properties does not matter. */
export function equalValues(left: Value, right: Value): boolean {
  if (left === right) return true;
  if (typeof left !== "object" || typeof right !== "object") return false;
  return compareValues(left, right) === 0;
}

/** `value[key]` as the query language sees it: own properties of objects, items of arrays. */
export function property(value: Value, key: Value): Value {
  if (typeof key === "string") {
    return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  }
  return typeof key === "number" && isArray(value) ? value[key] : undefined;
}

/** The value on a path of property names; undefined where there is none. */
export const valueAt = (value: Value, path: readonly string[]): Value =>
  path.reduce(property, value);

/** A text equal for equal values only, to find duplicates and groups by. */
export function canonical(value: Value): string {
  if (isArray(value)) return `[${value.map(canonical).join()}]`;
  if (!isObject(value)) return value === undefined ? "undefined" : JSON.stringify(value);
  const pairs = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`);
  return `{${pairs.join()}}`;
}

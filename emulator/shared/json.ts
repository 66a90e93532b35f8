/** What other programs send as JSON, looked at with care: a name may be any text, also one that every object inherits. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** What an object has under a name by itself: of `constructor`, `toString` or `__proto__` it inherits one. */
export function ownValue(parent: JsonObject, key: string): unknown {
  return Object.hasOwn(parent, key) ? parent[key] : undefined;
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The object under `key`, or an empty one when it is absent. */
export function objectAt(parent: JsonObject, key: string): JsonObject {
  const value = ownValue(parent, key);
  return isJsonObject(value) ? value : {};
}

export function stringAt(parent: JsonObject, key: string): string | undefined {
  const value = ownValue(parent, key);
  return typeof value === "string" ? value : undefined;
}

/** Parses text that must hold a JSON object; `what` names it in the error. */
export function parseJsonObject(text: string, what: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Error(`${what} is not valid JSON.`, { cause: error });
  }
  if (!isJsonObject(value)) throw new Error(`${what} must be a JSON object.`);
  return value;
}

/** Empty when it is absent; numbers and booleans as text. */
export function textAt(parent: JsonObject, key: string): string {
  const value = ownValue(parent, key);
  if (typeof value === "string") return value;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : "";
}

export function numberAt(parent: JsonObject, key: string): number | undefined {
  const value = ownValue(parent, key);
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

/** @throws TypeError that says what is wrong, unless it is a whole number within these bounds */
export function wholeNumberAt(
  parent: JsonObject,
  key: string,
  { least, most }: { readonly least: number; readonly most: number },
): number {
  const value = ownValue(parent, key);
  if (typeof value === "number" && Number.isInteger(value) && value >= least && value <= most)
    return value;
  throw new TypeError(`${key} is a whole number from ${least} to ${most}.`);
}

/** Empty when it is absent or no list; what is no object in it is left out. */
export function objectsAt(parent: JsonObject, key: string): readonly JsonObject[] {
  const value = ownValue(parent, key);
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

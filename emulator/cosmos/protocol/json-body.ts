import { isObject, type JsonObject, type JsonValue } from "../sql/index.ts";
import { limits } from "../limits.ts";
import { badRequest } from "./errors.ts";

/** What may stand around a document: a list of operations, one of them, its list of patches. */
const levelsAround = 8;

/**
 * Reads the JSON of a request's body or header. Throws 400 if it is none, or nests deeper than
 * anything that the service takes, so that nobody after this runs out of stack.
 */
export function parseJson(text: string): JsonValue {
  let value: JsonValue;
  try {
    value = JSON.parse(text) as JsonValue;
  } catch {
    throw badRequest("The request body is not valid JSON.");
  }
  checkDepth(value, limits.nestingDepth + levelsAround);
  return value;
}

/** The same for a body that must be a JSON object; `what` names it: "A document". */
export const parseJsonObject = (text: string, what: string): JsonObject =>
  asObject(parseJson(text), what);

/** Throws 400 if the value is not a JSON object. */
export function asObject(value: unknown, what: string): JsonObject {
  if (isObject(value as JsonValue)) return value as JsonObject;
  throw badRequest(`${what} must be a JSON object.`);
}

/** Throws 400 if the value has more than so many levels of arrays and objects. */
export function checkDepth(value: JsonValue, levels: number): void {
  if (typeof value !== "object" || value === null) return;
  if (levels === 0) throw badRequest(`Documents nest at most ${limits.nestingDepth} levels.`);
  const items = value as Readonly<Record<string, JsonValue>>;
  // Every body passes here: no list of the values is made, and nothing is called for a text or a number.
  for (const name in items) {
    const item = items[name];
    if (typeof item === "object" && item !== null) checkDepth(item, levels - 1);
  }
}

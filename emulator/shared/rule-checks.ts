/**
 * What rules that make a service behave badly have in common. They come from outside as JSON: each check throws a TypeError that
 * says what is wrong.
 */
import { isJsonObject, type JsonObject, ownValue, wholeNumberAt } from "./json.ts";

/** Longer than anything waits: ten years. */
export const longestDelayMs = 3_653 * 86_400_000;

/** Its name, and how often it applies. */
export function checkRuleLimits(rule: JsonObject): void {
  checkTexts(rule, ["id"]);
  checkWholeNumber(rule, "times", { least: 1, most: Number.MAX_SAFE_INTEGER });
  checkWholeNumber(rule, "seed", { least: -(2 ** 31), most: 2 ** 32 - 1 });
  const probability = ownValue(rule, "probability");
  const isFit = typeof probability === "number" && probability >= 0 && probability <= 1;
  if (probability !== undefined && !isFit)
    throw new TypeError("probability is a number from 0 to 1.");
}

/** Unless it is not given. */
export function checkWholeNumber(
  parent: JsonObject,
  key: string,
  bounds: { readonly least: number; readonly most: number },
): void {
  if (ownValue(parent, key) !== undefined) wholeNumberAt(parent, key, bounds);
}

/** Those that are given are texts, and not empty. */
export function checkTexts(parent: JsonObject, keys: readonly string[]): void {
  for (const key of keys) {
    const value = ownValue(parent, key);
    if (value !== undefined && (typeof value !== "string" || value === ""))
      throw new TypeError(`${key} is a text that is not empty.`);
  }
}

/** @param what names it in the error */
export function checkObject(value: unknown, what: string): JsonObject {
  if (isJsonObject(value)) return value;
  throw new TypeError(`${what} is an object.`);
}

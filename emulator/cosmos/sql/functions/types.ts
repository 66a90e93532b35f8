import { isArray, isObject, type Value } from "../values.ts";
import { type BuiltIn, isInteger, isNumber, isText } from "./built-in.ts";

const test = (holds: (value: Value) => boolean): BuiltIn => ({ arity: [1, 1], apply: holds });

/** "Type checking functions" and IIF; a test of an undefined value is false, not undefined. */
export const typeFunctions: Readonly<Record<string, BuiltIn>> = {
  IS_ARRAY: test(isArray),
  IS_BOOL: test((value) => typeof value === "boolean"),
  IS_DEFINED: test((value) => value !== undefined),
  IS_FINITE_NUMBER: test(Number.isFinite),
  IS_INTEGER: test(isInteger),
  IS_NULL: test((value) => value === null),
  IS_NUMBER: test(isNumber),
  IS_OBJECT: test(isObject),
  IS_PRIMITIVE: test(
    (value) => value === null || (value !== undefined && typeof value !== "object"),
  ),
  IS_STRING: test(isText),
  IIF: {
    arity: [3, 3],
    apply: (condition, consequent, alternate) => (condition === true ? consequent : alternate),
  },
};

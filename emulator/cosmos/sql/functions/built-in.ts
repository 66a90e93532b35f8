import type { Value } from "../values.ts";

/** A function of the query language; arguments that are left out are undefined. */
export type BuiltIn = {
  /** The fewest and the most arguments it takes. */
  readonly arity: readonly [minimum: number, maximum: number];
  readonly apply: (...values: Value[]) => Value;
  /** Takes the query's time (milliseconds since the epoch) instead of arguments. */
  readonly needsNow?: true;
};

/** A function of exactly as many texts as `apply` has parameters; undefined for anything else. */
export function ofTexts(apply: (...texts: string[]) => Value): BuiltIn {
  return {
    arity: [apply.length, apply.length],
    apply: (...values) => (values.every(isText) ? apply(...values) : undefined),
  };
}

/** A function of exactly as many numbers as `apply` has parameters, if its result is finite. */
export function ofNumbers(apply: (...numbers: number[]) => number): BuiltIn {
  return {
    arity: [apply.length, apply.length],
    apply: (...values) => {
      if (!values.every(isNumber)) return undefined;
      const result = apply(...values);
      return Number.isFinite(result) ? result : undefined;
    },
  };
}

export const isText = (value: Value): value is string => typeof value === "string";
export const isNumber = (value: Value): value is number => typeof value === "number";
export const isInteger = (value: Value): value is number => Number.isInteger(value);

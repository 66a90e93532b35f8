import {
  canonical,
  equalValues,
  isArray,
  isObject,
  type JsonValue,
  type Value,
} from "../values.ts";
import { type BuiltIn, isInteger } from "./built-in.ts";

type Arrays = readonly (readonly JsonValue[])[];

/** "Array functions" and ObjectToArray. */
export const arrayFunctions: Readonly<Record<string, BuiltIn>> = {
  ARRAY_CONCAT: {
    arity: [2, Number.POSITIVE_INFINITY],
    apply: ofArrays((arrays) => arrays.flat()),
  },
  ARRAY_CONTAINS: { arity: [2, 3], apply: contains },
  ARRAY_CONTAINS_ALL: { arity: [2, Number.POSITIVE_INFINITY], apply: containsAll },
  ARRAY_CONTAINS_ANY: { arity: [2, Number.POSITIVE_INFINITY], apply: containsAny },
  ARRAY_LENGTH: { arity: [1, 1], apply: (array) => (isArray(array) ? array.length : undefined) },
  ARRAY_SLICE: { arity: [2, 3], apply: slice },
  OBJECTTOARRAY: { arity: [1, 1], apply: objectToArray },
  SETINTERSECT: { arity: [2, 2], apply: ofArrays(intersection) },
  SETUNION: { arity: [2, 2], apply: ofArrays((arrays) => distinct(arrays.flat())) },
};

function ofArrays(apply: (arrays: Arrays) => Value): BuiltIn["apply"] {
  return (...values) => (values.every(isArray) ? apply(values) : undefined);
}

function contains(array: Value, searched: Value, partial: Value = false): Value {
  if (!isArray(array) || searched === undefined || typeof partial !== "boolean") return undefined;
  const matches = partial ? hasPropertiesOf : equalValues;
  return array.some((item) => matches(item, searched));
}

/** Whether the item has all properties of an object, and maybe more. */
function hasPropertiesOf(item: Value, part: Value): boolean {
  if (!isObject(part) || !isObject(item)) return equalValues(item, part);
  return Object.entries(part).every(
    ([key, value]) => Object.hasOwn(item, key) && equalValues(item[key], value),
  );
}

function containsAll(array: Value, ...searched: readonly Value[]): Value {
  if (!isArray(array) || searched.includes(undefined)) return undefined;
  return searched.every((value) => array.some((item) => equalValues(item, value)));
}

function containsAny(array: Value, ...searched: readonly Value[]): Value {
  if (!isArray(array) || searched.includes(undefined)) return undefined;
  return searched.some((value) => array.some((item) => equalValues(item, value)));
}

/** A negative start counts from the end. */
function slice(array: Value, start: Value, length: Value = Number.MAX_SAFE_INTEGER): Value {
  if (!isArray(array) || !isInteger(start) || !isInteger(length)) return undefined;
  const from = start < 0 ? Math.max(array.length + start, 0) : start;
  return length <= 0 ? [] : array.slice(from, from + length);
}

function objectToArray(object: Value): Value {
  if (!isObject(object)) return undefined;
  return Object.entries(object).map(([k, v]) => ({ k, v }));
}

function distinct(items: readonly JsonValue[]): readonly JsonValue[] {
  return [...new Map(items.map((item) => [canonical(item), item])).values()];
}

function intersection([left = [], right = []]: Arrays): Value {
  const shared = new Set(right.map(canonical));
  return distinct(left).filter((item) => shared.has(canonical(item)));
}

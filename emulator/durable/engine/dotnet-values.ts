import type { JsonObject } from "../../shared/json.ts";

/**
 * How the extension turns members of what an orchestrator function answers into .NET values, and
 * what it says of those that do not fit (source: azure-functions-durable-extension 3,
 * RetryOptionsConverter.cs; Newtonsoft.Json, LINQ to JSON). Seen beside the extension 3.19.
 */

const int32Max = 2 ** 31 - 1;
const int32Min = -(2 ** 31);
/** JSON numbers from here to 1e21 have no exponent and become a BigInteger. */
const int64Bound = 2 ** 63;
const exponentBound = 1e21;

/** A value that the extension cannot read; the instance fails with the message. */
export class UnreadableValue extends Error {}

/** An Int32; a fraction is rounded, its half to the even neighbour. */
export function int32At(parent: JsonObject, key: string): number {
  const value = numberIn(parent, key);
  const isBigInteger =
    Number.isInteger(value) && Math.abs(value) >= int64Bound && Math.abs(value) < exponentBound;
  if (isBigInteger) throw new UnreadableValue("Object must implement IConvertible.");
  const whole = roundHalfToEven(value);
  if (whole >= int32Min && whole <= int32Max) return whole;
  throw new UnreadableValue("Value was either too large or too small for an Int32.");
}

export function doubleAt(parent: JsonObject, key: string): number {
  return numberIn(parent, key);
}

function numberIn(parent: JsonObject, key: string): number {
  const value = parent[key];
  if (typeof value === "number") return value;
  if (typeof value === "boolean") return Number(value);
  // NaN and infinities are null in JSON.
  if (value === null) throw new UnreadableValue("Null object cannot be converted to a value type.");
  const text = typeof value === "string" ? value : JSON.stringify(value);
  throw new UnreadableValue(`The input string '${text}' was not in a correct format.`);
}

function roundHalfToEven(value: number): number {
  const floor = Math.floor(value);
  const isHalf = value - floor === 0.5;
  return isHalf && floor % 2 === 0 ? floor : Math.round(value);
}

/** .NET's DateTime ends with the year 9999. */
const dateTimeForm = /^\d{4}-/;

/** @param path of the member in the whole answer, for the message */
export function dateTimeMsAt(parent: JsonObject, key: string, path: string): number {
  const value = parent[key];
  if (value === null) {
    const message = "Error converting value {null} to type 'System.DateTime'.";
    throw new UnreadableValue(`${message} Path '${path}.${key}'.`);
  }
  const text = typeof value === "string" ? value : JSON.stringify(value);
  const ms = Date.parse(text);
  if (dateTimeForm.test(text) && !Number.isNaN(ms)) return ms;
  throw new UnreadableValue(
    `Could not convert string to DateTime: ${text}. Path '${path}.${key}'.`,
  );
}

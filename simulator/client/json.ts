import { parseMoney } from "../money.ts";

/** Reads the values of the contract out of JSON, and says what is wrong with it. */

/** The service answered something that the HTTP contract does not allow. */
export class ContractBreach extends Error {
  override name = "ContractBreach";
}

export type Json = Readonly<Record<string, unknown>>;

export const parseObject = (body: string): Json => {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    throw new ContractBreach(`the body is not JSON: ${JSON.stringify(body.slice(0, 80))}`);
  }
  if (!isObject(parsed)) throw unfit("the body", "an object", parsed);
  return parsed;
};

const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export const object = (json: Json, name: string): Json => {
  const value = json[name];
  if (!isObject(value)) throw unfit(name, "an object", value);
  return value;
};

export const list = (json: Json, name: string): Json[] => {
  const value: unknown = json[name];
  if (!Array.isArray(value) || !value.every(isObject)) {
    throw unfit(name, "a list of objects", value);
  }
  return value;
};

export const text = (json: Json, name: string): string => {
  const value = json[name];
  if (typeof value !== "string") throw unfit(name, "a text", value);
  return value;
};

export const optionalText = (json: Json, name: string): string | undefined =>
  json[name] === undefined ? undefined : text(json, name);

export const oneOf = <Choice extends string>(
  json: Json,
  name: string,
  choices: readonly Choice[],
): Choice => {
  const value = json[name];
  const choice = choices.find((known) => known === value);
  if (choice === undefined) throw unfit(name, `one of ${choices.join(", ")}`, value);
  return choice;
};

export const money = (json: Json, name: string): bigint => {
  const value = text(json, name);
  const amountE4 = parseMoney(value);
  if (amountE4 === undefined) throw unfit(name, "money such as 12.50", value);
  return amountE4;
};

const INSTANT_FORM = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

export const instant = (json: Json, name: string): string => {
  const value = text(json, name);
  if (!INSTANT_FORM.test(value)) throw unfit(name, "an instant with milliseconds in UTC", value);
  return value;
};

const unfit = (name: string, wanted: string, value: unknown): ContractBreach =>
  new ContractBreach(
    `${name} is not ${wanted} but ${value === undefined ? "absent" : JSON.stringify(value)}`,
  );

export const flag = (json: Json, name: string): boolean => {
  const value = json[name];
  if (typeof value !== "boolean") throw unfit(name, "true or false", value);
  return value;
};

export const count = (json: Json, name: string): number => {
  const value = json[name];
  if (typeof value !== "number") throw unfit(name, "a number", value);
  return value;
};

export const optionalInstant = (json: Json, name: string): string | undefined =>
  json[name] === undefined ? undefined : instant(json, name);

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

export const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * Names a member of a document whose type is known. That it is there, and what it is, is looked at
 * all the same: types are a promise, and here it is put to the test.
 */
type NameIn<Document> = keyof Document & string;

type ObjectAt<Document, Name extends keyof Document> = unknown extends Document[Name]
  ? Json
  : NonNullable<Document[Name]>;

type ItemsAt<Document, Name extends keyof Document> = unknown extends Document[Name]
  ? readonly Json[]
  : NonNullable<Document[Name]>;

export const object = <Document extends object, Name extends NameIn<Document>>(
  json: Document,
  name: Name,
): ObjectAt<Document, Name> => {
  const value: unknown = json[name];
  if (!isObject(value)) throw unfit(name, "an object", value);
  return value as ObjectAt<Document, Name>;
};

export const list = <Document extends object, Name extends NameIn<Document>>(
  json: Document,
  name: Name,
): ItemsAt<Document, Name> => {
  const value: unknown = json[name];
  if (!Array.isArray(value) || !value.every(isObject)) {
    throw unfit(name, "a list of objects", value);
  }
  return value as unknown as ItemsAt<Document, Name>;
};

export const text = <Document extends object>(json: Document, name: NameIn<Document>): string => {
  const value: unknown = json[name];
  if (typeof value !== "string") throw unfit(name, "a text", value);
  return value;
};

export const optionalText = <Document extends object>(
  json: Document,
  name: NameIn<Document>,
): string | undefined => (json[name] === undefined ? undefined : text(json, name));

export const oneOf = <Document extends object, Choice extends string>(
  json: Document,
  name: NameIn<Document>,
  choices: readonly Choice[],
): Choice => {
  const value: unknown = json[name];
  const choice = choices.find((known) => known === value);
  if (choice === undefined) throw unfit(name, `one of ${choices.join(", ")}`, value);
  return choice;
};

export const money = <Document extends object>(json: Document, name: NameIn<Document>): bigint => {
  const value = text(json, name);
  const amountE4 = parseMoney(value);
  if (amountE4 === undefined) throw unfit(name, "money such as 12.50", value);
  return amountE4;
};

const INSTANT_FORM = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

export const instant = <Document extends object>(
  json: Document,
  name: NameIn<Document>,
): string => {
  const value = text(json, name);
  if (!INSTANT_FORM.test(value)) throw unfit(name, "an instant with milliseconds in UTC", value);
  return value;
};

const unfit = (name: string, wanted: string, value: unknown): ContractBreach =>
  new ContractBreach(
    `${name} is not ${wanted} but ${value === undefined ? "absent" : JSON.stringify(value)}`,
  );

export const flag = <Document extends object>(json: Document, name: NameIn<Document>): boolean => {
  const value: unknown = json[name];
  if (typeof value !== "boolean") throw unfit(name, "true or false", value);
  return value;
};

export const count = <Document extends object>(json: Document, name: NameIn<Document>): number => {
  const value: unknown = json[name];
  if (typeof value !== "number") throw unfit(name, "a number", value);
  return value;
};

export const optionalInstant = <Document extends object>(
  json: Document,
  name: NameIn<Document>,
): string | undefined => (json[name] === undefined ? undefined : instant(json, name));

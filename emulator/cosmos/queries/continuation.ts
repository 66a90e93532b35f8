import { badRequest, type CosmosError } from "../protocol/errors.ts";
import { parseJsonObject } from "../protocol/json-body.ts";
import {
  isObject,
  type JsonObject,
  type JsonValue,
  type Place,
  type SortKey,
} from "../sql/index.ts";
import type { Cursor } from "./access-path.ts";
import type { PageStart } from "./run-query.ts";

/**
 * What a continuation token holds: for results that follow the documents, the access path and the
 * place on it; for ordered results, the place of the last one; for others that were computed as a
 * whole, how many were given.
 */
export type Continuation =
  | ({ readonly kind: "place"; readonly path: string } & PageStart)
  | ({ readonly kind: "row" } & RowStart)
  | { readonly kind: "offset"; readonly offset: number };

/** Where a page of ordered results starts: behind a row. */
type RowStart = {
  readonly place: Place;
  /** How many rows of exactly this place were given: with JOIN, a document has several. */
  readonly repeated: number;
  /** How many rows the pages gave so far, for TOP and LIMIT. */
  readonly given: number;
  /** How many rows of the result set in memory were given, as long as it is the same. */
  readonly offset: number;
};

/** Header values must be ASCII, and ids need not be. */
export const writeContinuation = (continuation: Continuation): string =>
  Buffer.from(JSON.stringify(continuation, withoutBigInt)).toString("base64url");

export const withoutBigInt = (_name: string, value: unknown): unknown =>
  typeof value === "bigint" ? String(value) : value;

export function readContinuation(token: string | undefined): Continuation | undefined {
  if (token === undefined || token === "") return undefined;
  const { kind, offset, path, skip, after, place, repeated, given } = readToken(token);
  if (kind === "offset" && isCount(offset)) return { kind, offset };
  if (kind === "place" && typeof path === "string" && isCount(skip) && isCursor(after)) {
    return { kind, path, skip, after };
  }
  if (kind === "row" && isCount(offset) && isCount(repeated) && isCount(given)) {
    return { kind, place: readPlace(place), repeated, given, offset };
  }
  throw malformed();
}

function readToken(token: string): JsonObject {
  try {
    return parseJsonObject(Buffer.from(token, "base64url").toString(), "A token");
  } catch {
    throw malformed();
  }
}

function readPlace(place: JsonValue | undefined): Place {
  const { keys, document } = isObject(place) ? place : {};
  if (!Array.isArray(keys) || typeof document !== "string" || !/^\d{1,20}$/.test(document)) {
    throw malformed();
  }
  return { keys: keys.map(readKey), document: BigInt(document) };
}

function readKey(key: JsonValue): SortKey {
  const { rank, value } = isObject(key) ? key : {};
  const isScalar = typeof value !== "object" || value === null;
  if (typeof rank !== "number" || !isScalar) throw malformed();
  return { rank, value };
}

const malformed = (): CosmosError => badRequest("The continuation token is malformed.");

const isCount = (value: unknown): value is number =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= 0;

const isCursor = (value: unknown): value is Cursor | undefined =>
  value === undefined ||
  (Array.isArray(value) && value.every((item) => ["string", "number"].includes(typeof item)));

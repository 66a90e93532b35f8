import { badRequest, type CosmosError } from "../protocol/errors.ts";
import { parseJsonObject } from "../protocol/json-body.ts";
import type { JsonObject } from "../sql/index.ts";
import type { Cursor } from "./access-path.ts";
import type { PageStart } from "./run-query.ts";

/**
 * What a continuation token holds: for results that follow the documents, the access path and the
 * place on it; for results that were computed as a whole, how many were given.
 */
export type Continuation =
  | ({ readonly kind: "place"; readonly path: string } & PageStart)
  | { readonly kind: "offset"; readonly offset: number };

/** Header values must be ASCII, and ids need not be. */
export const writeContinuation = (continuation: Continuation): string =>
  Buffer.from(JSON.stringify(continuation)).toString("base64url");

export function readContinuation(token: string | undefined): Continuation | undefined {
  if (token === undefined || token === "") return undefined;
  const { kind, offset, path, skip, after } = readToken(token);
  if (kind === "offset" && isCount(offset)) return { kind, offset };
  if (kind === "place" && typeof path === "string" && isCount(skip) && isCursor(after)) {
    return { kind, path, skip, after };
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

const malformed = (): CosmosError => badRequest("The continuation token is malformed.");

const isCount = (value: unknown): value is number =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= 0;

const isCursor = (value: unknown): value is Cursor | undefined =>
  value === undefined ||
  (Array.isArray(value) && value.every((item) => ["string", "number"].includes(typeof item)));

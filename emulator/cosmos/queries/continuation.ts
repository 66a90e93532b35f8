import { badRequest } from "../protocol/errors.ts";
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
  try {
    const parsed = JSON.parse(Buffer.from(token, "base64url").toString()) as Continuation;
    if (parsed.kind === "offset" && Number.isInteger(parsed.offset)) return parsed;
    if (parsed.kind === "place" && Number.isInteger(parsed.skip)) return parsed;
  } catch {
    // Falls through: a token that can not be read is as wrong as one of another shape.
  }
  throw badRequest("The continuation token is malformed.");
}

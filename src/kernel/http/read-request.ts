/** Reads what a client sent, or throws the problem with it. Nothing malformed gets past here. */
import type { z } from "zod";
import type { HttpRequest } from "../../platform/http/exchange.ts";
import { type FieldError, invalidRequest, Problem } from "../../platform/http/problem.ts";

const largestBody = 16 * 1024;
const idempotencyKeyForm = /^[\x21-\x7e]{16,128}$/;
const longestWaitSeconds = 30;

export function readIdempotencyKey(request: HttpRequest): string {
  const key = request.headers.get("idempotency-key");
  if (key === null)
    throw new Problem("idempotency_key_missing", "Send a new UUID for each new intention.");
  if (!idempotencyKeyForm.test(key))
    throw new Problem("idempotency_key_malformed", "It must have 16 to 128 visible characters.");
  return key;
}

/**
 * Cosmos DB refuses documents of more than 128 levels ("Azure Cosmos DB service quotas"), and what was sent is stored with
 * some levels around it.
 */
const mostLevels = 100;

function nestsWithin(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return true;
  return levels > 0 && Object.values(value).every((each) => nestsWithin(each, levels - 1));
}

/** `most`: bytes. */
export async function readBody(
  request: HttpRequest,
  schema: z.ZodType,
  most = largestBody,
): Promise<unknown> {
  const mediaType = request.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase();
  if (mediaType !== "application/json")
    throw new Problem("unsupported_media_type", `It was sent as ${mediaType ?? "nothing"}.`);
  if (Number(request.headers.get("content-length") ?? 0) > most) throw bodyTooLarge(most);
  const text = await request.text();
  if (Buffer.byteLength(text) > most) throw bodyTooLarge(most);
  const body = parseJson(text);
  if (!nestsWithin(body, mostLevels))
    throw invalidRequest([{ path: "body", message: `must have at most ${mostLevels} levels.` }]);
  return checked(body, schema);
}

/** One value from a path or query, checked by a schema; its errors carry the parameter's name. */
export function readParameter<Value>(
  name: string,
  value: unknown,
  schema: z.ZodType<Value>,
): Value {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw invalidRequest(result.error.issues.map(({ message }) => ({ path: name, message })));
}

export const points = ["stored", "handled", "visible", "settled"] as const;

/** How far a command has got; the order of the list is the order of events. */
export type Point = (typeof points)[number];

export type Wait = { readonly until: Exclude<Point, "stored">; readonly forMs: number };

/** `Prefer: wait=N` (RFC 7240) or `?wait=N`, and `?until=`. */
export function readWait(request: HttpRequest): Wait {
  const until = request.query.get("until") ?? "visible";
  if (until !== "handled" && until !== "visible" && until !== "settled")
    throw invalidRequest([{ path: "until", message: "must be handled, visible or settled." }]);
  const preferred = /(?:^|[,;\s])wait\s*=\s*"?([^",;\s]*)/i.exec(
    request.headers.get("prefer") ?? "",
  );
  const text = request.query.get("wait") ?? preferred?.[1] ?? "0";
  const seconds = Number(text);
  const isValid = /^\d+$/.test(text) && seconds <= longestWaitSeconds;
  if (!isValid) {
    const message = `must be a whole number of seconds up to ${longestWaitSeconds}.`;
    throw invalidRequest([{ path: "wait", message }]);
  }
  return { until, forMs: seconds * 1_000 };
}

function bodyTooLarge(most: number): Problem {
  return new Problem("body_too_large", `It may have at most ${most} bytes.`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Problem("malformed_json", "The body must be one JSON object.");
  }
}

function checked(value: unknown, schema: z.ZodType): unknown {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const errors = result.error.issues.map((issue): FieldError => {
    const path = [...issue.path, ...("keys" in issue ? issue.keys : [])].join(".");
    const isUnknown = issue.code === "unrecognized_keys";
    const isMissing =
      issue.code === "invalid_type" && "input" in issue && issue.input === undefined;
    const message = isUnknown ? "is unknown." : isMissing ? "is required." : issue.message;
    return { path: path === "" ? "body" : path, message };
  });
  throw invalidRequest(errors);
}

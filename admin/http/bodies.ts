import type { Context, MiddlewareHandler } from "hono";
import type { z } from "zod";
import { atMostBytes, closing } from "../../web/bodies.ts";
import { Problem } from "./problems.ts";

/** Refuses a longer body, also one that does not say its length beforehand. */
export const atMost = (sizeBytes: number): MiddlewareHandler =>
  atMostBytes(sizeBytes, (detail) => new Problem("body_too_large", detail, closing));

/** What a script sends. */
export const jsonBody = async <Shape extends z.ZodType>(
  c: Context,
  shape: Shape,
): Promise<z.infer<Shape>> => {
  requireMediaType(c, ["application/json"]);
  return valid(shape, await parsedJson(c));
};

/** What a form sends. */
export const formBody = async <Shape extends z.ZodType>(
  c: Context,
  shape: Shape,
): Promise<z.infer<Shape>> => {
  requireMediaType(c, ["application/x-www-form-urlencoded"]);
  return valid(shape, await c.req.parseBody());
};

/** The type of the body without its parameters; throws if it is none of those given. */
export const requireMediaType = <Type extends string>(c: Context, types: readonly Type[]): Type => {
  const given = (c.req.header("content-type") ?? "").split(";")[0]?.trim().toLowerCase();
  const type = types.find((known) => known === given);
  if (type === undefined)
    throw new Problem("unsupported_media_type", `Send it as ${types.join(" or ")}.`);
  return type;
};

export const parsedJson = async (c: Context): Promise<unknown> => {
  const text = await c.req.text();
  try {
    return JSON.parse(text);
  } catch {
    throw new Problem("malformed_json", "The body cannot be read as JSON.");
  }
};

const valid = <Shape extends z.ZodType>(shape: Shape, body: unknown): z.infer<Shape> => {
  const read = shape.safeParse(body);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const field = issue?.path.join(".") ?? "";
  const says = issue?.message ?? "The body is wrong.";
  throw new Problem("invalid_request", field === "" ? says : `${field}: ${says}`);
};

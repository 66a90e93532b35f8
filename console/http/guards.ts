import type { MiddlewareHandler } from "hono";
import { atMostBytes, closing } from "../../web/bodies.ts";
import { comesFromHere, isOwnName } from "../../web/origin.ts";
import { Problem } from "./problem.ts";

/**
 * Only by one of this machine's names: a foreign page whose name is made to point here ("DNS rebinding") could otherwise read
 * all that the console shows.
 */
export const ownNamesOnly =
  (allowedHosts: readonly string[]): MiddlewareHandler =>
  async (c, next) => {
    if (!isOwnName(c, allowedHosts))
      throw new Problem(403, "Not by this name", "The console answers to localhost only.");
    await next();
  };

/** Forms here are short. */
export const shortBodiesOnly: MiddlewareHandler = atMostBytes(
  16 * 1_024,
  (detail) => new Problem(413, "The form is too large", detail, closing),
);

/** Only the console's own pages change anything. */
export const sameOriginOnly: MiddlewareHandler = async (c, next) => {
  const isReading = ["GET", "HEAD"].includes(c.req.method);
  if (!isReading && !comesFromHere(c))
    throw new Problem(403, "Not from elsewhere", "Open the page again and repeat it from there.");
  await next();
};

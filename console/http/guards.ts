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

const atMost = (sizeBytes: number): MiddlewareHandler =>
  atMostBytes(sizeBytes, (detail) => new Problem(413, "The form is too large", detail, closing));

const short = atMost(16 * 1_024);
/** A message of 512 KiB, which is what Saldo takes, when each of its bytes is escaped in the form. */
const long = atMost(3 * 512 * 1_024);

/** Forms here are short, but for one that holds a whole message. */
export const shortBodiesOnly: MiddlewareHandler = (c, next) =>
  (c.req.path === "/dead-letters/repair" ? long : short)(c, next);

/** Only the console's own pages change anything. */
export const sameOriginOnly: MiddlewareHandler = async (c, next) => {
  const isReading = ["GET", "HEAD"].includes(c.req.method);
  if (!isReading && !comesFromHere(c))
    throw new Problem(403, "Not from elsewhere", "Open the page again and repeat it from there.");
  await next();
};

import type { MiddlewareHandler } from "hono";
import { comesFromHere } from "../../web/origin.ts";
import { Problem } from "./problem.ts";

/**
 * Only this machine's browser, by one of this machine's names: a foreign page whose name is made to point here ("DNS
 * rebinding") could otherwise read all that the console shows.
 */
export const localNamesOnly: MiddlewareHandler = async (c, next) => {
  const name = (c.req.header("host") ?? "").replace(/:\d+$/, "");
  if (!["localhost", "127.0.0.1", "[::1]"].includes(name))
    throw new Problem(403, "Not by this name", "The console answers to localhost only.");
  await next();
};

/** Only the console's own pages change anything. */
export const sameOriginOnly: MiddlewareHandler = async (c, next) => {
  const isReading = ["GET", "HEAD"].includes(c.req.method);
  if (!isReading && !comesFromHere(c))
    throw new Problem(403, "Not from elsewhere", "Open the page again and repeat it from there.");
  await next();
};

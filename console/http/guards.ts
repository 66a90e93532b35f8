import type { MiddlewareHandler } from "hono";
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

/**
 * Only the console's own pages change anything. A browser says where a request comes from: by Sec-Fetch-Site ("Fetch
 * Metadata Request Headers", W3C), or by Origin where that is missing.
 */
export const sameOriginOnly: MiddlewareHandler = async (c, next) => {
  const isReading = ["GET", "HEAD"].includes(c.req.method);
  const site = c.req.header("sec-fetch-site");
  const own = `http://${c.req.header("host") ?? ""}`;
  const isOwn = site === undefined ? c.req.header("origin") === own : site === "same-origin";
  if (!isReading && !isOwn)
    throw new Problem(403, "Not from elsewhere", "Open the page again and repeat it from there.");
  await next();
};

const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join("; ");

const headers = {
  "content-security-policy": contentSecurityPolicy,
  "x-content-type-options": "nosniff",
  "referrer-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
};

/** Pages show the console's own styles and scripts and nothing else, and are never kept. */
export const securityHeaders: MiddlewareHandler = async (c, next) => {
  await next();
  for (const [name, value] of Object.entries(headers)) c.res.headers.set(name, value);
  if (!c.res.headers.has("cache-control")) c.res.headers.set("cache-control", "no-store");
};

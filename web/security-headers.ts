import type { MiddlewareHandler } from "hono";

/**
 * What a browser may do with an app's pages: nothing but show its own styles, scripts and icon, and keep none of them.
 * `same-origin` rather than `no-referrer`, which would make the Origin of a posted form "null".
 */
export const securityHeaders =
  ({ isHttps }: { isHttps: boolean }): MiddlewareHandler =>
  async (c, next) => {
    await next();
    for (const [name, value] of Object.entries(headers)) c.res.headers.set(name, value);
    if (isHttps) c.res.headers.set("strict-transport-security", "max-age=31536000");
    if (!c.res.headers.has("cache-control")) c.res.headers.set("cache-control", "no-store");
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
  "x-frame-options": "DENY",
  "referrer-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=()",
};

import type { Context, MiddlewareHandler } from "hono";
import { Problem } from "./problems.ts";

/**
 * Lets only this app's own pages change anything, beyond what SameSite cookies already prevent.
 * A browser says where a request comes from and lets no page lie about it: by Sec-Fetch-Site
 * ("Fetch Metadata Request Headers", W3C), or by Origin where that is missing.
 */
export const sameOriginOnly =
  (publicUrl: string | undefined): MiddlewareHandler =>
  async (c, next) => {
    if (changesSomething(c.req.method) && !comesFromHere(c, publicUrl))
      throw new Problem("cross_site_request", "Open the page again and repeat it from there.");
    await next();
  };

const changesSomething = (method: string): boolean => !["GET", "HEAD", "OPTIONS"].includes(method);

const comesFromHere = (c: Context, publicUrl: string | undefined): boolean => {
  const site = c.req.header("sec-fetch-site");
  if (site !== undefined) return site === "same-origin";
  const origin = c.req.header("origin");
  if (origin === undefined) return false;
  if (publicUrl !== undefined) return origin === new URL(publicUrl).origin;
  // A foreign page can choose neither its Origin nor the Host its request is sent to.
  return origin === `http://${c.req.header("host") ?? ""}`;
};

import type { MiddlewareHandler } from "hono";
import { comesFromHere, isOwnName } from "../../web/origin.ts";
import { Problem } from "./problems.ts";
import type { Services } from "./services.ts";

/** Lets only this app's own pages change anything, beyond what SameSite cookies already prevent. */
export const sameOriginOnly =
  (publicUrl: string | undefined): MiddlewareHandler =>
  async (c, next) => {
    if (changesSomething(c.req.method) && !comesFromHere(c, publicUrl))
      throw new Problem("cross_site_request", "Open the page again and repeat it from there.");
    await next();
  };

/**
 * Without a public address the app is on somebody's machine, where a foreign page whose name is made to point to it ("DNS
 * rebinding") would be of the same origin. With one, a proxy may ask by any name, and the Origin tells.
 */
export const ownNamesOnly =
  ({ publicUrl, allowedHosts }: Pick<Services, "publicUrl" | "allowedHosts">): MiddlewareHandler =>
  async (c, next) => {
    if (publicUrl === undefined && !isOwnName(c, allowedHosts))
      throw new Problem("unknown_host", "Set SALDO_ADMIN_PUBLIC_URL to where browsers find it.");
    await next();
  };

const changesSomething = (method: string): boolean => !["GET", "HEAD", "OPTIONS"].includes(method);

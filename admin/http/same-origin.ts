import type { MiddlewareHandler } from "hono";
import { comesFromHere } from "../../web/origin.ts";
import { Problem } from "./problems.ts";

/** Lets only this app's own pages change anything, beyond what SameSite cookies already prevent. */
export const sameOriginOnly =
  (publicUrl: string | undefined): MiddlewareHandler =>
  async (c, next) => {
    if (changesSomething(c.req.method) && !comesFromHere(c, publicUrl))
      throw new Problem("cross_site_request", "Open the page again and repeat it from there.");
    await next();
  };

const changesSomething = (method: string): boolean => !["GET", "HEAD", "OPTIONS"].includes(method);

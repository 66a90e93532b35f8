import { isIP } from "node:net";
import type { Context } from "hono";

/**
 * Whether one of an app's own pages asks. A browser says where a request comes from and lets no page lie about it: by
 * Sec-Fetch-Site ("Fetch Metadata Request Headers", W3C), or by Origin where that is missing. Without a public address it only
 * counts by a name that is the app's own (`isOwnName`): a page by another name that was made to point here ("DNS rebinding") is
 * of the same origin as what it asks.
 *
 * @param publicUrl Where browsers find the app, if not at the address to which the request was sent.
 */
export const comesFromHere = (c: Context, publicUrl?: string): boolean => {
  const site = c.req.header("sec-fetch-site");
  const origin = c.req.header("origin");
  if (site !== undefined && site !== "same-origin") return false;
  if (publicUrl !== undefined && origin !== undefined) return origin === new URL(publicUrl).origin;
  if (site !== undefined) return true;
  // A foreign page can choose neither its Origin nor the Host its request is sent to.
  return origin === `http://${c.req.header("host") ?? ""}`;
};

/**
 * Whether an app was asked by a name that can be its own: localhost, an address, which cannot be made to point elsewhere, or
 * one of those that it was told.
 */
export const isOwnName = (c: Context, allowedHosts: readonly string[] = []): boolean => {
  const host = (c.req.header("host") ?? "").toLowerCase();
  const [, name, address] = /^(?:([\w.-]+)|\[([\da-f:.]+)\])(?::\d{1,5})?$/.exec(host) ?? [];
  const known = name ?? address ?? "";
  if (known === "localhost" || isIP(known) !== 0) return true;
  return known !== "" && allowedHosts.some((allowed) => allowed.toLowerCase() === known);
};

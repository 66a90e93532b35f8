import type { Context } from "hono";

/**
 * Whether one of an app's own pages asks. A browser says where a request comes from and lets no page lie about it: by
 * Sec-Fetch-Site ("Fetch Metadata Request Headers", W3C), or by Origin where that is missing.
 *
 * @param publicUrl Where browsers find the app, if not at the address to which the request was sent.
 */
export const comesFromHere = (c: Context, publicUrl?: string): boolean => {
  const site = c.req.header("sec-fetch-site");
  if (site !== undefined) return site === "same-origin";
  const origin = c.req.header("origin");
  if (origin === undefined) return false;
  if (publicUrl !== undefined) return origin === new URL(publicUrl).origin;
  // A foreign page can choose neither its Origin nor the Host its request is sent to.
  return origin === `http://${c.req.header("host") ?? ""}`;
};

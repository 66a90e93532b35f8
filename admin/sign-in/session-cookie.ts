import type { Context } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import type { CookieOptions } from "hono/utils/cookie";
import { sessionLastsMs } from "./sign-in.ts";

/** The token of a session at rest in the browser: no script reads it, no foreign page sends it. */
export type SessionCookie = {
  read: (c: Context) => string | undefined;
  write: (c: Context, token: string) => void;
  remove: (c: Context) => void;
};

export const sessionCookie = (isHttps: boolean): SessionCookie => {
  const options: CookieOptions = { path: "/", httpOnly: true, sameSite: "Strict", secure: isHttps };
  return {
    read: (c) => getCookie(c, name),
    write: (c, token) => {
      setCookie(c, name, token, { ...options, maxAge: sessionLastsMs / 1_000 });
    },
    remove: (c) => {
      deleteCookie(c, name, options);
    },
  };
};

const name = "saldo_admin_session";

import { password, type Admin } from "./given.ts";

export type Answer = { status: number; body: Record<string, unknown>; headers: Headers };

/** Somebody at the interface for scripts, signed in. */
export type ApproverClient = {
  cookie: string;
  get: (path: string) => Promise<Answer>;
  send: (method: string, path: string, body?: unknown) => Promise<Answer>;
};

export async function signIn(
  admin: Pick<Admin, "url">,
  who: "grace" | "alan" | "edsger",
): Promise<ApproverClient> {
  const answer = await ask(admin, "POST", "/api/session", {
    body: { email: `${who}@bank.example`, password },
  });
  if (answer.status !== 200) throw new Error(`${who} cannot sign in: ${answer.status}`);
  return withCookie(admin, cookieOf(answer));
}

export const withCookie = (admin: Pick<Admin, "url">, cookie: string): ApproverClient => ({
  cookie,
  get: (path) => ask(admin, "GET", path, { cookie }),
  send: (method, path, body) => ask(admin, method, path, { cookie, body }),
});

export const cookieOf = ({ headers }: Answer): string =>
  headers.getSetCookie()[0]?.split(";")[0] ?? "";

/** One request as a page of the app would make it. */
export async function ask(
  admin: Pick<Admin, "url">,
  method: string,
  path: string,
  { cookie = "", body }: { cookie?: string; body?: unknown } = {},
): Promise<Answer> {
  const response = await fetch(`${admin.url}${path}`, {
    method,
    headers: { "content-type": "application/json", origin: admin.url, cookie },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const read: unknown = text === "" ? {} : JSON.parse(text);
  return {
    status: response.status,
    body: read as Record<string, unknown>,
    headers: response.headers,
  };
}

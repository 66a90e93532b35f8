import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";

/** Every error this app answers with, by code; as problem+json (RFC 9457) to a script. */
export const problems = {
  malformed_json: [400, "The body is not JSON."],
  malformed_event: [400, "The event is not what its type promises."],
  invalid_request: [400, "The request is not valid."],
  not_signed_in: [401, "Sign in first."],
  wrong_credentials: [401, "The e-mail address or the password is wrong."],
  wrong_webhook_key: [401, "The key of the webhook is missing or wrong."],
  unknown_host: [403, "The app does not answer to this name."],
  cross_site_request: [403, "The request does not come from a page of this app."],
  origin_not_allowed: [403, "Nobody else may deliver here."],
  not_found: [404, "There is nothing here."],
  body_too_large: [413, "The body is too large."],
  unsupported_media_type: [415, "The body is of another type than expected."],
  too_many_attempts: [429, "Too many attempts to sign in have failed."],
  internal: [500, "Something went wrong here."],
  saldo_unavailable: [503, "Saldo cannot be reached."],
} as const satisfies Record<string, readonly [ContentfulStatusCode, string]>;

export type ProblemCode = keyof typeof problems;

/** Thrown anywhere below a route; the app answers with it. */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly code: ProblemCode;
  readonly detail: string;
  readonly headers: Record<string, string>;

  constructor(code: ProblemCode, detail: string, headers: Record<string, string> = {}) {
    super(`${code}: ${detail}`);
    this.code = code;
    this.detail = detail;
    this.headers = headers;
  }
}

export const problemAnswer = (c: Context, { code, detail, headers }: Problem): Response => {
  const [status, title] = problems[code];
  return c.body(
    JSON.stringify({ type: `urn:saldo-admin:problem:${code}`, code, title, status, detail }),
    status,
    { ...headers, "content-type": "application/problem+json", "cache-control": "no-store" },
  );
};

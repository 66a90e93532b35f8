/** What an endpoint answers to whoever may not use it: problem details (RFC 9457), and nothing of what was sent. */
import { commonHeaders, type HttpResponse } from "../../platform/http/exchange.ts";

const refusals = {
  missing_token: [401, "The access token is missing."],
  invalid_token: [401, "The access token is not valid."],
  forbidden: [403, "This is not for you to do."],
  too_many_requests: [429, "These are too many requests."],
} as const satisfies Record<string, readonly [status: number, title: string]>;

export type RefusalCode = keyof typeof refusals;

/** Thrown where a request must not go on. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly code: RefusalCode;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: RefusalCode, detail: string, headers: Readonly<Record<string, string>> = {}) {
    super(detail);
    this.code = code;
    this.headers = headers;
  }
}

/**
 * RFC 6750, section 3: an error code only if a token was sent. RFC 9728, section 5.1: where it says whom to ask for one.
 * @param url what was asked for
 */
export function unauthenticated(
  code: "missing_token" | "invalid_token",
  detail: string,
  url: string,
): Refusal {
  const metadata = new URL("/api/.well-known/oauth-protected-resource", url).href;
  const error = code === "missing_token" ? "" : ', error="invalid_token"';
  const challenge = `Bearer realm="saldo"${error}, resource_metadata="${metadata}"`;
  return new Refusal(code, detail, { "www-authenticate": challenge });
}

/** RFC 6585, section 4. */
export function tooManyRequests(retryAfterMs: number): Refusal {
  const seconds = Math.max(1, Math.ceil(retryAfterMs / 1_000));
  const detail = "Send the same request again later; a command, with the same Idempotency-Key.";
  return new Refusal("too_many_requests", detail, { "retry-after": `${seconds}` });
}

export function answerOf({ code, message, headers }: Refusal): HttpResponse {
  const [status, title] = refusals[code];
  const type = `urn:saldo:problem:${code}`;
  return {
    status,
    headers: { "content-type": "application/problem+json", ...commonHeaders, ...headers },
    body: JSON.stringify({ type, code, title, status, detail: message }),
  };
}

import type { WireRequest, WireResponse } from "../../shared/wire.ts";

/** An error of the token endpoint (RFC 6749, section 5.2), or of a protected resource (RFC 6750). */
export class OAuthError extends Error {
  override readonly name = "OAuthError";
  readonly code: string;
  readonly status: number;

  constructor(code: string, description: string, status = 400) {
    super(description);
    this.code = code;
    this.status = status;
  }
}

/** Apps of browsers may ask as well: nothing here depends on a cookie. */
const crossOrigin = { "access-control-allow-origin": "*" };

export function jsonAnswer(
  status: number,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): WireResponse {
  return {
    status,
    headers: {
      "content-type": "application/json",
      "cache-control": "no-store",
      ...crossOrigin,
      ...headers,
    },
    body: JSON.stringify(body),
  };
}

/** What gets to no endpoint, or an endpoint failed at. No app may read it. */
export function refusal(status: 400 | 403 | 413 | 500, description: string): WireResponse {
  const code = status === 500 ? "server_error" : "invalid_request";
  const body = JSON.stringify({ error: code, error_description: description });
  return {
    status,
    headers: { "content-type": "application/json", "cache-control": "no-store" },
    body,
  };
}

export function preflightAnswer(): WireResponse {
  const headers = {
    ...crossOrigin,
    "access-control-allow-methods": "GET, POST",
    "access-control-allow-headers": "authorization, content-type",
  };
  return { status: 204, headers, body: "" };
}

export function redirectTo(
  address: string,
  parameters: Readonly<Record<string, string | undefined>>,
  headers: Readonly<Record<string, string>> = {},
): WireResponse {
  const url = new URL(address);
  for (const [name, value] of Object.entries(parameters))
    if (value !== undefined) url.searchParams.set(name, value);
  const location = { location: url.href, "cache-control": "no-store" };
  return { status: 303, headers: { ...location, ...headers }, body: "" };
}

/** Each parameter once (RFC 6749, section 3.1). */
function parametersOf(text: string): Readonly<Record<string, string>> {
  const parameters = new URLSearchParams(text);
  for (const name of parameters.keys())
    if (parameters.getAll(name).length > 1)
      throw new OAuthError("invalid_request", `The parameter ${name} is there more than once.`);
  return Object.fromEntries(parameters);
}

export function formOf({ headers, body }: WireRequest): Readonly<Record<string, string>> {
  const mediaType = headers["content-type"]?.split(";")[0]?.trim().toLowerCase();
  if (mediaType !== "application/x-www-form-urlencoded")
    throw new OAuthError("invalid_request", "The body must be a form.");
  return parametersOf(body);
}

export function queryOf({ path }: WireRequest): Readonly<Record<string, string>> {
  const start = path.indexOf("?");
  return start === -1 ? {} : parametersOf(path.slice(start + 1));
}

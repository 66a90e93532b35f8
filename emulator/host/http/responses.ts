import type { OutgoingHttpHeaders, ServerResponse } from "node:http";
import { endUnread } from "../../shared/http/body.ts";
import { bodyBytes, type HttpCookie, type HttpData } from "../typed-data.ts";

/** Answers without a body; `content-length: 0` keeps the connection usable. */
export function writeStatus(response: ServerResponse, status: number): void {
  response.writeHead(status, { "content-length": 0 });
  response.end();
}

/** Answers a request that is not read to its end, which ends the connection too. */
export function writeUnread(
  response: ServerResponse,
  { status, message }: { readonly status: number; readonly message: string },
): void {
  response.writeHead(status, {
    "content-type": "text/plain; charset=utf-8",
    "content-length": Buffer.byteLength(message),
    connection: "close",
  });
  endUnread(response.req, response, message);
}

export function writeJson(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    "content-type": "application/json; charset=utf-8",
    "content-length": Buffer.byteLength(text),
  });
  response.end(text);
}

/** The status of what an HTTP function returned. */
export function statusOf(answer: HttpData | undefined): number {
  return Number(answer?.statusCode ?? "200");
}

/** Writes what an HTTP function returned. */
export function writeHttpData(response: ServerResponse, answer: HttpData): void {
  const status = statusOf(answer);
  const headers: OutgoingHttpHeaders = { ...answer.headers };
  // The host frames the body itself, whatever the function wrote.
  delete headers["transfer-encoding"];
  delete headers["content-length"];
  delete headers.connection;
  if (answer.cookies !== undefined && answer.cookies.length > 0) {
    headers["set-cookie"] = answer.cookies.map(serializeCookie);
  }
  if (status === 204 || status === 304) {
    response.writeHead(status, headers);
    response.end();
    return;
  }
  const body = bodyBytes(answer.body);
  headers["content-length"] = body?.byteLength ?? 0;
  response.writeHead(status, headers);
  response.end(body);
}

/** RFC 6265; the value percent-encoded, as ASP.NET Core does. */
function serializeCookie(cookie: HttpCookie): string {
  const parts = [`${cookie.name ?? ""}=${encodeURIComponent(cookie.value ?? "")}`];
  const add = (name: string, value: string | number | undefined): void => {
    if (value !== undefined) parts.push(`${name}=${value}`);
  };
  const expiresAt = cookie.expires?.value?.seconds;
  add("expires", expiresAt === undefined ? undefined : new Date(expiresAt * 1000).toUTCString());
  add("max-age", cookie.maxAge?.value ?? undefined);
  add("domain", cookie.domain?.value ?? undefined);
  add("path", cookie.path?.value ?? "/");
  if (cookie.secure?.value === true) parts.push("secure");
  switch (cookie.sameSite) {
    case "lax":
    case "strict":
      parts.push(`samesite=${cookie.sameSite}`);
      break;
    case "explicitNone":
      parts.push("samesite=none");
      break;
    case "none":
    case undefined:
      break;
  }
  if (cookie.httpOnly?.value === true) parts.push("httponly");
  return parts.join("; ");
}

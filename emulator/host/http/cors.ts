import type { IncomingMessage, ServerResponse } from "node:http";

/**
 * Cross-origin rules of local.settings.json `Host.CORS` (documentation: "Code and test Azure
 * Functions locally"). Answers a preflight request itself.
 * @returns whether the response is finished
 */
export function applyCors(
  request: IncomingMessage,
  response: ServerResponse,
  origins: readonly string[],
): boolean {
  const { origin } = request.headers;
  if (origin === undefined || !admits(origins, origin)) return false;
  response.setHeader("access-control-allow-origin", origins.includes("*") ? "*" : origin);
  const method = request.headers["access-control-request-method"];
  if (request.method !== "OPTIONS" || method === undefined) return false;
  const headers = request.headers["access-control-request-headers"];
  response.writeHead(204, {
    "access-control-allow-methods": method,
    ...(headers !== undefined && { "access-control-allow-headers": headers }),
  });
  response.end();
  return true;
}

export function admits(origins: readonly string[], origin: string | undefined): boolean {
  return origin !== undefined && (origins.includes("*") || origins.includes(origin));
}

import http, { type IncomingMessage } from "node:http";
import https from "node:https";
import type { WireHandler } from "../shared/wire.ts";

/** Longer than any operation of the service takes; then the connection is given up. */
const timeoutMs = 65_000;

/** Carries requests to a service over kept-alive connections, plain or TLS as its URL says. */
export function openHttpTransport(endpoint: string): WireHandler {
  const base = new URL(endpoint);
  const { request: open, Agent } = base.protocol === "https:" ? https : http;
  const agent = new Agent({ keepAlive: true });

  return ({ method, path, headers, body }) =>
    new Promise((resolve, reject) => {
      const request = open(base, {
        agent,
        method,
        path,
        headers: { ...headers, "content-length": Buffer.byteLength(body) },
      });
      request.on("error", reject);
      request.setTimeout(timeoutMs, () => {
        request.destroy(new Error(`${method} ${path} was not answered within ${timeoutMs} ms.`));
      });
      request.on("response", (response) => {
        readText(response).then((text) => {
          resolve({
            status: response.statusCode ?? 0,
            headers: flatHeaders(response),
            body: text,
          });
        }, reject);
      });
      request.end(body);
    });
}

function readText(response: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: string[] = [];
    response.setEncoding("utf8");
    response.on("data", (chunk: string) => chunks.push(chunk));
    response.on("end", () => {
      resolve(chunks.join(""));
    });
    response.on("error", reject);
  });
}

function flatHeaders(response: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(response.headers)) {
    if (value !== undefined) headers[name] = typeof value === "string" ? value : value.join(", ");
  }
  return headers;
}

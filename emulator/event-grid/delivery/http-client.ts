import http, { type IncomingHttpHeaders } from "node:http";
import https from "node:https";

export type OutgoingRequest = {
  readonly method: "POST" | "PUT" | "OPTIONS";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

export type Answer = {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
};

/** Sends requests over kept-alive connections. */
export type HttpClient = {
  /** Rejects when no whole answer came, also by an abort of the signal. */
  send(request: OutgoingRequest, signal?: AbortSignal): Promise<Answer>;
  /** Cuts every connection. */
  close(): void;
};

export function createHttpClient(): HttpClient {
  const plain = new http.Agent({ keepAlive: true });
  const secure = new https.Agent({ keepAlive: true });

  const send = (request: OutgoingRequest, signal?: AbortSignal): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const url = new URL(request.url);
      const isSecure = url.protocol === "https:";
      const options = {
        agent: isSecure ? secure : plain,
        method: request.method,
        headers: { ...request.headers, "content-length": Buffer.byteLength(request.body) },
        ...(signal !== undefined && { signal }),
      };
      const outgoing = isSecure ? https.request(url, options) : http.request(url, options);
      outgoing.on("error", reject);
      outgoing.on("response", (response) => {
        const chunks: string[] = [];
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () => {
          const { statusCode = 0, headers } = response;
          resolve({ status: statusCode, headers, body: chunks.join("") });
        });
      });
      outgoing.end(request.body);
    });

  return {
    send,
    close: () => {
      plain.destroy();
      secure.destroy();
    },
  };
}

import http from "node:http";
import https from "node:https";

export type HttpRequest = {
  method: "GET" | "POST";
  path: string;
  /** Names and values in turn, as Node takes and gives them raw: it spares a copy a request. */
  headers: readonly string[];
  body?: string;
};

export type HttpAnswer = {
  statusCode: number;
  headers: http.IncomingHttpHeaders;
  text: string;
};

/** Sends one request; rejects when the connection fails or is silent for too long. */
export type SendRequest = (request: HttpRequest) => Promise<HttpAnswer>;

export type HttpClient = { send: SendRequest; close: () => void };

/** A client of one origin that keeps its connections open. */
export const httpClient = (url: URL, timeoutMs: number): HttpClient => {
  const { Agent, request: open } = url.protocol === "https:" ? https : http;
  // Last in, first out: a few warm connections are used rather than many lukewarm ones.
  const agent = new Agent({ keepAlive: true, scheduling: "lifo", timeout: timeoutMs });
  const target = {
    agent,
    host: url.hostname.replace(/^\[(.*)\]$/, "$1"),
    port: url.port === "" ? undefined : Number(url.port),
  };
  const send: SendRequest = ({ method, path, headers, body }) =>
    new Promise((resolve, reject) => {
      // Raw headers are sent as they are: Node adds neither Host nor Content-Length to them.
      const rawHeaders = ["host", url.host, "connection", "keep-alive", ...headers];
      if (body !== undefined) rawHeaders.push("content-length", String(Buffer.byteLength(body)));
      const request = open({ ...target, method, path, headers: rawHeaders });
      request.on("response", (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => (text += chunk));
        response.on("error", reject);
        response.on("end", () => {
          resolve({ statusCode: response.statusCode ?? 0, headers: response.headers, text });
        });
      });
      request.on("error", reject);
      request.on("timeout", () => {
        request.destroy(new Error(`The service was silent for ${timeoutMs} ms.`));
      });
      request.end(body);
    });
  return {
    send,
    close: () => {
      agent.destroy();
    },
  };
};

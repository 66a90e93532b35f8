import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { WireHandler, WireRequest, WireResponse } from "../wire.ts";
import { BodyTooLarge, endUnread, readBody } from "./body.ts";
import { type CallerRules, refusalOfCaller, refusalOfHost } from "./callers.ts";

/** A request with its body as it came. */
export type HttpRequest = Omit<WireRequest, "body"> & { readonly body: Buffer };

export type HttpHandler = (request: HttpRequest) => Promise<WireResponse>;

export type HttpServerOptions = CallerRules & {
  /** 0 for any free port; always of the loopback interface. */
  readonly port: number;
  /** What the service has to do with pages of other origins: nothing, or their apps may ask it (CORS is the handler's). */
  readonly foreignPages: "refused" | "answered";
  readonly mostBodyBytes: number;
  /** Longer than clients keep idle connections; 125 s unless told. */
  readonly keepAliveTimeoutMs?: number;
  /** How long a request may take to arrive, then it is 408; 30 s unless told. */
  readonly requestTimeoutMs?: number;
  /** Answers in the service's own form what never gets to the handler, and what it failed to handle. */
  refuse(status: 400 | 403 | 413 | 500, message: string): WireResponse;
};

export type HttpServer = {
  /** Without a trailing slash, e.g. `http://127.0.0.1:9010`. */
  readonly url: string;
  close(): Promise<void>;
};

/** Serves on the loopback interface. Rejects when the port is taken. */
export async function serveHttp(
  handle: HttpHandler,
  options: HttpServerOptions,
): Promise<HttpServer> {
  const { port, keepAliveTimeoutMs = 125_000, requestTimeoutMs = 30_000 } = options;
  const settings = {
    keepAliveTimeout: keepAliveTimeoutMs,
    requestTimeout: requestTimeoutMs,
    headersTimeout: requestTimeoutMs,
    connectionsCheckingInterval: Math.min(5_000, requestTimeoutMs),
  };
  const server = createServer(settings, (incoming, outgoing) => {
    void answerTo(handle, options, incoming).then((answer) => {
      if (answer === undefined) outgoing.destroy();
      else write(answer, options, { incoming, outgoing });
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  const { port: bound } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${bound}`, close: () => closed(server) };
}

/** A handler of texts, over HTTP. */
export function withText(handle: WireHandler): HttpHandler {
  return (request) => handle({ ...request, body: request.body.toString("utf8") });
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
    server.closeAllConnections();
  });
}

type Exchange = { readonly incoming: IncomingMessage; readonly outgoing: ServerResponse };

function write(answer: WireResponse, options: HttpServerOptions, exchange: Exchange): void {
  const { incoming, outgoing } = exchange;
  const { status, headers, body } = answer;
  const isRead = incoming.complete || !hasBody(incoming);
  try {
    outgoing.writeHead(status, {
      ...headers,
      "content-length": Buffer.byteLength(body),
      ...(isRead ? {} : { connection: "close" }),
    });
  } catch (error) {
    // A header that cannot be sent, such as one with a line break.
    write(options.refuse(500, `The emulator failed: ${String(error)}`), options, exchange);
    return;
  }
  if (isRead) outgoing.end(body);
  else endUnread(incoming, outgoing, body);
}

/** Undefined when nobody waits for an answer any longer. */
async function answerTo(
  handle: HttpHandler,
  options: HttpServerOptions,
  incoming: IncomingMessage,
): Promise<WireResponse | undefined> {
  const { method = "GET" } = incoming;
  const target = targetOf(incoming);
  if (target === undefined) return options.refuse(400, "The request target is not valid.");
  const caller = { method, headers: headersOf(incoming, target.host) };
  const check = options.foreignPages === "refused" ? refusalOfCaller : refusalOfHost;
  const refusal = check(caller, options);
  if (refusal !== undefined) return options.refuse(refusal.status, refusal.message);
  try {
    const body = await readBody(incoming, options.mostBodyBytes);
    return await handle({ ...caller, path: target.path, body });
  } catch (error) {
    if (error instanceof BodyTooLarge) return options.refuse(413, error.message);
    if (!incoming.complete) return undefined;
    return options.refuse(500, `The emulator failed: ${String(error)}`);
  }
}

/**
 * Path and query, and the host they are of: with the absolute form of a request target it is that of the target, whatever Host
 * says (RFC 9112, 3.2.2). Undefined for other forms.
 */
function targetOf({
  url = "",
  headers,
}: IncomingMessage): { path: string; host: string } | undefined {
  if (url.startsWith("/")) return { path: url, host: headers.host ?? "" };
  const [, host, path] = /^http:\/\/([^/?#]+)([^#]*)$/i.exec(url) ?? [];
  if (host === undefined || path === undefined) return undefined;
  return { path: path.startsWith("/") ? path : `/${path}`, host };
}

function headersOf({ headers }: IncomingMessage, host: string): Readonly<Record<string, string>> {
  const pairs = Object.entries({ ...headers, host });
  return Object.fromEntries(pairs.map(([name, value]) => [name, String(value)]));
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
}

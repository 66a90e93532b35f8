import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { BodyTooLarge } from "../../shared/http/body.ts";
import { describeError, type Logger } from "../log.ts";
import { applyCors } from "./cors.ts";
import { type PageRules, refusalOfPage } from "./own-endpoints.ts";
import { writeStatus, writeUnread } from "./responses.ts";

/** The host's HTTP endpoint, shared by functions, administration and webhooks of triggers. */
export type FrontDoor = {
  readonly url: string;
  readonly port: number;
  /** Gives every request below `prefix` (e.g. "/admin") to `handler`; the longest prefix wins. */
  mount(prefix: string, handler: RequestHandler): void;
  /** Begins to serve: until then every request is answered 503, as by a starting host. */
  open(): void;
  /** Stops accepting connections; resolves when the last one is closed. */
  close(): Promise<void>;
  /** Cuts the connections that are still open. */
  cut(): void;
};

export type RequestHandler = (
  request: IncomingMessage,
  response: ServerResponse,
  /** Without the query. */
  path: string,
) => Promise<void> | void;

/** Of the host's own endpoints. */
const ownPrefixes = ["/admin", "/runtime"];

/** Longer than the idle time of usual clients, so that none meets a connection just closed. */
const keepAliveTimeoutMs = 65_000;

export async function listen(port: number, rules: PageRules, logger: Logger): Promise<FrontDoor> {
  const mounts: { readonly prefix: string; readonly handler: RequestHandler }[] = [];
  /** Connections that have brought no request yet, which Node does not count among the idle. */
  const unused = new Set<Socket>();
  let isOpen = false;
  let isClosing = false;

  const dispatch = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (!isOpen) {
      writeStatus(response, 503);
      return;
    }
    const { corsOrigins } = rules;
    if (corsOrigins.length > 0 && applyCors(request, response, corsOrigins)) return;
    const url = request.url ?? "/";
    const query = url.indexOf("?");
    const path = query === -1 ? url : url.slice(0, query);
    const isOwn = ownPrefixes.some((prefix) => isBelow(path, prefix));
    const refusal = isOwn ? refusalOfPage(request, rules) : undefined;
    if (refusal !== undefined) {
      writeUnread(response, refusal);
      return;
    }
    const mount = mounts.find(({ prefix }) => isBelow(path, prefix));
    if (mount === undefined) writeStatus(response, 404);
    else await mount.handler(request, response, path);
  };

  const server = createServer({ keepAliveTimeout: keepAliveTimeoutMs }, (request, response) => {
    unused.delete(request.socket);
    void dispatch(request, response)
      .catch((error: unknown) => {
        answerFailure(error, response, logger);
      })
      .then(() => {
        if (isClosing) hangUp(response);
      });
  });
  server.on("connection", (socket) => {
    unused.add(socket);
    socket.once("close", () => unused.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  const { port: boundPort } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${boundPort}`,
    port: boundPort,
    mount: (prefix, handler) => {
      mounts.push({ prefix: prefix.toLowerCase(), handler });
      mounts.sort((a, b) => b.prefix.length - a.prefix.length);
    },
    open: () => {
      isOpen = true;
    },
    close: () =>
      new Promise((resolve) => {
        isClosing = true;
        server.close(() => {
          resolve();
        });
        server.closeIdleConnections();
        for (const socket of unused) socket.destroy();
      }),
    cut: () => {
      server.closeAllConnections();
    },
  };
}

/** The answer to what a handler failed at. */
function answerFailure(error: unknown, response: ServerResponse, logger: Logger): void {
  if (error instanceof BodyTooLarge && !response.headersSent) {
    writeUnread(response, { status: 413, message: error.message });
    return;
  }
  logger.write("error", "Host.Http", describeError(error));
  if (response.headersSent) response.destroy();
  else writeStatus(response, 500);
}

/** Ends a kept-alive connection behind its last response: Node does not when its server closes. */
function hangUp(response: ServerResponse): void {
  const end = (): void => {
    response.req.socket.destroySoon();
  };
  if (response.writableFinished) end();
  else response.once("finish", end);
}

function isBelow(path: string, prefix: string): boolean {
  if (prefix === "") return true;
  const end = path[prefix.length];
  if (end !== undefined && end !== "/") return false;
  return path.slice(0, prefix.length).toLowerCase() === prefix;
}

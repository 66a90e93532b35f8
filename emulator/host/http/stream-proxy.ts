import { EventEmitter } from "node:events";
import http, { type IncomingMessage, type ServerResponse } from "node:http";
import type { ProgrammingModel } from "../core-module.ts";

/** The library's HTTP server of its stream mode, fed without a second socket. */
export type StreamProxy = {
  /** Gives the library a request and its response under the id of the invocation to come. */
  forward(invocationId: string, request: IncomingMessage, response: ServerResponse): void;
};

/**
 * Asks the programming model for its capabilities, which locks `app.setup`. With
 * `enableHttpStream` the library answers by opening an HTTP server, to which the real host proxies
 * every request (source: `@azure/functions`, src/http/httpProxy.ts). Here it is given a server
 * that never listens: requests are emitted on it, so nothing is copied and no port is open.
 */
export async function readCapabilities(model: ProgrammingModel): Promise<StreamProxy | undefined> {
  const createServer = http.createServer;
  const captured: ListeningNowhere[] = [];
  const createListeningNowhere = (): ListeningNowhere => {
    const server = new ListeningNowhere();
    captured.push(server);
    return server;
  };
  http.createServer = createListeningNowhere as unknown as typeof http.createServer;
  try {
    await model.getCapabilities?.({});
  } finally {
    http.createServer = createServer;
  }
  const [server] = captured;
  if (server === undefined) return undefined;
  return {
    forward: (invocationId, request, response) => {
      request.headers["x-ms-invocation-id"] = invocationId;
      request.headers["x-forwarded-host"] ??= request.headers.host ?? "localhost";
      request.headers["x-forwarded-proto"] ??= "http";
      server.emit("request", request, response);
    },
  };
}

class ListeningNowhere extends EventEmitter {
  listen(onListening: () => void): void {
    queueMicrotask(onListening);
  }

  /** Any port but 0 makes the library believe it is listening. */
  address(): { readonly port: number } {
    return { port: 1 };
  }
}

import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { WireHandler, WireRequest } from "../shared/wire.ts";
import { limits } from "./limits.ts";
import { DroppedReply } from "./protocol/account.ts";
import { CosmosError } from "./protocol/errors.ts";
import { respondError } from "./protocol/responses.ts";

/** Longer than clients keep idle connections: they do not repeat a write when one breaks. */
const keepAliveTimeoutMs = 125_000;

/** Bodies above the limit of the service are refused in its words, up to this size. */
const mostBytes = 4 * limits.requestBytes;

/**
 * Serves the protocol on a socket. Port 0 picks a free one. The host defaults to the loopback
 * interface.
 */
export async function listenCosmos(
  cosmos: { readonly handle: WireHandler },
  { port, host = "127.0.0.1" }: { readonly port: number; readonly host?: string },
): Promise<{ readonly url: string; close(): Promise<void> }> {
  const server = createServer((incoming, outgoing) => {
    void serve(cosmos.handle, incoming, outgoing);
  });
  server.keepAliveTimeout = keepAliveTimeoutMs;
  server.headersTimeout = keepAliveTimeoutMs + 1000;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
  const { port: bound } = server.address() as AddressInfo;
  return {
    url: `http://${host}:${bound}`,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => {
          if (error === undefined) resolve();
          else reject(error);
        });
        server.closeAllConnections();
      }),
  };
}

async function serve(
  handle: WireHandler,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  try {
    const request = await readRequest(incoming);
    const { status, headers, body } = await answer(handle, request);
    outgoing.writeHead(status, { ...headers, "content-length": Buffer.byteLength(body) });
    outgoing.end(body);
  } catch {
    // The client went away, or a fault rule wants it to believe that the server did.
    incoming.socket.destroy();
  }
}

async function answer(handle: WireHandler, request: WireRequest): ReturnType<WireHandler> {
  try {
    return await handle(request);
  } catch (error) {
    if (error instanceof DroppedReply) throw error;
    return respondError(new CosmosError(500, `The emulator failed: ${String(error)}`));
  }
}

async function readRequest(incoming: IncomingMessage): Promise<WireRequest> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > mostBytes) throw new Error("the client sends more than anybody would read");
    chunks.push(chunk);
  }
  return {
    method: incoming.method ?? "GET",
    path: incoming.url ?? "/",
    headers: incoming.headers as Readonly<Record<string, string>>,
    body: Buffer.concat(chunks).toString("utf8"),
  };
}

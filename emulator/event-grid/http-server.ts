import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { WireHandler } from "../shared/wire.ts";

/** Longer than clients keep idle connections. */
const keepAliveTimeoutMs = 125_000;

/** Bodies above the limit of the service are refused in its words, up to this size. */
const mostBytes = 4 * 1_048_576;

/** Serves on the loopback interface; port 0 picks a free one. */
export async function listen(
  handle: WireHandler,
  port: number,
): Promise<{ readonly url: string; close(): Promise<void> }> {
  const server = createServer({ keepAliveTimeout: keepAliveTimeoutMs }, (incoming, outgoing) => {
    void serve(handle, incoming, outgoing);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  const { port: bound } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${bound}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
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
    const { status, headers, body } = await handle({
      method: incoming.method ?? "GET",
      path: incoming.url ?? "/",
      headers: incoming.headers as Readonly<Record<string, string>>,
      body: await readBody(incoming),
    });
    outgoing.writeHead(status, { ...headers, "content-length": Buffer.byteLength(body) });
    outgoing.end(body);
  } catch {
    // The client went away, or sends more than anybody would read.
    incoming.destroy();
  }
}

async function readBody(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > mostBytes) throw new Error("too large");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

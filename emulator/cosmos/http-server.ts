import { isUtf8 } from "node:buffer";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type CallerRules, refusalOfCaller } from "../shared/http/callers.ts";
import type { WireHandler, WireResponse } from "../shared/wire.ts";
import { limits } from "./limits.ts";
import { DroppedReply } from "./protocol/account.ts";
import { badRequest, CosmosError, requestTooLarge } from "./protocol/errors.ts";
import { respondError } from "./protocol/responses.ts";

/** Longer than clients keep idle connections: they do not repeat a write when one breaks. */
const keepAliveTimeoutMs = 125_000;

/** Bodies above the limit of the service are discarded up to this size; then the connection is closed. */
const discardedBytes = 32 * limits.requestBytes;

type ListenOptions = CallerRules & { readonly port: number; readonly host?: string };

/**
 * Serves the protocol on a socket. Port 0 picks a free one. The host defaults to the loopback
 * interface.
 */
export async function listenCosmos(
  cosmos: { readonly handle: WireHandler },
  { port, host = "127.0.0.1", allowedHosts = [] }: ListenOptions,
): Promise<{ readonly url: string; close(): Promise<void> }> {
  const rules = { allowedHosts };
  const server = createServer((incoming, outgoing) => {
    void serve(cosmos.handle, rules, { incoming, outgoing });
  });
  server.keepAliveTimeout = keepAliveTimeoutMs;
  server.headersTimeout = keepAliveTimeoutMs + 1000;
  await new Promise<void>((resolve, reject) => {
    // It stays: an error while accepting a later connection must not end the process.
    server.on("error", reject);
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

type Exchange = { readonly incoming: IncomingMessage; readonly outgoing: ServerResponse };

async function serve(
  handle: WireHandler,
  rules: CallerRules,
  { incoming, outgoing }: Exchange,
): Promise<void> {
  try {
    const { status, headers, body } = await answer(handle, rules, incoming);
    // What follows the answer to an unfinished request can not be told from its body.
    if (!incoming.complete) outgoing.setHeader("connection", "close");
    outgoing.writeHead(status, { ...headers, "content-length": Buffer.byteLength(body) });
    outgoing.end(body);
  } catch {
    // The client went away, or a fault rule wants it to believe that the server did.
    outgoing.destroy();
  }
}

/** Throws if nobody gets the answer: the client has gone, or a fault rule drops the reply. */
async function answer(
  handle: WireHandler,
  rules: CallerRules,
  incoming: IncomingMessage,
): Promise<WireResponse> {
  const body = await readBody(incoming);
  if (body === undefined) return respondError(requestTooLarge());
  const { method = "GET", headers } = incoming;
  const refusal = refusalOfCaller({ method, headers }, rules);
  if (refusal !== undefined) return respondError(new CosmosError(refusal.status, refusal.message));
  if (!isUtf8(body)) return respondError(notText());
  try {
    return await handle({
      method,
      path: originForm(incoming.url ?? "/"),
      headers: headers as Readonly<Record<string, string>>,
      body: body.toString("utf8"),
    });
  } catch (error) {
    if (error instanceof DroppedReply) throw error;
    return respondError(new CosmosError(500, `The emulator failed: ${String(error)}`));
  }
}

/** The .NET client sends batches and bulk in a binary format. */
const notText = (): CosmosError =>
  badRequest(
    "The body is not UTF-8 text. Batches in the HybridRow format are not supported: send them as JSON.",
  );

/** A request target without scheme and authority, which clients may send (RFC 9112, 3.2.2). */
function originForm(target: string): string {
  const [, rest = target] = /^https?:\/\/[^/?]*(.*)$/i.exec(target) ?? [];
  return rest.startsWith("/") ? rest : `/${rest}`;
}

/**
 * Reads a body to its end, even one that is too large: a client that still sends does not see an
 * answer. Gives undefined for one that is; throws if the client goes away.
 */
async function readBody(incoming: IncomingMessage): Promise<Buffer | undefined> {
  let chunks: Buffer[] = [];
  let bytes = 0;
  // The iterator must not destroy the connection: it is needed for the answer.
  for await (const chunk of incoming.iterator({
    destroyOnReturn: false,
  }) as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > discardedBytes) break;
    if (bytes > limits.requestBytes) chunks = [];
    else chunks.push(chunk);
  }
  if (bytes > limits.requestBytes) return undefined;
  return Buffer.concat(chunks);
}

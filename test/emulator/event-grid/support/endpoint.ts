import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";

/** A request an endpoint was sent. */
export type Received = {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Names and values in turn, as they came. */
  readonly rawHeaders: readonly string[];
  readonly text: string;
};

export type Reply = {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
};

/** A webhook on a socket of its own: it agrees to handshakes and accepts everything, unless told. */
export type Endpoint = {
  readonly url: string;
  /** Notifications so far; handshakes are kept apart. */
  readonly notifications: readonly Received[];
  readonly handshakes: readonly Received[];
  /** The events of the notifications so far, in the order of their arrival. */
  events(): readonly Readonly<Record<string, unknown>>[];
  ids(): readonly string[];
  /** Resolves when so many notifications have arrived. */
  until(condition: () => boolean): Promise<void>;
  /** Decides about notifications from now on; may take its time. */
  reply(
    decide: (request: Received, index: number) => Reply | number | Promise<Reply | number>,
  ): void;
  /** Decides about handshakes from now on. */
  replyToHandshake(decide: (request: Received) => Reply | Promise<Reply>): void;
};

export async function openEndpoint(test: TestContext): Promise<Endpoint> {
  const notifications: Received[] = [];
  const handshakes: Received[] = [];
  const checks = new Set<() => void>();
  let decide: Parameters<Endpoint["reply"]>[0] = () => 200;
  let decideHandshake: Parameters<Endpoint["replyToHandshake"]>[0] = agree;

  const handle = async (request: Received): Promise<Reply> => {
    const isNotification = request.headers["aeg-event-type"] === "Notification";
    (isNotification ? notifications : handshakes).push(request);
    const index = notifications.length - 1;
    for (const check of checks) check();
    if (!isNotification) return decideHandshake(request);
    const reply = await decide(request, index);
    return typeof reply === "number" ? { status: reply } : reply;
  };

  const server = createServer((incoming, outgoing) => {
    void readRequest(incoming)
      .then(handle)
      .then(({ status, headers = {}, body = "" }) => {
        outgoing.writeHead(status, { ...headers, "content-length": Buffer.byteLength(body) });
        outgoing.end(body);
      });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  test.after(() => {
    server.close();
    server.closeAllConnections();
  });

  const events = (): readonly Readonly<Record<string, unknown>>[] =>
    notifications.flatMap(({ text }) => {
      const body: unknown = JSON.parse(text);
      return (Array.isArray(body) ? body : [body]) as Record<string, unknown>[];
    });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    notifications,
    handshakes,
    events,
    ids: () => events().map(({ id }) => String(id)),
    until: (condition) =>
      new Promise((resolve) => {
        const check = (): void => {
          if (!condition()) return;
          checks.delete(check);
          resolve();
        };
        checks.add(check);
        check();
      }),
    reply: (next) => {
      decide = next;
    },
    replyToHandshake: (next) => {
      decideHandshake = next;
    },
  };
}

/** As a well-behaved webhook of either schema does. */
export function agree({ method, headers, text }: Received): Reply {
  if (method === "OPTIONS") {
    const origin = headers["webhook-request-origin"] ?? "";
    return { status: 200, headers: { "webhook-allowed-origin": origin } };
  }
  const [event] = JSON.parse(text) as [{ readonly data: { readonly validationCode: string } }];
  return { status: 200, body: JSON.stringify({ validationResponse: event.data.validationCode }) };
}

async function readRequest(incoming: IncomingMessage): Promise<Received> {
  let text = "";
  for await (const chunk of incoming) text += String(chunk);
  return {
    method: incoming.method ?? "",
    path: incoming.url ?? "",
    rawHeaders: incoming.rawHeaders,
    headers: incoming.headers as Readonly<Record<string, string>>,
    text,
  };
}

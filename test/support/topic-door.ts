/** A door in front of the emulated Event Grid, which a test can shut: how publishers meet a topic that is away or refuses. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { after } from "node:test";
import type { Json } from "./client.ts";

/** What becomes of a request that publishes. */
type Fate =
  | "through"
  /** The topic has its events, but its connection breaks before the answer. */
  | "answer lost"
  /** The topic has its events, but it is never answered. */
  | "answer held"
  /** Its connection breaks. */
  | "broken"
  /** It is never answered. */
  | "unanswered"
  /** It is refused with this status. */
  | number;

export type TopicDoor = {
  readonly url: string;
  /** Decides about requests that publish, from now on; everything else goes through. */
  decide(fate: (events: readonly Json[]) => Fate): void;
  /** How many requests to publish have come. */
  requests(): number;
};

/** Headers of one connection, which are not passed on. */
const ofConnection = new Set(["host", "connection", "content-length", "transfer-encoding"]);

export async function openTopicDoor(eventGridUrl: string): Promise<TopicDoor> {
  let decide: Parameters<TopicDoor["decide"]>[0] = () => "through";
  let requests = 0;

  const pass = async (
    { method = "", url = "", headers }: IncomingMessage,
    body: Buffer,
  ): Promise<Response> => {
    const ownHeaders = Object.entries(headers).filter(([name]) => !ofConnection.has(name));
    const init = { method, headers: Object.fromEntries(ownHeaders) as Record<string, string> };
    return fetch(`${eventGridUrl}${url}`, method === "GET" ? init : { ...init, body });
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const isPublication = request.url?.includes("/api/events") === true;
    requests += isPublication ? 1 : 0;
    const fate = isPublication ? decide(JSON.parse(body.toString()) as Json[]) : "through";
    if (fate === "unanswered") return;
    if (typeof fate === "number") {
      response.writeHead(fate).end();
      return;
    }
    const passed = fate === "broken" ? undefined : await pass(request, body);
    if (passed === undefined || fate === "answer lost") {
      request.socket.destroy();
      return;
    }
    if (fate === "answer held") return;
    response.writeHead(passed.status, { "content-type": "application/json" });
    response.end(await passed.text());
  };

  const server = createServer((request, response) => {
    answer(request, response).catch(() => request.socket.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  after(() => {
    server.close();
    server.closeAllConnections();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    decide: (fate) => {
      decide = fate;
    },
    requests: () => requests,
  };
}

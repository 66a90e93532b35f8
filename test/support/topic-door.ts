/** A door in front of the emulated Event Grid, which a test can shut: how publishers meet a topic that is away or refuses. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { after } from "node:test";
import type { Json } from "./client.ts";

/** What becomes of a request that publishes: it goes through, breaks, is never answered, or is refused with a status. */
type Fate = "through" | "broken" | "unanswered" | number;

export type TopicDoor = {
  readonly url: string;
  /** Decides about requests that publish, from now on; everything else goes through. */
  decide(fate: (events: readonly Json[]) => Fate): void;
  /** How many requests to publish have come. */
  requests(): number;
};

export async function openTopicDoor(eventGridUrl: string): Promise<TopicDoor> {
  let decide: Parameters<TopicDoor["decide"]>[0] = () => "through";
  let requests = 0;

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const { method = "", url = "", headers } = request;
    if (url.includes("/api/events")) {
      requests += 1;
      const fate = decide(JSON.parse(body.toString()) as Json[]);
      if (fate === "unanswered") return;
      if (fate === "broken") {
        request.socket.destroy();
        return;
      }
      if (typeof fate === "number") {
        response.writeHead(fate).end();
        return;
      }
    }
    const {
      host,
      connection,
      "content-length": length,
      "transfer-encoding": coding,
      ...rest
    } = headers;
    void [host, connection, length, coding]; // of this connection alone
    const init = { method, headers: rest as Record<string, string> };
    const target = `${eventGridUrl}${url}`;
    const passed = await fetch(target, method === "GET" ? init : { ...init, body });
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

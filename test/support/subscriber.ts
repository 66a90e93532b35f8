/** A webhook of the test's own that is subscribed to everything the topic has, and what it ought to be sent. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { after } from "node:test";
import { outcomesOf, type Commit } from "../../src/kernel/messages/commit.ts";
import { topicName } from "../../src/subscriptions.ts";
import type { Json } from "./client.ts";
import { eventually } from "./eventually.ts";
import type { Stored } from "./stored.ts";

export type Subscriber = {
  /** What has been delivered so far, in the order of its arrival, repetitions included. */
  readonly events: readonly Json[];
  ids(): ReadonlySet<string>;
  /** Waits until it has been sent every event of every commit and every refusal; answers them, each once. */
  untilComplete(stored: Stored): Promise<ReadonlyMap<string, Json>>;
  /** Waits until it has been sent what has happened in one stream so far. */
  untilDelivered(stored: Stored, stream: string): Promise<void>;
};

export async function subscribeToAll(eventGridUrl: string): Promise<Subscriber> {
  const events: Json[] = [];
  const server = createServer((request, response) => {
    const origin = request.headers["webhook-request-origin"];
    if (request.method === "OPTIONS") {
      response.writeHead(200, { "webhook-allowed-origin": origin }).end();
      return;
    }
    void bodyOf(request).then((body) => {
      events.push(...(body as Json[]));
      response.writeHead(200).end();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  after(() => {
    server.close();
    server.closeAllConnections();
  });
  const endpointUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  await manage(eventGridUrl, "PUT", "everything", {
    destination: {
      endpointType: "WebHook",
      properties: { endpointUrl, maxEventsPerBatch: 100 },
    },
  });
  const ids = (): ReadonlySet<string> => new Set(events.map(({ id }) => String(id)));
  const untilDelivered = async (commits: readonly Commit[]): Promise<ReadonlySet<string>> => {
    const expected = idsIn(commits);
    await eventually("every event has been delivered", () => {
      const delivered = ids();
      return Promise.resolve([...expected].every((id) => delivered.has(id)));
    });
    return expected;
  };
  return {
    events,
    ids,
    untilDelivered: async (stored, stream) => {
      const commits = await stored.all<Commit>("events");
      await untilDelivered(commits.filter((commit) => commit.stream === stream));
    },
    untilComplete: async (stored) => {
      const expected = await untilDelivered(await stored.all<Commit>("events"));
      const surplus = [...ids()].filter((id) => !expected.has(id));
      assert.deepEqual(surplus, [], "nothing that has not happened");
      const distinct = new Map(events.map((event) => [String(event["id"]), event]));
      for (const event of events)
        assert.deepEqual(event, distinct.get(String(event["id"])), "a repetition says the same");
      return distinct;
    },
  };
}

/** Makes, changes or deletes a subscription, as the resource manager does. */
export async function manage(
  eventGridUrl: string,
  method: "PUT" | "DELETE",
  name: string,
  definition: object = {},
): Promise<void> {
  const url = `${eventGridUrl}/topics/${topicName}/eventSubscriptions/${name}`;
  const response = await fetch(url, {
    method,
    headers: { "content-type": "application/json" },
    body: JSON.stringify(definition),
  });
  assert.equal(response.status, 200, await response.text());
}

/** The ids of the integration events that tell of commits (docs/events.md). */
export function idsIn(commits: readonly Commit[]): ReadonlySet<string> {
  return new Set(
    commits.flatMap((commit) =>
      [...outcomesOf(commit)].flatMap(({ outcome, events, firstVersion }) =>
        outcome.status === "rejected"
          ? [`${commit.stream}/${outcome.commandId}`]
          : events.map((_, index) => `${commit.stream}/${firstVersion + index}`),
      ),
    ),
  );
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  const body: unknown = JSON.parse(text);
  return Array.isArray(body) ? body : [body];
}

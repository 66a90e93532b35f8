import assert from "node:assert/strict";
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { AzureKeyCredential, EventGridPublisherClient } from "@azure/eventgrid";
import type { SubscriptionInfo, TopicInfo } from "../../../emulator/event-grid/index.ts";
import { openBlobStorage } from "./support/blob-storage.ts";
import { openEndpoint } from "./support/endpoint.ts";
import { order, turn, webhook } from "./support/grid.ts";

type Service = { readonly url: string; advance(ms: number): void; kill(): Promise<void> };

async function temporaryFile(test: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "event-grid-"));
  test.after(() => rm(directory, { recursive: true }));
  return join(directory, "grid.sqlite");
}

async function startService(test: TestContext, file: string): Promise<Service> {
  const child: ChildProcess = fork(new URL("support/grid-process.ts", import.meta.url), [file]);
  const exited = once(child, "exit");
  const kill = async (): Promise<void> => {
    child.kill("SIGKILL");
    await exited;
  };
  test.after(kill);
  const [url] = (await once(child, "message")) as [string];
  return { url, advance: (ms) => child.send(ms), kill };
}

async function put<T>(url: string, body: object): Promise<T> {
  const answer = await fetch(url, {
    method: "PUT",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  assert.equal(answer.status, 200, await answer.clone().text());
  return (await answer.json()) as T;
}

async function countsOf({ url }: Service): Promise<SubscriptionInfo["counts"]> {
  const answer = await fetch(`${url}/subscriptions`);
  const { subscriptions } = (await answer.json()) as { subscriptions: SubscriptionInfo[] };
  return subscriptions[0]?.counts ?? assert.fail("no subscription");
}

async function publish(topic: TopicInfo, ...ids: string[]): Promise<void> {
  const credential = new AzureKeyCredential(topic.key1);
  const options = { allowInsecureConnection: true };
  const client = new EventGridPublisherClient(topic.endpoint, "EventGrid", credential, options);
  await client.send(ids.map((id) => order(id)));
}

describe("what the service has accepted", () => {
  it("is delivered after it was killed and started again", async (test) => {
    const file = await temporaryFile(test);
    const endpoint = await openEndpoint(test);
    const never = Promise.withResolvers<number>();
    endpoint.reply(() => never.promise);
    const first = await startService(test, file);
    const topic = await put<TopicInfo>(`${first.url}/topics/orders`, {});
    const subscription = `${first.url}/topics/orders/eventSubscriptions/hook`;
    await put(subscription, { destination: webhook(endpoint) });
    const ids = Array.from({ length: 100 }, (_, index) => String(index));
    await publish(topic, ...ids);
    await first.kill();

    endpoint.reply(() => 200);
    const second = await startService(test, file);
    while ((await countsOf(second)).delivered < 100) await turn();
    assert.deepEqual(new Set(endpoint.ids()), new Set(ids));
    assert.equal((await countsOf(second)).waiting, 0);
    const again = await put<TopicInfo>(`${second.url}/topics/orders`, {});
    assert.equal(again.key1, topic.key1, "the topic is the same");
  });

  it("keeps its attempts, and becomes a dead letter that is written after a restart", async (test) => {
    const file = await temporaryFile(test);
    const endpoint = await openEndpoint(test);
    const { connectionString, blobs } = await openBlobStorage(test);
    endpoint.reply(() => 500);
    const first = await startService(test, file);
    const topic = await put<TopicInfo>(`${first.url}/topics/orders`, {});
    await put(`${first.url}/topics/orders/eventSubscriptions/hook`, {
      destination: webhook(endpoint),
      retryPolicy: { maxDeliveryAttempts: 2 },
      deadLetterDestination: {
        endpointType: "StorageBlob",
        properties: { connectionString, blobContainerName: "letters" },
      },
    });
    await publish(topic, "1");
    while ((await countsOf(first)).failedAttempts < 1) await turn();
    // A second publication is durable together with what went before it.
    endpoint.reply(() => 200);
    await publish(topic, "2");
    await first.kill();

    endpoint.reply((_, index) => (index < 2 ? 200 : 500));
    const second = await startService(test, file);
    second.advance(11_000);
    while ((await countsOf(second)).waitingDeadLetters < 1) await turn();
    const counted = endpoint.notifications.map(({ headers }) => headers["aeg-delivery-count"]);
    assert.equal(counted.at(-1), "1");
    second.advance(5 * 60_000);
    while ((await countsOf(second)).deadLettered < 1) await turn();
    assert.match([...blobs.values()].join(), /"id":"1".*"deliveryAttempts":2/);
  });
});

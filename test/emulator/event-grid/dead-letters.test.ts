import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { SubscriptionDefinition } from "../../../emulator/event-grid/index.ts";
import { openBlobStorage, type BlobStorage } from "./support/blob-storage.ts";
import { openGridWorld, turn, webhook, type GridWorld } from "./support/grid.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

type Letter = Readonly<Record<string, unknown>>;

function into(
  { connectionString }: BlobStorage,
  blobContainerName = "letters",
): Required<Pick<SubscriptionDefinition, "deadLetterDestination">> {
  const properties = { connectionString, blobContainerName };
  return { deadLetterDestination: { endpointType: "StorageBlob", properties } };
}

function lettersIn({ blobs }: BlobStorage): Letter[] {
  return [...blobs.values()].flatMap((text) => JSON.parse(text) as Letter[]);
}

/** Publishes events that the endpoint refuses for good. */
async function publishRefused({ endpoint, publish, untilCounts }: GridWorld): Promise<void> {
  endpoint.reply(() => 400);
  await publish("1", "2");
  await untilCounts(({ waitingDeadLetters }) => waitingDeadLetters === 2);
}

describe("an undeliverable event", () => {
  it("is written to the container five minutes later, with what happened to it", async (test) => {
    const storage = await openBlobStorage(test);
    const world = await openGridWorld(test);
    const { clock, endpoint, topic, publish, subscribe, untilCounts, counts } = world;
    endpoint.reply(() => 404);
    await subscribe({ ...into(storage), retryPolicy: { maxDeliveryAttempts: 2 } });
    await publish("1");
    await untilCounts(({ failedAttempts }) => failedAttempts === 1);
    clock.advance(6 * minuteMs);
    await untilCounts(({ waitingDeadLetters }) => waitingDeadLetters === 1);
    clock.advance(4 * minuteMs);
    await turn();
    assert.equal(counts().deadLettered, 0);
    const year = new Date(clock.now()).getUTCFullYear();
    clock.advance(minuteMs);
    await untilCounts(({ deadLettered }) => deadLettered === 1);

    const [name = ""] = storage.blobs.keys();
    assert.match(
      name,
      new RegExp(`^HOOK/${year}/\\d{1,2}/\\d{1,2}/\\d{1,2}/[0-9a-f-]{36}\\.json$`),
    );
    const [letter = {}] = lettersIn(storage);
    const { eventTime, publishTime, lastDeliveryAttemptTime, ...rest } = letter;
    assert.deepEqual(rest, {
      id: "1",
      topic: topic.resourceId,
      subject: "/orders/1",
      eventType: "OrderPlaced",
      data: {},
      dataVersion: "1.0",
      metadataVersion: "1",
      deadLetterReason: "MaxDeliveryAttemptsExceeded",
      deliveryAttempts: 2,
      lastDeliveryOutcome: "NotFound",
    });
    assert.ok(Date.parse(String(eventTime)) <= Date.parse(String(publishTime)));
    const tookMs = Date.parse(String(lastDeliveryAttemptTime)) - Date.parse(String(publishTime));
    assert.ok(tookMs >= 6 * minuteMs);
    assert.deepEqual([counts().waitingDeadLetters, counts().waiting], [0, 0]);
  });

  it("of CloudEvents is written with attributes in lower case", async (test) => {
    const storage = await openBlobStorage(test);
    const { grid, clock, endpoint, cloudClient, untilCounts } = await openGridWorld(test);
    endpoint.reply(() => 403);
    const destination = webhook(endpoint);
    await grid.subscriptions.create("clouds", "hook", { destination, ...into(storage) });
    await cloudClient.send([{ id: "c1", type: "Loaded", source: "/cards", data: { amount: 5 } }]);
    await untilCounts(({ waitingDeadLetters }) => waitingDeadLetters === 1);
    clock.advance(5 * minuteMs);
    await untilCounts(({ deadLettered }) => deadLettered === 1);
    const [{ time, publishtime, lastdeliveryattempttime, ...rest } = {}] = lettersIn(storage);
    assert.deepEqual(rest, {
      specversion: "1.0",
      id: "c1",
      type: "Loaded",
      source: "/cards",
      datacontenttype: "application/json",
      data: { amount: 5 },
      deadletterreason: "UndeliverableDueToClientError",
      deliveryattempts: 1,
      lastdeliveryoutcome: "Forbidden",
    });
    for (const at of [time, publishtime, lastdeliveryattempttime]) {
      assert.ok(Date.parse(String(at)) > 0);
    }
  });

  it("whose time is over says so", async (test) => {
    const storage = await openBlobStorage(test);
    const { clock, endpoint, publish, subscribe, untilCounts } = await openGridWorld(test);
    endpoint.reply(() => 503);
    await subscribe({ ...into(storage), retryPolicy: { eventTimeToLiveInMinutes: 1 } });
    await publish("1");
    await untilCounts(({ failedAttempts }) => failedAttempts === 1);
    clock.advance(minuteMs);
    await untilCounts(({ waitingDeadLetters }) => waitingDeadLetters === 1);
    clock.advance(5 * minuteMs);
    await untilCounts(({ deadLettered }) => deadLettered === 1);
    const [letter = {}] = lettersIn(storage);
    assert.equal(letter["deadLetterReason"], "TimeToLiveExceeded");
    assert.equal(letter["deliveryAttempts"], 1);
    assert.equal(letter["lastDeliveryOutcome"], "Busy");
  });

  it("shares a blob with the others of the same five minutes", async (test) => {
    const storage = await openBlobStorage(test);
    const world = await openGridWorld(test);
    await world.subscribe(into(storage));
    await publishRefused(world);
    world.clock.advance(3 * minuteMs);
    await world.publish("3");
    await world.untilCounts(({ waitingDeadLetters }) => waitingDeadLetters === 3);
    world.clock.advance(2 * minuteMs);
    await world.untilCounts(({ deadLettered }) => deadLettered === 3);
    assert.equal(storage.blobs.size, 1);
  });

  it("waits while the storage is out of order, four hours at most", async (test) => {
    const storage = await openBlobStorage(test);
    const failures: unknown[] = [];
    const onFailure = (error: unknown): void => void failures.push(error);
    const world = await openGridWorld(test, { onFailure });
    const { clock, untilCounts, counts } = world;
    await world.subscribe(into(storage));
    await publishRefused(world);
    storage.breakDown(503);
    clock.advance(5 * minuteMs);
    while (failures.length < 1) await turn();
    assert.match(String(failures[0]), /503/);
    assert.deepEqual([counts().waitingDeadLetters, counts().dropped], [2, 0]);

    storage.breakDown(undefined);
    clock.advance(minuteMs);
    await untilCounts(({ deadLettered }) => deadLettered === 2);

    storage.breakDown(503);
    await publishRefused(world);
    clock.advance(5 * minuteMs);
    while (failures.length < 2) await turn();
    clock.advance(4 * hourMs);
    await untilCounts(({ dropped }) => dropped === 2);
    assert.equal(storage.blobs.size, 1);
  });

  it("is dropped when there is no such container, or none was named", async (test) => {
    const storage = await openBlobStorage(test);
    const world = await openGridWorld(test, { onFailure: () => undefined });
    await world.subscribe(into(storage, "elsewhere"));
    await publishRefused(world);
    world.clock.advance(5 * minuteMs);
    await world.untilCounts(({ dropped }) => dropped === 2);

    await world.subscribe({}, "hook");
    await world.publish("3");
    await world.untilCounts(({ dropped }) => dropped === 3);
    assert.equal(storage.blobs.size, 0);
  });
});

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { openFeedWorld, type FeedApp } from "./support/cosmos.ts";

const oneByOne = { startFromBeginning: true, maxItemsPerInvocation: 1 };
const atOnce = { strategy: "fixedDelay", delayInterval: { milliseconds: 0 } };

/** One range only, so that every item stands behind the one before. */
describe("the Cosmos DB trigger, when a batch throws,", () => {
  const retryCounts = (app: FeedApp, id: string): (number | undefined)[] =>
    app
      .batches("started")
      .filter(({ items }) => items[0]?.id === id)
      .map(({ retryCount }) => retryCount);

  it("loses it without a retry policy, as in Azure, and says so", async (t) => {
    const world = await openFeedWorld(t, { partitionCount: 1 });
    await world.create({ id: "lost", pk: "a", failures: 1 }, { id: "next", pk: "a" });
    const app = await world.start(oneByOne);
    await app.until(() => app.handled().includes("next"));
    assert.deepEqual(app.started(), ["lost", "next"]);
    await app.until(() =>
      app.logs.some(({ level, category, message }) => {
        const isWarning = level === "warning" && category === "Host.Triggers.CosmosDB";
        return isWarning && message.includes("batch on lease 0 failed and is passed over");
      }),
    );
    await app.stop();

    const restarted = await world.start(oneByOne);
    await world.create({ id: "last", pk: "a" });
    await restarted.until(() => restarted.handled().length > 0);
    assert.deepEqual(restarted.started(), ["last"]);
  });

  it("repeats it for ever with maxRetryCount -1, nothing passing it", async (t) => {
    const world = await openFeedWorld(t, { partitionCount: 1 });
    await world.create({ id: "stubborn", pk: "a", failures: 5 }, { id: "next", pk: "a" });
    const app = await world.start({ ...oneByOne, retry: { ...atOnce, maxRetryCount: -1 } });
    await app.until(() => app.handled().includes("next"));
    assert.deepEqual(app.handled(), ["stubborn", "next"]);
    assert.deepEqual(retryCounts(app, "stubborn"), [undefined, 1, 2, 3, 4, 5]);
    assert.equal(app.batches("started")[1]?.retryReason, "feed/stubborn fails");
  });

  it("gives it up after the last retry, and the lease advances", async (t) => {
    const world = await openFeedWorld(t, { partitionCount: 1 });
    await world.create({ id: "hopeless", pk: "a", failures: -1 }, { id: "next", pk: "a" });
    const app = await world.start({ ...oneByOne, retry: { ...atOnce, maxRetryCount: 2 } });
    await app.until(() => app.handled().includes("next"));
    assert.deepEqual(retryCounts(app, "hopeless"), [undefined, 1, 2]);
    assert.deepEqual(app.handled(), ["next"]);
    await app.until(() =>
      app.logs.some(({ message }) => message.includes("retries have been exhausted")),
    );
  });

  it("waits between repetitions as the policy says, by the host's clock", async (t) => {
    const world = await openFeedWorld(t, { partitionCount: 1 });
    await world.create({ id: "patient", pk: "a", failures: 2 });
    const retry = {
      strategy: "exponentialBackoff",
      maxRetryCount: 5,
      minimumInterval: { hours: 1 },
      maximumInterval: { hours: 3 },
    };
    const app = await world.start({ ...oneByOne, retry });
    const announced = (count: number): Promise<void> =>
      app.until(
        () => app.logs.filter(({ message }) => message.startsWith("Waiting")).length === count,
      );
    await announced(1);
    app.order({ kind: "advance", ms: 3_600_000 });
    assert.equal(app.started().length, 1, "an hour and its spread are not over");
    app.order({ kind: "advance", ms: 2 * 3_600_000 });
    await announced(2);
    app.order({ kind: "advance", ms: 3 * 3_600_000 });
    await app.until(() => app.handled().length === 1);
    assert.deepEqual(retryCounts(app, "patient"), [undefined, 1, 2]);
  });

  it("cuts the wait short when it stops, and leaves the batch to the next host", async (t) => {
    const world = await openFeedWorld(t, { partitionCount: 1 });
    await world.create({ id: "interrupted", pk: "a", failures: 1 });
    const retry = { strategy: "fixedDelay", maxRetryCount: -1, delayInterval: { hours: 1 } };
    const first = await world.start({ ...oneByOne, retry });
    await first.until(() => first.logs.some(({ message }) => message.startsWith("Waiting")));
    await first.stop();
    assert.deepEqual(first.handled(), []);

    const second = await world.start({ ...oneByOne, retry });
    await second.until(() => second.logs.some(({ message }) => message.startsWith("Waiting")));
    assert.deepEqual(second.started(), ["interrupted"]);
    const [lease] = await world.readLeases();
    assert.equal(lease?.ContinuationToken, null);
  });

  it("delivers it again after a crash: at least once", async (t) => {
    const world = await openFeedWorld(t, { partitionCount: 1 });
    await world.create({ id: "before", pk: "a" }, { id: "halfway", pk: "a", waits: true });
    const first = await world.start(oneByOne, { name: "same" });
    await first.until(() => first.started().includes("halfway"));
    await first.kill();

    const second = await world.start(oneByOne, { name: "same" });
    await second.until(() => second.started().length > 0);
    assert.deepEqual(second.started(), ["halfway"]);
  });
});

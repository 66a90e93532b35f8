import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Item } from "./fixtures/feed-app/app.ts";
import { createContainers, openFeedWorld, type FeedApp } from "./support/cosmos.ts";
import { recordedTexts } from "./support/recorded-texts.ts";

const fromBeginning = { startFromBeginning: true };

/** Partition keys that hash into different ranges of four. */
const items = (count: number, streams: number): { id: string; pk: string }[] =>
  Array.from({ length: count }, (_, index) => ({
    id: String(index).padStart(4, "0"),
    pk: `stream-${index % streams}`,
  }));

const logged = (app: FeedApp, text: string): Promise<void> =>
  app.until(() => app.logs.some(({ message }) => message.includes(text)));

describe("the Cosmos DB trigger", () => {
  it("delivers every document, in order within a partition, in batches of at most maxItemsPerInvocation", async (t) => {
    const world = await openFeedWorld(t);
    const documents = items(120, 7);
    await world.create(...documents.slice(0, 60));
    const app = await world.start({ ...fromBeginning, maxItemsPerInvocation: 10 });
    await world.create(...documents.slice(60));
    await app.until(() => app.handled().length >= documents.length);

    assert.deepEqual(
      [...app.handled()].sort(),
      documents.map(({ id }) => id),
    );
    const batches = app.batches("handled");
    assert.ok(batches.every(({ items }) => items.length > 0 && items.length <= 10));
    for (const stream of new Set(documents.map(({ pk }) => pk))) {
      const order = batches.flatMap((batch) => batch.items).filter(({ pk }) => pk === stream);
      assert.deepEqual(
        order,
        order.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
      );
    }
  });

  it("begins from now unless told to start from the beginning", async (t) => {
    const world = await openFeedWorld(t);
    await world.create({ id: "earlier", pk: "a" });
    const app = await world.start({});
    await world.create({ id: "later", pk: "a" });
    await app.until(() => app.handled().length > 0);
    assert.deepEqual(app.handled(), ["later"]);
  });

  it("begins at startFromTime", async (t) => {
    const world = await openFeedWorld(t);
    await world.create({ id: "first", pk: "a" });
    const past = await world.start({ startFromTime: new Date(0).toISOString() });
    await past.until(() => past.handled().length > 0);
    assert.deepEqual(past.handled(), ["first"]);
    const both = { startFromTime: "2020-01-01T00:00:00Z", startFromBeginning: true };
    const { functions } = await world.start(both);
    assert.match(functions[0]?.error ?? "", /Only one of startFromBeginning or startFromTime/);
  });

  it("continues after a restart where it stopped", async (t) => {
    const world = await openFeedWorld(t);
    await world.create(...items(20, 4));
    const first = await world.start(fromBeginning);
    await first.until(() => first.handled().length === 20);
    await first.stop();
    const second = await world.start(fromBeginning);
    await world.create({ id: "new", pk: "stream-0" });
    await second.until(() => second.handled().length > 0);
    assert.deepEqual(second.handled(), ["new"]);
  });

  it("handles the batches of one lease one after another, those of others at the same time", async (t) => {
    const world = await openFeedWorld(t);
    const app = await world.start({ ...fromBeginning, maxItemsPerInvocation: 1 });
    await world.create({ id: "slow", pk: "stream-0", waits: true });
    await app.until(() => app.started().includes("slow"));
    const others = items(16, 8);
    await world.create({ id: "behind", pk: "stream-0" }, ...others);
    const elsewhere = (): string[] => app.handled().filter((id) => id !== "slow");
    await app.until(() => elsewhere().length > 0);
    assert.ok(!app.started().includes("behind"));
    app.order({ kind: "proceed", what: "slow" });
    await app.until(() => app.handled().length === others.length + 2);
    const order = app.handled();
    assert.ok(order.indexOf("slow") < order.indexOf("behind"));
  });

  it("runs functions on one container independently, each with its own leases", async (t) => {
    const world = await openFeedWorld(t);
    const settings = { FUNCTIONS: "one,two" };
    const app = await world.start({ ...fromBeginning, maxItemsPerInvocation: 1 }, { settings });
    await world.create(...items(10, 5));
    await app.until(() => app.handled().length === 20);
    for (const name of ["one", "two"]) {
      const batches = app.batches("handled").filter((batch) => batch.function === name);
      assert.equal(batches.length, 10);
    }
    const leases = await world.readLeases();
    assert.equal(leases.filter(({ id }) => id.startsWith("one-")).length, 4);
    assert.equal(leases.filter(({ id }) => id.startsWith("two-")).length, 4);
  });

  it("wakes at a hint instead of waiting for feedPollDelay", async (t) => {
    const world = await openFeedWorld(t);
    const app = await world.start({ ...fromBeginning, feedPollDelay: 3_600_000 }, { hinted: true });
    await world.create({ id: "hinted", pk: "a" });
    app.order({ kind: "wake" });
    await app.until(() => app.handled().length > 0);
    assert.deepEqual(app.handled(), ["hinted"]);
  });

  it("is not started by missing containers, says so and tries again", async (t) => {
    const empty = await openFeedWorld(t, { isEmpty: true });
    const app = await empty.start(fromBeginning);
    await logged(app, "The listener for function 'feed' was unable to start");
    await logged(app, "'items' (in database 'feeds') or the lease container 'leases'");
    await createContainers(empty.database);
    await empty.create({ id: "after all", pk: "a" });
    app.order({ kind: "advance", ms: 60_000 });
    await app.until(() => app.handled().length > 0);
    assert.deepEqual(app.handled(), ["after all"]);
  });

  it("makes the lease container when asked to", async (t) => {
    const world = await openFeedWorld(t);
    await world.create({ id: "item", pk: "a" });
    const leaseContainerName = "made-by-trigger";
    const app = await world.start({
      ...fromBeginning,
      leaseContainerName,
      createLeaseContainerIfNotExists: true,
    });
    await app.until(() => app.handled().length > 0);
    const { resource } = await world.database.container(leaseContainerName).read();
    assert.deepEqual(resource?.partitionKey?.paths, ["/id"]);
  });

  it("waits out throttling by Cosmos and loses nothing", async (t) => {
    const world = await openFeedWorld(t);
    const throttled = { kind: "status", status: 429, substatus: 3200, retryAfterMs: 1 } as const;
    world.emulator.faults.set({
      match: { container: "items", operation: "feed" },
      effect: throttled,
      times: 60,
    });
    world.emulator.faults.set({ match: { container: "leases" }, effect: throttled, times: 8 });
    const app = await world.start(fromBeginning);
    await world.create(...items(20, 4));
    await app.until(() => new Set(app.handled()).size === 20);
    const hits = world.emulator.faults.list().map((fault) => fault.hits);
    assert.deepEqual(hits, [60, 8]);
  });

  it("is run by hand with documents of the caller's choice", async (t) => {
    const world = await openFeedWorld(t);
    const app = await world.start({}, { settings: {} });
    const run = await fetch(`${app.url}/admin/functions/feed`, {
      method: "POST",
      headers: { "x-functions-key": "master" },
      body: JSON.stringify({ input: JSON.stringify([{ id: "by hand", pk: "a" }]) }),
    });
    assert.equal(run.status, 202);
    await app.until(() => app.handled().length > 0);
    assert.deepEqual(app.handled(), ["by hand"]);
  });
  it("hands over texts that look like dates as Newtonsoft writes them", async (t) => {
    const world = await openFeedWorld(t);
    const app = await world.start(fromBeginning, { settings: { TZ: "UTC" } });
    const texts = recordedTexts.map(([stored]) => stored);
    await world.create({ id: "item", pk: "a", texts });
    await app.until(() => app.handled().length > 0);
    const [[document = assert.fail()] = []] = app.seen("documents") as readonly Item[][];
    assert.deepEqual(
      document.texts,
      recordedTexts.map(([, handedOver]) => handedOver),
    );
  });

  it("reads a document again and again that holds a date which .NET cannot represent", async (t) => {
    const world = await openFeedWorld(t);
    const app = await world.start({ ...fromBeginning, maxItemsPerInvocation: 1 });
    await world.create({ id: "poison", pk: "a", texts: ["/Date(253402300800000)/"] });
    await world.create({ id: "behind", pk: "a" });
    const refusals = (): number =>
      app.logs.filter(({ message }) => message.includes("no date that .NET can represent")).length;
    await app.until(() => refusals() >= 3);
    assert.deepEqual(app.started(), []);
  });
});

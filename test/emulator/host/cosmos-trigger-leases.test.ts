import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { WireHandler, WireRequest, WireResponse } from "../../../emulator/shared/wire.ts";
import {
  openFeedWorld,
  type FeedApp,
  type FeedWorld,
  type LeaseDocument,
} from "./support/cosmos.ts";

const fromBeginning = { startFromBeginning: true };
const quickBalance = { ...fromBeginning, leaseAcquireInterval: 30 };
/** A dead host is noticed within a second. */
const quickExpiry = { ...quickBalance, leaseRenewInterval: 100, leaseExpirationInterval: 800 };

const items = (prefix: string, count: number): { id: string; pk: string }[] =>
  Array.from({ length: count }, (_, index) => ({
    id: `${prefix}-${index}`,
    pk: `stream-${index % 16}`,
  }));

/** First deliveries within a stream come in the order of writing: `before-…`, then `after-…`. */
function assertOrdered(delivered: readonly { readonly id: string; readonly pk: string }[]): void {
  const written = [...items("before", 32), ...items("after", 32)].map(({ id }) => id);
  for (const stream of new Set(delivered.map(({ pk }) => pk))) {
    const ids = delivered.filter(({ pk }) => pk === stream).map(({ id }) => id);
    const places = [...new Set(ids)].map((id) => written.indexOf(id));
    assert.deepEqual(
      places,
      places.toSorted((x, y) => x - y),
    );
  }
}

describe("the leases of a Cosmos DB trigger", () => {
  /** Polls the leases until they are as wanted. */
  const untilLeases = async (
    world: FeedWorld,
    condition: (leases: readonly LeaseDocument[]) => boolean,
  ): Promise<readonly LeaseDocument[]> => {
    for (;;) {
      const leases = await world.readLeases();
      if (condition(leases)) return leases;
    }
  };
  const heldBy = (leases: readonly LeaseDocument[], owner: string): number =>
    leases.filter(({ Owner }) => Owner === owner).length;
  const sharedEqually = (leases: readonly LeaseDocument[]): boolean =>
    heldBy(leases, "a/feed") === 2 && heldBy(leases, "b/feed") === 2;

  it("are documents shaped like those of the change feed processor", async (t) => {
    const world = await openFeedWorld(t);
    const app = await world.start({ ...fromBeginning, leaseContainerPrefix: "p-" }, { name: "a" });
    await world.create({ id: "item", pk: "stream-0" });
    await app.until(() => app.handled().length === 1);
    await untilLeases(world, (leases) => leases.some(({ ContinuationToken }) => ContinuationToken));
    const { resource: database } = await world.database.read();
    const { resource: container } = await world.items.read();
    const prefix = `p-127.0.0.1_${String(database?._rid)}_${String(container?._rid)}`;

    const { resources } = await world.leases.items
      .query<Record<string, unknown>>("SELECT * FROM c ORDER BY c.id")
      .fetchAll();
    const ranges = ["0", "1", "2", "3"];
    assert.deepEqual(
      resources.map(({ id }) => id),
      [...ranges.map((range) => `${prefix}..${range}`), `${prefix}.info`],
    );
    for (const [index, range] of ranges.entries()) {
      const { _rid, _self, _etag, _attachments, _ts, ...lease } = resources[index] ?? {};
      const { timestamp, ContinuationToken, FeedRange, ...rest } = lease;
      assert.deepEqual(rest, {
        id: `${prefix}..${range}`,
        version: 0,
        LeaseToken: range,
        Owner: "a/feed",
        properties: {},
        Mode: "Incremental Feed",
      });
      assert.match(String(timestamp), /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
      assert.match(String(ContinuationToken), /^("\d+"|null)$/);
      assert.deepEqual(Object.keys((FeedRange as { Range: object }).Range), ["min", "max"]);
    }
  });

  it("are shared equally by two hosts", async (t) => {
    const world = await openFeedWorld(t);
    const a = await world.start(quickBalance, { name: "a" });
    await untilLeases(world, (leases) => heldBy(leases, "a/feed") === 4);
    const b = await world.start(quickBalance, { name: "b" });
    await untilLeases(world, sharedEqually);

    const documents = items("shared", 64);
    await world.create(...documents);
    const both = (): Set<string> => new Set([...a.handled(), ...b.handled()]);
    await Promise.race([a, b].map((app) => app.until(() => both().size === documents.length)));
    assert.ok(a.handled().length > 0 && b.handled().length > 0);
  });

  it("of a host that was killed are taken over, and nothing is lost", async (t) => {
    const world = await openFeedWorld(t);
    const a = await world.start(quickExpiry, { name: "a" });
    const b = await world.start(quickExpiry, { name: "b" });
    await untilLeases(world, sharedEqually);
    await world.create(...items("before", 32));
    await a.until(() => a.handled().length > 0);
    await a.kill();

    const seenByA = new Set(a.handled());
    const documents = [...items("before", 32), ...items("after", 32)];
    await world.create(...items("after", 32));
    await b.until(() => documents.every(({ id }) => seenByA.has(id) || b.handled().includes(id)));
    await untilLeases(world, (all) => heldBy(all, "b/feed") === 4);
    for (const app of [a, b]) assertOrdered(app.batches("handled").flatMap(({ items }) => items));
  });

  it("of a host that stops are free at once, long before they would expire", async (t) => {
    const world = await openFeedWorld(t);
    const slowExpiry = { ...quickBalance, leaseExpirationInterval: 3_600_000 };
    const a = await world.start(slowExpiry, { name: "a" });
    const b = await world.start(slowExpiry, { name: "b" });
    await untilLeases(world, sharedEqually);
    await a.stop();
    await untilLeases(world, (leases) => heldBy(leases, "b/feed") === 4);
    const documents = items("late", 32);
    await world.create(...documents);
    await b.until(() => documents.every(({ id }) => b.handled().includes(id)));
  });

  it("are checkpointed by a host that stops in the middle of a batch", async (t) => {
    const world = await openFeedWorld(t);
    await world.create({ id: "slow", pk: "a", waits: true });
    const a = await world.start(fromBeginning, { name: "a" });
    await a.until(() => a.started().length === 1);
    const stopped = a.stop();
    a.order({ kind: "proceed", what: "slow" });
    await stopped;
    assert.deepEqual(a.handled(), ["slow"]);

    const b = await world.start(fromBeginning, { name: "b" });
    await world.create({ id: "next", pk: "a" });
    await b.until(() => b.handled().length > 0);
    assert.deepEqual(b.handled(), ["next"]);
  });

  it("stay taken when the batch outlasts the bounded grace of a stop", async (t) => {
    const world = await openFeedWorld(t);
    await world.create({ id: "endless", pk: "a", waits: true });
    const app = await world.start(fromBeginning, { name: "a" });
    await app.until(() => app.started().length === 1);
    app.order({ kind: "stop" });
    await untilLeases(world, (leases) => heldBy(leases, "a/feed") === 1);
    app.order({ kind: "advance", ms: 10_000 });
    await app.until(() => app.hasStopped());
    assert.equal(heldBy(await world.readLeases(), "a/feed"), 1);
  });

  it("end their reader when somebody else takes them", async (t) => {
    const lone = await openFeedWorld(t, { partitionCount: 1 });
    const app = await lone.start({ ...fromBeginning, leaseExpirationInterval: 3_600_000 });
    await lone.create({ id: "mine", pk: "a", waits: true });
    await app.until(() => app.started().length === 1);
    const [lease] = await lone.readLeases();
    await lone.leases.item(String(lease?.id), lease?.id).replace({ ...lease, Owner: "thief" });
    app.order({ kind: "proceed", what: "mine" });

    await app.until(() =>
      app.logs.some(({ message }) => message.includes("was taken over by thief")),
    );
    const [stolen] = await lone.readLeases();
    assert.deepEqual([stolen?.Owner, stolen?.ContinuationToken], ["thief", null]);
  });

  it("are renewed while their range is quiet", async (t) => {
    const world = await openFeedWorld(t);
    await world.start({ ...fromBeginning, leaseRenewInterval: 20 }, { name: "a" });
    const first = await untilLeases(world, (leases) => heldBy(leases, "a/feed") === 4);
    const timestamps = (leases: readonly LeaseDocument[]): string[] =>
      leases.map(({ timestamp }) => timestamp ?? "");
    const before = timestamps(first);
    await untilLeases(world, (leases) =>
      timestamps(leases).every((time, at) => time > (before[at] ?? "")),
    );
  });

  it("of a range that was split go on with its children", async (t) => {
    const split = createSplit();
    const whole = await openFeedWorld(t, { partitionCount: 1, intercept: split.intercept });
    const app: FeedApp = await whole.start(quickBalance, { name: "a" });
    await whole.create(...items("before", 16));
    await app.until(() => app.handled().length === 16);

    split.happen();
    await whole.create(...items("after", 16));
    await app.until(() => app.handled().length === 32);
    assert.equal(new Set(app.handled()).size, 32);
    const leases = await whole.readLeases();
    assert.deepEqual(
      leases.map(({ LeaseToken }) => LeaseToken),
      ["1", "2"],
    );
  });
});

/**
 * The embedded Cosmos never splits a range. This stands before it and, once told to, shows its
 * only range as two, the way the service does: range "0" is gone, "1" and "2" share its keys.
 */
function createSplit(): {
  happen(): void;
  readonly intercept: (handle: WireHandler) => WireHandler;
} {
  const middle = "1FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF";
  const children = [
    { id: "1", minInclusive: "", maxExclusive: middle, parents: ["0"] },
    { id: "2", minInclusive: middle, maxExclusive: "FF", parents: ["0"] },
  ];
  const gone = { status: 410, headers: { "x-ms-substatus": "1002" }, body: '{"message":"split"}' };
  let hasSplit = false;

  const afterSplit = (handle: WireHandler, request: WireRequest): Promise<WireResponse> => {
    if (request.path.endsWith("/items/pkranges")) {
      const body = JSON.stringify({ PartitionKeyRanges: children });
      return Promise.resolve({ status: 200, headers: {}, body });
    }
    const isFeed = request.headers["a-im"] !== undefined && request.path.includes("/items/");
    if (!isFeed) return handle(request);
    const rangeId = request.headers["x-ms-documentdb-partitionkeyrangeid"];
    const child = children.find(({ id }) => id === rangeId);
    if (child === undefined) return Promise.resolve(gone);
    const slice = { "x-ms-start-epk": child.minInclusive, "x-ms-end-epk": child.maxExclusive };
    const headers = {
      ...request.headers,
      ...slice,
      "x-ms-documentdb-partitionkeyrangeid": "0",
    };
    return handle({ ...request, headers });
  };

  return {
    happen: () => {
      hasSplit = true;
    },
    intercept: (handle) => (request) => (hasSplit ? afterSplit(handle, request) : handle(request)),
  };
}

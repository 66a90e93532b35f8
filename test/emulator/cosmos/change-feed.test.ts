import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type ChangeFeedIteratorOptions, type Container, type OperationInput } from "@azure/cosmos";
import { bulk, emulatorOnly, partitionKeyV2, refusal, startFrom, useAccount } from "./support.ts";

type Change = {
  readonly id: string;
  readonly pk: string;
  readonly n: number;
  readonly _lsn: number;
};

/** Reads the feed until it is said to be empty. */
async function readAll(
  container: Container,
  options: ChangeFeedIteratorOptions,
): Promise<{ changes: Change[]; pages: Change[][]; continuation: string }> {
  const iterator = container.items.getChangeFeedIterator<Change>(options);
  const pages: Change[][] = [];
  for (;;) {
    const { result, statusCode, continuationToken } = await iterator.readNext();
    if (statusCode === 304)
      return { changes: pages.flat(), pages, continuation: continuationToken };
    pages.push(result);
  }
}

const fromBeginning = { changeFeedStartFrom: startFrom.Beginning() };
const ids = (changes: readonly Change[]): string[] => changes.map(({ id }) => id);

const creation = (id: string, pk: string): OperationInput => ({
  operationType: "Create",
  resourceBody: { id, pk, n: 0 },
});

describe("The change feed", () => {
  const account = useAccount();

  test("gives every document of every range, each partition in the order of its writes", async () => {
    const container = await account.container();
    for (let n = 0; n < 40; n += 1) {
      await container.items.create({ id: String(n), pk: `key-${n % 8}`, n });
    }
    const { changes } = await readAll(container, { ...fromBeginning, maxItemCount: 3 });
    assert.equal(changes.length, 40);
    for (let key = 0; key < 8; key += 1) {
      const ofKey = changes.filter(({ pk }) => pk === `key-${key}`).map(({ n }) => n);
      assert.deepEqual(
        ofKey,
        ofKey.toSorted((a, b) => a - b),
      );
    }
  });

  test("goes on from a continuation token and gives only what is new", async () => {
    const container = await account.container();
    for (const pk of ["a", "b", "c"]) await container.items.create({ id: "1", pk, n: 1 });
    const first = await readAll(container, fromBeginning);
    assert.equal(first.changes.length, 3);
    const again = { changeFeedStartFrom: startFrom.Continuation(first.continuation) };
    assert.deepEqual((await readAll(container, again)).changes, []);
    await container.items.create({ id: "2", pk: "b", n: 2 });
    assert.deepEqual(ids((await readAll(container, again)).changes), ["2"]);
  });

  test("gives a changed document once, in its latest version, at the end", async () => {
    const container = await account.container();
    await container.items.create({ id: "1", pk: "a", n: 0 });
    await container.items.create({ id: "2", pk: "a", n: 0 });
    for (const n of [1, 2, 3]) await container.item("1", "a").replace({ id: "1", pk: "a", n });
    const { changes } = await readAll(container, fromBeginning);
    assert.deepEqual(
      changes.map(({ id, n }) => [id, n]),
      [
        ["2", 0],
        ["1", 3],
      ],
    );
    const [older, newer] = changes.map(({ _lsn }) => _lsn);
    assert.ok(Number(newer) > Number(older));
  });

  test("does not show deletions", async () => {
    const container = await account.container();
    await container.items.create({ id: "1", pk: "a", n: 0 });
    await container.items.create({ id: "2", pk: "a", n: 0 });
    const { continuation } = await readAll(container, fromBeginning);
    await container.item("1", "a").delete();
    const after = { changeFeedStartFrom: startFrom.Continuation(continuation) };
    assert.deepEqual((await readAll(container, after)).changes, []);
    assert.deepEqual(ids((await readAll(container, fromBeginning)).changes), ["2"]);
  });

  test("never splits the documents of one transaction over pages", async () => {
    const container = await account.container();
    await container.items.create({ id: "before", pk: "a", n: 0 });
    const operations = Array.from({ length: 9 }, (_, n) => creation(String(n), "a"));
    await container.items.batch(operations, "a");
    await container.items.create({ id: "after", pk: "a", n: 0 });
    const { pages } = await readAll(container, {
      changeFeedStartFrom: startFrom.Beginning("a"),
      maxItemCount: 2,
    });
    const batchPages = pages.filter((page) => page.some(({ id }) => /^\d$/.test(id)));
    assert.equal(batchPages.length, 1);
    const batch = (batchPages[0] ?? []).filter(({ id }) => /^\d$/.test(id));
    assert.deepEqual(
      ids(batch),
      operations.map((_, n) => String(n)),
    );
    assert.equal(new Set(batch.map(({ _lsn }) => _lsn)).size, 1);
  });

  test("starts from now unless told otherwise", async () => {
    const container = await account.container();
    await container.items.create({ id: "1", pk: "a", n: 0 });
    const iterator = container.items.getChangeFeedIterator<Change>({
      changeFeedStartFrom: startFrom.Now(),
    });
    assert.equal((await iterator.readNext()).statusCode, 304);
    await container.items.create({ id: "2", pk: "a", n: 0 });
    const seen: Change[] = [];
    for (let page = await iterator.readNext(); page.statusCode !== 304;) {
      seen.push(...page.result);
      page = await iterator.readNext();
    }
    assert.deepEqual(ids(seen), ["2"]);
  });

  test("can be read for one partition key", async () => {
    const container = await account.container();
    for (let n = 0; n < 12; n += 1) {
      await container.items.create({ id: String(n), pk: `key-${n % 3}`, n });
    }
    const { changes, continuation } = await readAll(container, {
      changeFeedStartFrom: startFrom.Beginning("key-1"),
      maxItemCount: 2,
    });
    assert.deepEqual(ids(changes), ["1", "4", "7", "10"]);
    await container.items.create({ id: "new", pk: "key-1", n: 0 });
    await container.items.create({ id: "other", pk: "key-2", n: 0 });
    const next = { changeFeedStartFrom: startFrom.Continuation(continuation) };
    assert.deepEqual(ids((await readAll(container, next)).changes), ["new"]);
  });

  test("can be read for a prefix of a hierarchical partition key", async () => {
    const container = await account.container({ partitionKey: partitionKeyV2("/tenant", "/user") });
    for (const tenant of ["T1", "T2", "T3"]) {
      for (const user of ["U1", "U2"]) {
        await container.items.create({ id: tenant + user, tenant, user });
      }
    }
    const of = async (key: readonly string[]): Promise<string[]> => {
      const changeFeedStartFrom = startFrom.Beginning(key);
      return ids((await readAll(container, { changeFeedStartFrom })).changes);
    };
    assert.deepEqual(await of(["T2"]), ["T2U1", "T2U2"]);
    assert.deepEqual(await of(["T3", "U2"]), ["T3U2"]);
  });

  test("can be shared between readers range by range, each document seen by one", async () => {
    const container = await account.container();
    await bulk(
      container,
      Array.from({ length: 50 }, (_, n) => creation(String(n), `key-${n}`)),
    );
    const ranges = await container.getFeedRanges();
    const seen: string[] = [];
    for (const range of ranges) {
      const changeFeedStartFrom = startFrom.Beginning(range);
      seen.push(...ids((await readAll(container, { changeFeedStartFrom })).changes));
    }
    assert.equal(seen.length, 50);
    assert.equal(new Set(seen).size, 50);
  });

  test("can be read for part of a range, in parts that do not overlap", async () => {
    const container = await account.container();
    await bulk(
      container,
      Array.from({ length: 60 }, (_, n) => creation(String(n), `key-${n}`)),
    );
    const allBounds = ["", "0800", "1000", "1FFF", "2AAA", "FF"];
    const seen: string[] = [];
    for (const [index, minInclusive] of allBounds.slice(0, -1).entries()) {
      const maxExclusive = allBounds[index + 1] ?? "FF";
      // The SDK takes only feed ranges that it made itself.
      const made = Object.getPrototypeOf((await container.getFeedRanges())[0]) as object;
      const bounds = { minInclusive, maxExclusive };
      const part = Object.assign(Object.create(made) as object, bounds);
      const changeFeedStartFrom = startFrom.Beginning(part);
      seen.push(...ids((await readAll(container, { changeFeedStartFrom })).changes));
    }
    assert.equal(seen.length, 60);
    assert.equal(new Set(seen).size, 60);
  });

  test("shows a live reader every write exactly once, whatever the timing", async () => {
    const container = await account.container();
    const iterator = container.items.getChangeFeedIterator<Change>({
      ...fromBeginning,
      maxItemCount: 5,
    });
    const total = 200;
    const seen: string[] = [];
    const reader = async (): Promise<void> => {
      while (seen.length < total) seen.push(...ids((await iterator.readNext()).result));
    };
    const writer = async (first: number): Promise<void> => {
      for (let n = first; n < total; n += 4) {
        await container.items.create({ id: String(n), pk: `key-${n % 20}`, n });
      }
    };
    await Promise.all([reader(), writer(0), writer(1), writer(2), writer(3)]);
    assert.equal(new Set(seen).size, total);
    assert.equal(seen.length, total);
  });
});

describe("The change feed of an emulated account", { skip: emulatorOnly }, () => {
  const account = useAccount();

  test("starts at a point in time", async () => {
    const container = await account.container();
    const { clock } = account.emulated;
    for (let n = 0; n < 10; n += 1) {
      await container.items.create({ id: `old-${n}`, pk: `key-${n}`, n });
    }
    clock.advance(60_000);
    const startTime = new Date(clock.now());
    clock.advance(60_000);
    for (let n = 0; n < 10; n += 1) {
      await container.items.create({ id: `new-${n}`, pk: `key-${n}`, n });
    }
    const options = { changeFeedStartFrom: startFrom.Time(startTime), maxItemCount: 2 };
    const { changes } = await readAll(container, options);
    assert.equal(changes.length, 10);
    assert.ok(changes.every(({ id }) => id.startsWith("new-")));
  });

  test("costs what its documents cost to read, and one unit for each empty page", async () => {
    const container = await account.container();
    for (const pk of ["a", "a", "a"].keys()) {
      await container.items.create({ id: String(pk), pk: "a", n: 0 });
    }
    const iterator = container.items.getChangeFeedIterator<Change>({
      changeFeedStartFrom: startFrom.Beginning("a"),
    });
    assert.equal((await iterator.readNext()).requestCharge, 3);
    assert.equal((await iterator.readNext()).requestCharge, 1);
  });

  test("does not offer the mode that shows all versions and deletions", async () => {
    const container = await account.container();
    const iterator = container.items.getChangeFeedIterator({
      changeFeedMode: "Full-Fidelity Feed" as never,
      changeFeedStartFrom: startFrom.Now(),
    });
    const refused = await refusal(iterator.readNext());
    assert.equal(refused.status, 400);
    assert.match(refused.message, /latest version mode/);
  });

  test("tells readers in the same process which range has something new", async () => {
    const container = await account.container();
    const commits: { container: string; range: string }[] = [];
    const stop = account.emulated.cosmos.onCommit((commit) => commits.push(commit));
    const { headers } = await container.items.create({ id: "1", pk: "a" });
    await refusal(container.items.create({ id: "1", pk: "a" }));
    stop();
    await container.items.create({ id: "2", pk: "a" });
    const range = (headers as Record<string, string>)["x-ms-documentdb-partitionkeyrangeid"];
    const link = `dbs/${account.database.id}/colls/${container.id}`;
    assert.deepEqual(commits, [{ container: link, range }]);
  });
});

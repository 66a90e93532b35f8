import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { IndexingPolicy } from "@azure/cosmos";
import { emulatorOnly, useAccount } from "./support.ts";

const nothingIndexed: IndexingPolicy = { indexingMode: "none", automatic: false };

/** Indexes the properties /p0, /p1, ... and nothing else. */
const indexed = (count: number): IndexingPolicy => ({
  indexingMode: "consistent",
  includedPaths: Array.from({ length: count }, (_, n) => ({ path: `/p${n}/?` })),
  excludedPaths: [{ path: "/*" }],
});

const properties = (count: number, value: number): Record<string, number> =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`p${n}`, value]));

describe("Request charges", { skip: emulatorOnly }, () => {
  const account = useAccount();

  test("follow the documented examples for documents of 1 KB", async () => {
    const container = await account.container({ indexingPolicy: indexed(10) });
    const item = container.item("1", "a");
    const created = await container.items.create({ id: "1", pk: "a", ...properties(10, 1) });
    assert.equal(created.requestCharge, 6.95);
    assert.equal((await item.read()).requestCharge, 1);
    const changed = { id: "1", pk: "a", ...properties(10, 1), p0: 2, p1: 2 };
    assert.equal((await item.replace(changed)).requestCharge, 10.7);
    const patched = await item.patch([
      { op: "set", path: "/p0", value: 3 },
      { op: "set", path: "/p1", value: 3 },
    ]);
    assert.equal(patched.requestCharge, 11.5);
    assert.equal((await item.delete()).requestCharge, 6.95);
  });

  test("grow with size between the figures of the table", async () => {
    const container = await account.container({ indexingPolicy: nothingIndexed });
    const cost = async (kilobytes: number): Promise<[number, number]> => {
      const id = String(kilobytes);
      const probe = await container.items.create({ id: `probe-${id}`, pk: "a", text: "" });
      const overhead = JSON.stringify(probe.resource).length - "probe-".length;
      const text = "x".repeat(kilobytes * 1024 - overhead);
      const { requestCharge } = await container.items.create({ id, pk: "a", text });
      return [requestCharge, (await container.item(id, "a").read()).requestCharge];
    };
    assert.deepEqual(await cost(1), [4.95, 1]);
    assert.deepEqual(await cost(2), [6.29, 1.04]);
    assert.deepEqual(await cost(64), [22.67, 4.76]);
    assert.deepEqual(await cost(128), [48.19, 9.95]);
    const [write, read] = await cost(96);
    assert.equal(write, 35.43);
    assert.equal(read, 7.36);
  });

  test("count the index terms of the policy, arrays by their distinct items", async () => {
    const document = { id: "1", pk: "a", tags: ["x", "y", "x"], nested: { b: 1, c: 2 } };
    const cost = async (indexingPolicy: IndexingPolicy): Promise<number> => {
      const container = await account.container({ indexingPolicy });
      const { requestCharge } = await container.items.create(document);
      return Math.round((requestCharge - 4.95) * 100) / 100;
    };
    assert.equal(await cost(nothingIndexed), 0);
    assert.equal(await cost({ includedPaths: [{ path: "/*" }], excludedPaths: [] }), 1.2);
    assert.equal(
      await cost({ includedPaths: [{ path: "/tags/[]/?" }], excludedPaths: [{ path: "/*" }] }),
      0.4,
    );
    assert.equal(
      await cost({ includedPaths: [{ path: "/*" }], excludedPaths: [{ path: "/nested/*" }] }),
      0.8,
    );
  });

  test("of refused writes and missed reads are small but not nothing", async () => {
    const container = await account.container();
    const { etag } = await container.items.create({ id: "1", pk: "a" });
    const conflict = await container.items
      .create({ id: "1", pk: "a" })
      .catch((error: unknown) => error as { headers: Record<string, string> });
    assert.equal(conflict.headers["x-ms-request-charge"], "1");
    const accessCondition = { type: "IfNoneMatch", condition: etag };
    const unchanged = await container.item("1", "a").read({ accessCondition });
    assert.equal(unchanged.requestCharge, 1);
  });
});

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { refusal, useAccount } from "./support.ts";

const ifMatch = (condition: string): { accessCondition: { type: string; condition: string } } => ({
  accessCondition: { type: "IfMatch", condition },
});

describe("Optimistic concurrency", () => {
  const account = useAccount();

  test("A write with the current etag goes through, with an older one it is 412", async () => {
    const container = await account.container();
    const item = container.item("1", "a");
    const first = await container.items.create({ id: "1", pk: "a", n: 0 });
    const second = await item.replace({ id: "1", pk: "a", n: 1 }, ifMatch(first.etag));
    const stale = ifMatch(first.etag);
    const refused = [
      await refusal(item.replace({ id: "1", pk: "a", n: 2 }, stale)),
      await refusal(container.items.upsert({ id: "1", pk: "a", n: 2 }, stale)),
      await refusal(item.patch([{ op: "incr", path: "/n", value: 1 }], stale)),
      await refusal(item.delete(stale)),
    ];
    assert.deepEqual(
      refused.map(({ status }) => status),
      [412, 412, 412, 412],
    );
    const { resource } = await item.read<{ n: number }>();
    assert.equal(resource?.n, 1);
    assert.equal((await item.delete(ifMatch(second.etag))).statusCode, 204);
  });

  test("A write with If-Match * goes through whenever the item exists", async () => {
    const container = await account.container();
    await container.items.create({ id: "1", pk: "a" });
    const { statusCode } = await container
      .item("1", "a")
      .replace({ id: "1", pk: "a", n: 1 }, ifMatch("*"));
    assert.equal(statusCode, 200);
    const missing = container.item("2", "a").replace({ id: "2", pk: "a" }, ifMatch("*"));
    assert.equal((await refusal(missing)).status, 404);
  });

  test("A read with If-None-Match of the current etag is 304 without a body", async () => {
    const container = await account.container();
    const { etag } = await container.items.create({ id: "1", pk: "a" });
    const accessCondition = { type: "IfNoneMatch", condition: etag };
    const unchanged = await container.item("1", "a").read({ accessCondition });
    assert.equal(unchanged.statusCode, 304);
    await container.item("1", "a").replace({ id: "1", pk: "a", n: 1 });
    const changed = await container.item("1", "a").read({ accessCondition });
    assert.equal(changed.statusCode, 200);
  });

  test("Of many writers with the same etag exactly one wins", async () => {
    const container = await account.container();
    const { etag } = await container.items.create({ id: "1", pk: "a", winner: -1 });
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, (_, winner) =>
        container.item("1", "a").replace({ id: "1", pk: "a", winner }, ifMatch(etag)),
      ),
    );
    const winners = outcomes.flatMap(({ status }, i) => (status === "fulfilled" ? [i] : []));
    assert.equal(winners.length, 1);
    const { resource } = await container.item("1", "a").read<{ winner: number }>();
    assert.equal(resource?.winner, winners[0]);
  });

  test("Of many creators of one id exactly one wins", async () => {
    const container = await account.container();
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, (_, n) => container.items.create({ id: "1", pk: "a", n })),
    );
    const winners = outcomes.flatMap(({ status }, i) => (status === "fulfilled" ? [i] : []));
    assert.equal(winners.length, 1);
    const { resource } = await container.item("1", "a").read<{ n: number }>();
    assert.equal(resource?.n, winners[0]);
  });

  test("An etag is never given twice, not even after deletion", async () => {
    const container = await account.container();
    const etags = new Set<string>();
    for (let round = 0; round < 5; round += 1) {
      etags.add((await container.items.create({ id: "1", pk: "a" })).etag);
      etags.add((await container.item("1", "a").replace({ id: "1", pk: "a" })).etag);
      await container.item("1", "a").delete();
    }
    assert.equal(etags.size, 10);
  });
});

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { emulatorOnly, refusal, startFrom, useAccount } from "./support.ts";

describe("Time to live", () => {
  const account = useAccount();

  test("must be -1 or a positive whole number", async () => {
    const container = await account.container({ defaultTtl: -1 });
    for (const ttl of [0, -2, 1.5, 2 ** 31]) {
      const refused = await refusal(container.items.create({ id: "1", pk: "a", ttl }));
      assert.equal(refused.status, 400);
    }
    assert.equal((await container.items.create({ id: "1", pk: "a", ttl: -1 })).statusCode, 201);
    assert.equal((await container.items.create({ id: "2", pk: "a", ttl: 5 })).statusCode, 201);
  });
});

describe("Time to live in an emulated account", { skip: emulatorOnly }, () => {
  const account = useAccount();

  test("hides an expired document from every kind of read at once", async () => {
    const container = await account.container({ defaultTtl: 60 });
    const { clock } = account.emulated;
    await container.items.create({ id: "default", pk: "a" });
    await container.items.create({ id: "long", pk: "a", ttl: 600 });
    await container.items.create({ id: "ever", pk: "a", ttl: -1 });
    const visible = async (): Promise<string[]> => {
      const options = { partitionKey: "a" };
      const query = container.items.query<string>("SELECT VALUE c.id FROM c", options);
      const { resources: queried } = await query.fetchAll();
      const feed = container.items.getChangeFeedIterator<{ id: string }>({
        changeFeedStartFrom: startFrom.Beginning("a"),
      });
      const fed = (await feed.readNext()).result.map(({ id }) => id);
      const read: string[] = [];
      for (const id of ["default", "long", "ever"]) {
        if ((await container.item(id, "a").read()).statusCode === 200) read.push(id);
      }
      assert.deepEqual(queried.toSorted(), read.toSorted());
      assert.deepEqual(fed.toSorted(), read.toSorted());
      return read;
    };
    clock.advance(58_000);
    assert.deepEqual(await visible(), ["default", "long", "ever"]);
    clock.advance(3_000);
    assert.deepEqual(await visible(), ["long", "ever"]);
    clock.advance(600_000);
    assert.deepEqual(await visible(), ["ever"]);
  });

  test("counts from the last write and frees the id when it ends", async () => {
    const container = await account.container({
      defaultTtl: 60,
      uniqueKeyPolicy: { uniqueKeys: [{ paths: ["/email"] }] },
    });
    const { clock } = account.emulated;
    await container.items.create({ id: "1", pk: "a", email: "x" });
    clock.advance(40_000);
    await container.item("1", "a").replace({ id: "1", pk: "a", email: "x" });
    clock.advance(40_000);
    assert.equal((await container.item("1", "a").read()).statusCode, 200);
    clock.advance(40_000);
    const gone = await refusal(container.item("1", "a").replace({ id: "1", pk: "a" }));
    assert.equal(gone.status, 404);
    assert.equal((await container.items.create({ id: "2", pk: "a", email: "x" })).statusCode, 201);
    assert.equal((await container.items.upsert({ id: "1", pk: "a", email: "y" })).statusCode, 201);
  });

  test("does nothing in a container that does not switch it on", async () => {
    const container = await account.container();
    await container.items.create({ id: "1", pk: "a", ttl: 5 });
    account.emulated.clock.advance(60_000);
    assert.equal((await container.item("1", "a").read()).statusCode, 200);
  });

  test("can be switched on later, also for documents that are there", async () => {
    const container = await account.container();
    await container.items.create({ id: "1", pk: "a" });
    account.emulated.clock.advance(60_000);
    const { resource } = await container.read();
    await container.replace({ id: container.id, ...resource, defaultTtl: 30 });
    assert.equal((await container.item("1", "a").read()).statusCode, 404);
  });
});

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { emulatorOnly, refusal, send, useAccount } from "./support.ts";

describe("Limits", () => {
  const account = useAccount();

  test("A document of more than 2 MB is 413", async () => {
    const container = await account.container();
    const most = "x".repeat(2 * 1024 * 1024 - 1024);
    assert.equal((await container.items.create({ id: "1", pk: "a", most })).statusCode, 201);
    const more = "x".repeat(2 * 1024 * 1024);
    assert.equal((await refusal(container.items.create({ id: "2", pk: "a", more }))).status, 413);
    const wide = "é".repeat(1024 * 1024);
    assert.equal((await refusal(container.items.create({ id: "3", pk: "a", wide }))).status, 413);
  });

  test("A batch of more than 2 MB is refused as a whole", async () => {
    const container = await account.container();
    const text = "x".repeat(800_000);
    const operations = ["1", "2", "3"].map((id) => ({
      operationType: "Create" as const,
      resourceBody: { id, pk: "a", text },
    }));
    await assert.rejects(container.items.batch(operations, "a"), /large|size/i);
    assert.equal((await container.item("1", "a").read()).statusCode, 404);
  });

  test("A page of a query holds about 4 MB, and the rest comes by continuation", async () => {
    const container = await account.container();
    const text = "x".repeat(1_000_000);
    for (let n = 0; n < 7; n += 1) await container.items.create({ id: String(n), pk: "a", text });
    const options = { partitionKey: "a", maxItemCount: 100 };
    const iterator = container.items.query<{ id: string }>("SELECT * FROM c", options);
    const sizes: number[] = [];
    while (iterator.hasMoreResults()) sizes.push((await iterator.fetchNext()).resources.length);
    assert.ok(sizes.every((size) => size <= 5));
    assert.equal(
      sizes.reduce((sum, size) => sum + size, 0),
      7,
    );
  });

  test("An id has at most 1023 bytes and no slash or backslash", async () => {
    const container = await account.container();
    const longest = "x".repeat(1023);
    assert.equal((await container.items.create({ id: longest, pk: "a" })).statusCode, 201);
    const { database } = account;
    // Not all of these get past the client's own checks.
    for (const id of ["x".repeat(1024), "é".repeat(512), "a\\b"]) {
      const refused = await refusal(database.container(container.id).items.create({ id, pk: "a" }));
      assert.ok(refused.status === 400 || refused.message.length > 0);
      const { resources } = await container.items
        .query({
          query: "SELECT * FROM c WHERE c.id = @id",
          parameters: [{ name: "@id", value: id }],
        })
        .fetchAll();
      assert.deepEqual(resources, []);
    }
  });

  test("A partition key value has at most 2048 bytes", async () => {
    const container = await account.container();
    const pk = "x".repeat(2048);
    assert.equal((await container.items.create({ id: "1", pk })).statusCode, 201);
    assert.equal((await refusal(container.items.create({ id: "1", pk: `${pk}x` }))).status, 400);
  });

  test("Documents nest at most 128 levels", async () => {
    const container = await account.container();
    const nested = (levels: number): object => {
      let value: object = {};
      for (let level = 1; level < levels; level += 1) value = { value };
      return { id: String(levels), pk: "a", value };
    };
    assert.equal((await container.items.create(nested(100))).statusCode, 201);
    assert.equal((await refusal(container.items.create(nested(200)))).status, 400);
  });

  test("A container has at most ten unique keys of sixteen paths", async () => {
    const paths = (count: number): string[] => Array.from({ length: count }, (_, n) => `/p${n}`);
    const keys = (count: number): { paths: string[] }[] =>
      Array.from({ length: count }, (_, n) => ({ paths: [`/k${n}`] }));
    const container = await account.container({ uniqueKeyPolicy: { uniqueKeys: keys(10) } });
    assert.ok(container.id);
    for (const uniqueKeys of [keys(11), [{ paths: paths(17) }]]) {
      const refused = await refusal(account.container({ uniqueKeyPolicy: { uniqueKeys } }));
      assert.equal(refused.status, 400);
    }
  });
});

describe("Limits that clients keep by themselves", { skip: emulatorOnly }, () => {
  const account = useAccount();

  test("A batch of 101 operations is 400 for a client that sends it", async () => {
    const container = await account.container();
    const operations = Array.from({ length: 101 }, (_, n) => ({
      operationType: "Create",
      resourceBody: { id: String(n), pk: "a" },
    }));
    const link = `dbs/${account.database.id}/colls/${container.id}`;
    const answer = await send(account.emulated, {
      method: "POST",
      path: `${link}/docs`,
      headers: {
        "x-ms-cosmos-is-batch-request": "true",
        "x-ms-cosmos-batch-atomic": "true",
        "x-ms-documentdb-partitionkey": '["a"]',
      },
      body: JSON.stringify(operations),
    });
    assert.equal(answer.status, 400);
    assert.match(answer.body, /at most 100 operations/);
  });
});

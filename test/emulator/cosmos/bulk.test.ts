import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { OperationInput } from "@azure/cosmos";
import { bulk, useAccount } from "./support.ts";

describe("Bulk operations", () => {
  const account = useAccount();

  test("go to the ranges of their partition keys and are answered in the order asked", async () => {
    const container = await account.container();
    const operations: OperationInput[] = Array.from({ length: 60 }, (_, n) => ({
      operationType: "Create",
      resourceBody: { id: String(n), pk: `key-${n}`, n },
    }));
    const results = await bulk(container, operations);
    assert.ok(results.every(({ statusCode }) => statusCode === 201));
    assert.deepEqual(
      results.map(({ resourceBody }) => resourceBody?.["n"] as number),
      operations.map((_, n) => n),
    );
    assert.equal((await container.item("42", "key-42").read<{ n: number }>()).resource?.n, 42);
  });

  test("stand alone: a refused one leaves the others done", async () => {
    const container = await account.container();
    await container.items.create({ id: "taken", pk: "a" });
    const results = await bulk(container, [
      { operationType: "Create", resourceBody: { id: "1", pk: "a" } },
      { operationType: "Create", resourceBody: { id: "taken", pk: "a" } },
      {
        operationType: "Replace",
        id: "none",
        partitionKey: "a",
        resourceBody: { id: "none", pk: "a" },
      },
      { operationType: "Upsert", resourceBody: { id: "2", pk: "b" } },
      { operationType: "Read", id: "1", partitionKey: "a" },
      { operationType: "Delete", id: "taken", partitionKey: "a" },
    ]);
    assert.deepEqual(
      results.map(({ statusCode }) => statusCode),
      [201, 409, 404, 201, 200, 204],
    );
  });

  test("check If-Match one by one", async () => {
    const container = await account.container();
    const { etag } = await container.items.create({ id: "1", pk: "a" });
    const replace = (ifMatch: string): OperationInput => ({
      operationType: "Replace",
      id: "1",
      partitionKey: "a",
      ifMatch,
      resourceBody: { id: "1", pk: "a", n: 1 },
    });
    const results = await bulk(container, [replace('"another"'), replace(etag)]);
    assert.deepEqual(
      results.map(({ statusCode }) => statusCode),
      [412, 200],
    );
  });

  test("patch items", async () => {
    const container = await account.container();
    await container.items.create({ id: "1", pk: "a", n: 1 });
    const [result] = await bulk(container, [
      {
        operationType: "Patch",
        id: "1",
        partitionKey: "a",
        resourceBody: { operations: [{ op: "incr", path: "/n", value: 1 }] },
      },
    ]);
    assert.equal(result?.resourceBody?.["n"], 2);
  });

  test("stop at the first refusal if the client does not want to continue", async () => {
    const container = await account.container();
    await container.items.create({ id: "taken", pk: "a" });
    const results = await bulk(
      container,
      [
        { operationType: "Create", resourceBody: { id: "1", pk: "a" } },
        { operationType: "Create", resourceBody: { id: "taken", pk: "a" } },
        { operationType: "Create", resourceBody: { id: "2", pk: "a" } },
      ],
      { continueOnError: false },
    );
    assert.deepEqual(
      results.map(({ statusCode }) => statusCode),
      [201, 409, 424],
    );
  });

  test("are retried and split by the newer client function as well", async () => {
    const container = await account.container();
    const results = await container.items.executeBulkOperations(
      ["1", "2", "3"].map((id) => ({
        operationType: "Create",
        partitionKey: `key-${id}`,
        resourceBody: { id, pk: `key-${id}` },
      })),
    );
    assert.deepEqual(
      results.map(({ response }) => response?.statusCode),
      [201, 201, 201],
    );
  });

  test("work for the old hashing and for hierarchical keys as well", async () => {
    const old = await account.container({ partitionKey: { paths: ["/pk"] } });
    const keys: readonly unknown[] = ["text", "", 5, -1.5, true, null, "é".repeat(120)];
    const results = await bulk(
      old,
      keys.map((pk, n) => ({
        operationType: "Create",
        resourceBody: { id: String(n), pk: pk as string },
      })),
    );
    assert.deepEqual(
      results.map(({ statusCode }) => statusCode),
      keys.map(() => 201),
    );
    const tenants = await account.container({
      partitionKey: { paths: ["/tenant", "/user"], kind: "MultiHash", version: 2 } as never,
    });
    const [created] = await bulk(tenants, [
      { operationType: "Create", resourceBody: { id: "1", tenant: "T1", user: "U1" } },
    ]);
    assert.equal(created?.statusCode, 201);
    assert.equal((await tenants.item("1", ["T1", "U1"]).read()).statusCode, 200);
  });
});

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { OperationInput } from "@azure/cosmos";
import { emulatorOnly, refusal, useAccount } from "./support.ts";

const statuses = (result: readonly { statusCode: number }[] | undefined): number[] =>
  (result ?? []).map(({ statusCode }) => statusCode);

describe("A transactional batch", () => {
  const account = useAccount();

  test("does all of its operations in order and answers each", async () => {
    const container = await account.container();
    await container.items.create({ id: "old", pk: "a", n: 1 });
    await container.items.create({ id: "doomed", pk: "a" });
    const { code, result } = await container.items.batch(
      [
        { operationType: "Create", resourceBody: { id: "new", pk: "a", n: 1 } },
        { operationType: "Upsert", resourceBody: { id: "new", pk: "a", n: 2 } },
        { operationType: "Read", id: "new" },
        { operationType: "Replace", id: "old", resourceBody: { id: "old", pk: "a", n: 5 } },
        {
          operationType: "Patch",
          id: "old",
          resourceBody: { operations: [{ op: "incr", path: "/n", value: 1 }] },
        },
        { operationType: "Delete", id: "doomed" },
      ],
      "a",
    );
    assert.equal(code, 200);
    assert.deepEqual(statuses(result), [201, 200, 200, 200, 200, 204]);
    assert.equal(result?.[2]?.resourceBody?.["n"], 2);
    assert.equal(result[4]?.resourceBody?.["n"], 6);
    assert.ok(Number(result[0]?.requestCharge) > 0);
    assert.equal((await container.item("old", "a").read<{ n: number }>()).resource?.n, 6);
    assert.equal((await container.item("doomed", "a").read()).statusCode, 404);
  });

  test("undoes everything if one operation is refused, and names the guilty one", async () => {
    const container = await account.container();
    await container.items.create({ id: "taken", pk: "a", n: 1 });
    const { code, result } = await container.items.batch(
      [
        { operationType: "Create", resourceBody: { id: "first", pk: "a" } },
        { operationType: "Replace", id: "taken", resourceBody: { id: "taken", pk: "a", n: 2 } },
        { operationType: "Create", resourceBody: { id: "taken", pk: "a" } },
        { operationType: "Create", resourceBody: { id: "last", pk: "a" } },
      ],
      "a",
    );
    assert.equal(code, 207);
    assert.deepEqual(statuses(result), [424, 424, 409, 424]);
    assert.equal((await container.item("first", "a").read()).statusCode, 404);
    assert.equal((await container.item("taken", "a").read<{ n: number }>()).resource?.n, 1);
    const { resources } = await container.items
      .query("SELECT VALUE c.n FROM c WHERE c.n = 2", { partitionKey: "a" })
      .fetchAll();
    assert.deepEqual(resources, []);
  });

  test("checks If-Match of each operation", async () => {
    const container = await account.container();
    const { etag } = await container.items.create({ id: "1", pk: "a", n: 1 });
    const operations = (ifMatch: string): OperationInput[] => [
      { operationType: "Create", resourceBody: { id: "2", pk: "a" } },
      { operationType: "Replace", id: "1", ifMatch, resourceBody: { id: "1", pk: "a", n: 2 } },
    ];
    const refused = await container.items.batch(operations('"another"'), "a");
    assert.deepEqual(statuses(refused.result), [424, 412]);
    const done = await container.items.batch(operations(etag), "a");
    assert.deepEqual(statuses(done.result), [201, 200]);
  });

  test("refuses operations of another partition key as a whole", async () => {
    const container = await account.container();
    const mixed: OperationInput[] = [
      { operationType: "Create", resourceBody: { id: "1", pk: "a" } },
      { operationType: "Create", resourceBody: { id: "2", pk: "b" } },
    ];
    const { code, result } = await container.items.batch(mixed, "a");
    assert.equal(code, 207);
    assert.deepEqual(statuses(result), [424, 400]);
    const declared: OperationInput[] = [
      { operationType: "Create", partitionKey: '["b"]', resourceBody: { id: "1", pk: "b" } },
    ];
    await assert.rejects(container.items.batch(declared, "a"), /different partition key value/);
    assert.equal((await container.item("1", "a").read()).statusCode, 404);
  });

  test("answers without bodies if the client does not want them", async () => {
    const container = await account.container();
    const { result } = await container.items.batch(
      [{ operationType: "Create", resourceBody: { id: "1", pk: "a" } }],
      "a",
      { contentResponseOnWriteEnabled: false },
    );
    assert.equal(result?.[0]?.statusCode, 201);
    assert.equal(result[0].resourceBody, undefined);
    assert.ok(result[0].eTag);
  });

  test("serializes with others: concurrent counters lose no increment", async () => {
    const container = await account.container();
    await container.items.create({ id: "counter", pk: "a", n: 0 });
    await Promise.all(
      Array.from({ length: 25 }, (_, n) =>
        container.items.batch(
          [
            {
              operationType: "Patch",
              id: "counter",
              resourceBody: { operations: [{ op: "incr", path: "/n", value: 1 }] },
            },
            { operationType: "Create", resourceBody: { id: `entry-${n}`, pk: "a" } },
          ],
          "a",
        ),
      ),
    );
    const { resource } = await container.item("counter", "a").read<{ n: number }>();
    assert.equal(resource?.n, 25);
  });

  test("charges the sum of its operations", { skip: emulatorOnly }, async () => {
    const container = await account.container();
    const { result, headers } = await container.items.batch(
      [
        { operationType: "Create", resourceBody: { id: "1", pk: "a" } },
        { operationType: "Create", resourceBody: { id: "2", pk: "a" } },
      ],
      "a",
    );
    const sum = (result ?? []).reduce((total, { requestCharge }) => total + requestCharge, 0);
    assert.equal(Number((headers as Record<string, string>)["x-ms-request-charge"]), sum);
  });

  test("of more than 100 operations is refused by the service too", async () => {
    const container = await account.container();
    const operations = Array.from({ length: 101 }, (_, n) => ({
      operationType: "Create" as const,
      resourceBody: { id: String(n), pk: "a" },
    }));
    const refused = await refusal(container.items.batch(operations, "a"));
    assert.match(refused.message, /100|batch/i);
    assert.equal((await container.item("0", "a").read()).statusCode, 404);
  });
});

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Container } from "@azure/cosmos";
import { bulk, connect, emulatorOnly, refusal, useAccount } from "./support.ts";

describe("Provisioned throughput", () => {
  const account = useAccount();

  test("can be read and changed", async () => {
    const container = await account.container({ throughput: 400 });
    const { resource, offer } = await container.readOffer();
    assert.equal(resource?.content?.offerThroughput, 400);
    const content = { ...resource.content, offerThroughput: 500 };
    await offer.replace({ ...resource, content });
    assert.equal((await container.readOffer()).resource?.content?.offerThroughput, 500);
  });

  test("must be at least 400 in steps of 100, autoscale at least 1000 in steps of 1000", async () => {
    for (const throughput of [300, 450]) {
      assert.equal((await refusal(account.container({ throughput }))).status, 400);
    }
    assert.equal((await refusal(account.container({ maxThroughput: 1500 }))).status, 400);
    const container = await account.container({ maxThroughput: 1000 });
    const { resource } = await container.readOffer();
    assert.equal(resource?.content?.offerAutopilotSettings?.maxThroughput, 1000);
  });
});

describe("Throttling in an emulated account", { skip: emulatorOnly }, () => {
  const account = useAccount({ partitionCount: 2 });

  /** A client that shows every 429 instead of trying again. */
  const impatient = (container: Container): Container =>
    connect(account.emulated.endpoint, {
      connectionPolicy: { retryOptions: { maxRetryAttemptCount: 0 } },
    })
      .database(account.database.id)
      .container(container.id);

  const fill = async (container: Container, pk: string): Promise<number> => {
    for (let n = 0; n < 1000; n += 1) {
      const { statusCode } = await container.items
        .create({ id: `${pk}-${n}`, pk })
        .catch((error: unknown) => ({ statusCode: (error as { code: number }).code }));
      if (statusCode === 429) return n;
    }
    throw new Error("was never throttled");
  };

  test("answers 429 with the time to wait once a range has used up its share", async () => {
    const container = impatient(await account.container({ throughput: 400 }));
    const done = await fill(container, "a");
    // Half of 400 RU/s, at a little more than 5 RU for each, and what refills meanwhile.
    assert.ok(done >= 35, `${done} writes went through`);
  });

  test("names the time to wait, after which the range serves again", async () => {
    const container = impatient(await account.container({ throughput: 400 }));
    const text = "x".repeat(1_000_000);
    await container.items.create({ id: "dear", pk: "a", text });
    const refused = await refusal(container.item("dear", "a").read());
    assert.equal(refused.status, 429);
    assert.equal(refused.substatus, 3200);
    const retryAfterMs = Number(refused.headers["x-ms-retry-after-ms"]);
    assert.ok(retryAfterMs > 0);
    account.emulated.clock.advance(retryAfterMs);
    assert.equal((await container.item("dear", "a").read()).statusCode, 200);
  });

  test("leaves the other ranges alone", async () => {
    const container = impatient(await account.container({ throughput: 400 }));
    const rangeOf = async (pk: string): Promise<unknown> => {
      const { headers } = await container.item("none", pk).read();
      return (headers as Record<string, string>)["x-ms-documentdb-partitionkeyrangeid"];
    };
    const keys = Array.from({ length: 20 }, (_, n) => `key-${n}`);
    const text = "x".repeat(1_000_000);
    await container.items.create({ id: "dear", pk: "key-0", text });
    const outcomes = new Set<string>();
    for (const pk of keys) {
      const outcome = await rangeOf(pk).then(
        () => "served",
        () => "throttled",
      );
      outcomes.add(outcome);
    }
    assert.deepEqual([...outcomes].toSorted(), ["served", "throttled"]);
  });

  test("gives each throttled operation of a bulk its own status", async () => {
    const container = impatient(await account.container({ throughput: 400 }));
    const text = "x".repeat(100_000);
    const results = await bulk(container, [
      { operationType: "Create", resourceBody: { id: "1", pk: "a", text } },
      { operationType: "Create", resourceBody: { id: "2", pk: "a", text } },
      ...Array.from({ length: 40 }, (_, n) => ({
        operationType: "Create" as const,
        resourceBody: { id: `more-${n}`, pk: "a" },
      })),
    ]);
    const statuses = results.map(({ statusCode }) => statusCode);
    assert.equal(statuses[0], 201);
    assert.equal(statuses.at(-1), 429);
  });

  test("is waited out by a client with its usual retries", async () => {
    const container = await account.container({ throughput: 400 });
    for (let n = 0; n < 75; n += 1) await container.items.create({ id: String(n), pk: "a" });
    const query = container.items.query("SELECT VALUE COUNT(1) FROM c", { partitionKey: "a" });
    assert.deepEqual((await query.fetchAll()).resources, [75]);
  });

  test("does not happen in a container without provisioned throughput", async () => {
    const container = impatient(await account.container());
    const text = "x".repeat(1_000_000);
    for (const id of ["1", "2", "3"]) await container.items.create({ id, pk: "a", text });
    assert.equal((await container.item("3", "a").read()).statusCode, 200);
  });
});

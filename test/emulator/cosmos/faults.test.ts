import assert from "node:assert/strict";
import { afterEach, describe, test } from "node:test";
import type { Container } from "@azure/cosmos";
import { bulk, connect, emulatorOnly, refusal, startFrom, useAccount } from "./support.ts";

describe("Faults", { skip: emulatorOnly }, () => {
  const account = useAccount();
  const faults = (): typeof account.emulated.cosmos.faults => account.emulated.cosmos.faults;
  afterEach(() => {
    faults().clear();
  });

  const impatient = (container: Container): Container =>
    connect(account.emulated.endpoint, {
      connectionPolicy: { retryOptions: { maxRetryAttemptCount: 0 } },
    })
      .database(account.database.id)
      .container(container.id);

  test("answer a status of their own, as often as told, and only to what they match", async () => {
    const container = await account.container();
    await container.items.create({ id: "1", pk: "a" });
    faults().set({
      match: { operation: "replace", container: container.id, partitionKey: "a", documentId: "1" },
      effect: { kind: "status", status: 449 },
      times: 2,
    });
    const replace = (): Promise<unknown> => container.item("1", "a").replace({ id: "1", pk: "a" });
    assert.equal((await refusal(replace())).status, 449);
    assert.equal((await container.item("1", "a").read()).statusCode, 200);
    assert.equal((await container.items.upsert({ id: "1", pk: "b" })).statusCode, 201);
    assert.equal((await refusal(replace())).status, 449);
    await replace();
    assert.equal(faults().list()[0]?.hits, 2);
  });

  test("answer 429 that clients wait out", async () => {
    const container = await account.container();
    faults().set({
      match: { operation: "create" },
      effect: { kind: "status", status: 429, substatus: 3200, retryAfterMs: 1 },
      times: 3,
    });
    assert.equal((await container.items.create({ id: "1", pk: "a" })).statusCode, 201);
    assert.equal(faults().list()[0]?.hits, 3);
    faults().clear();
    faults().set({
      match: { operation: "create" },
      effect: { kind: "status", status: 429, substatus: 3200, retryAfterMs: 7 },
    });
    const refused = await refusal(impatient(container).items.create({ id: "2", pk: "a" }));
    assert.equal(refused.status, 429);
    assert.equal(refused.headers["x-ms-retry-after-ms"], "7");
  });

  test("lose the reply of a write that was done", async () => {
    const container = await account.container();
    faults().set({ match: { operation: "create" }, effect: { kind: "drop_reply" }, times: 1 });
    const lost = container.items.create({ id: "1", pk: "a" });
    await assert.rejects(lost, /socket hang up|ECONNRESET/);
    assert.equal((await container.item("1", "a").read()).statusCode, 200);
  });

  test("hit one operation of a bulk and spare the others", async () => {
    const container = await account.container();
    faults().set({
      match: { operation: "create", documentId: "2" },
      effect: { kind: "status", status: 503 },
    });
    const results = await bulk(
      container,
      ["1", "2", "3"].map((id) => ({ operationType: "Create", resourceBody: { id, pk: "a" } })),
    );
    assert.deepEqual(
      results.map(({ statusCode }) => statusCode),
      [201, 503, 201],
    );
    assert.equal((await container.item("2", "a").read()).statusCode, 404);
  });

  test("hit one operation of a batch and so undo it", async () => {
    const container = await account.container();
    faults().set({ match: { documentId: "2" }, effect: { kind: "status", status: 429 } });
    const { code, result } = await container.items.batch(
      ["1", "2"].map((id) => ({ operationType: "Create", resourceBody: { id, pk: "a" } })),
      "a",
    );
    assert.equal(code, 207);
    assert.deepEqual(
      result?.map(({ statusCode }) => statusCode),
      [424, 429],
    );
    assert.equal((await container.item("1", "a").read()).statusCode, 404);
  });

  test("hit a batch as a whole, queries and feeds", async () => {
    const container = impatient(await account.container());
    for (const operation of ["batch", "query", "feed"] as const) {
      faults().set({ match: { operation }, effect: { kind: "status", status: 503 } });
    }
    const operations = [{ operationType: "Create", resourceBody: { id: "1", pk: "a" } }] as const;
    await assert.rejects(container.items.batch([...operations], "a"), /fault rule/);
    const query = container.items.query("SELECT * FROM c", { partitionKey: "a" });
    assert.equal((await refusal(query.fetchAll())).status, 503);
    const feed = container.items.getChangeFeedIterator({
      changeFeedStartFrom: startFrom.Beginning("a"),
    });
    assert.equal((await refusal(feed.readNext())).status, 503);
  });

  test("delay an operation by the account's clock", async () => {
    const container = await account.container();
    faults().set({ match: { operation: "read" }, effect: { kind: "delay", ms: 3_600_000 } });
    let answered = false;
    const read = container
      .item("1", "a")
      .read()
      .then(() => {
        answered = true;
      });
    while (faults().list()[0]?.hits !== 1) await container.items.upsert({ id: "1", pk: "a" });
    assert.equal(answered, false);
    account.emulated.clock.advance(3_600_000);
    await read;
    assert.equal(answered, true);
  });

  test("strike by chance in the same sequence for the same seed", async () => {
    const container = await account.container();
    const sequence = async (seed: number): Promise<number[]> => {
      faults().clear();
      faults().set({
        match: { operation: "upsert" },
        effect: { kind: "status", status: 449 },
        probability: 0.5,
        seed,
      });
      const statuses: number[] = [];
      for (let n = 0; n < 20; n += 1) {
        const { statusCode } = await container.items
          .upsert({ id: "1", pk: "a" })
          .catch((error: unknown) => ({ statusCode: (error as { code: number }).code }));
        statuses.push(statusCode === 449 ? 1 : 0);
      }
      return statuses;
    };
    const first = await sequence(7);
    assert.deepEqual(await sequence(7), first);
    assert.notDeepEqual(await sequence(8), first);
    const struck = first.filter((hit) => hit === 1).length;
    assert.ok(struck > 3 && struck < 17);
  });

  test("are listed, replaced by id, cleared one by one, and refused when malformed", () => {
    const match = { operation: "read" } as const;
    assert.equal(faults().set({ id: "one", match, effect: { kind: "drop_reply" } }), "one");
    const second = faults().set({ match, effect: { kind: "delay", ms: 1 } });
    faults().set({ id: "one", match, effect: { kind: "delay", ms: 2 } });
    assert.deepEqual(
      faults()
        .list()
        .map(({ id, effect }) => [id, effect]),
      [
        ["one", { kind: "delay", ms: 2 }],
        [second, { kind: "delay", ms: 1 }],
      ],
    );
    faults().clear("one");
    assert.deepEqual(
      faults()
        .list()
        .map(({ id }) => id),
      [second],
    );
    const malformed = [
      {},
      { match: { operation: "fly" }, effect: { kind: "drop_reply" } },
      { match, effect: { kind: "explode" } },
      { match, effect: { kind: "status", status: 200 } },
      { match, effect: { kind: "drop_reply" }, times: 0 },
      { match, effect: { kind: "drop_reply" }, probability: 2 },
    ];
    for (const rule of malformed) assert.throws(() => faults().set(rule as never), TypeError);
  });
});

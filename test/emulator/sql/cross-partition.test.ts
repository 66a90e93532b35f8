import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { type Container, CosmosClient, type FeedOptions } from "@azure/cosmos";
import { listenCosmos, openCosmos } from "../../../emulator/cosmos/index.ts";
import type { JsonObject, JsonValue } from "../../../emulator/cosmos/sql/index.ts";
import type { WireHandler } from "../../../emulator/shared/wire.ts";
import { createClock } from "../../../emulator/shared/clock.ts";
import { runQuery } from "./run-query.ts";

const key = Buffer.from("a key for tests only").toString("base64");

const orders: readonly JsonObject[] = Array.from({ length: 40 }, (_, index) => ({
  id: `order-${index}`,
  customer: `customer-${index % 9}`,
  number: (index * 17) % 40,
  city: ["Oslo", "Rome", "Bern"][index % 3] ?? "",
  amount: index % 7,
  tags: index % 2 === 0 ? ["new", `t${index % 4}`] : [],
  ...(index % 5 === 0 && { note: `note ${index}` }),
}));

/** The official SDK against a container of four partitions; the SDK merges their answers. */
describe("A query over four partitions through the SDK", () => {
  let container: Container;
  let stop: () => Promise<void>;
  const askedRanges: string[] = [];

  before(async () => {
    const cosmos = openCosmos({ file: ":memory:", key, clock: createClock(), partitionCount: 4 });
    const handle: WireHandler = (request) => {
      const range = request.headers["x-ms-documentdb-partitionkeyrangeid"];
      if (range !== undefined) askedRanges.push(range);
      return cosmos.handle(request);
    };
    const server = await listenCosmos({ handle }, { port: 0 });
    const client = new CosmosClient({ endpoint: server.url, key });
    stop = async () => {
      client.dispose();
      await server.close();
      await cosmos.close();
    };
    const { database } = await client.databases.create({ id: "shop" });
    const partitionKey = { paths: ["/customer"], version: 2 };
    ({ container } = await database.containers.create({ id: "orders", partitionKey }));
    for (const order of orders) await container.items.create(order);
  });

  after(() => stop());

  const query = async (text: string, options: FeedOptions = {}): Promise<JsonValue[]> => {
    const { resources } = await container.items.query<JsonValue>(text, options).fetchAll();
    return resources;
  };

  const inOrder = [
    ["ORDER BY", "SELECT c.id, c.number FROM c ORDER BY c.number"],
    [
      "ORDER BY DESC with TOP",
      "SELECT TOP 7 VALUE c.number FROM c WHERE c.amount > 1 ORDER BY c.number DESC",
    ],
    [
      "ORDER BY with OFFSET and LIMIT",
      "SELECT VALUE c.id FROM c ORDER BY c.number OFFSET 5 LIMIT 10",
    ],
    [
      "ORDER BY of results that only some documents have",
      "SELECT VALUE c.note FROM c ORDER BY c.number",
    ],
    [
      "ORDER BY with JOIN",
      "SELECT c.id, t FROM c JOIN t IN c.tags WHERE t != 'new' ORDER BY c.number",
    ],
    ["DISTINCT in order", "SELECT DISTINCT VALUE c.city FROM c ORDER BY c.city"],
    ["COUNT", "SELECT VALUE COUNT(1) FROM c"],
    ["COUNT of a condition", "SELECT VALUE COUNT(1) FROM c WHERE ARRAY_CONTAINS(c.tags, 't2')"],
    [
      "SUM and AVG",
      "SELECT SUM(c.amount) AS total, AVG(c.amount) AS mean, COUNT(c.note) AS notes FROM c",
    ],
    ["MIN and MAX", "SELECT MIN(c.number) AS low, MAX(c.id) AS high FROM c"],
    ["MAX alone", "SELECT VALUE MAX(c.number) FROM c WHERE c.city = 'Rome'"],
    ["AVG of nothing", "SELECT VALUE AVG(c.nothing) FROM c"],
  ] as const;
  for (const [what, text] of inOrder) {
    it(`gives the whole for ${what}`, async () => {
      assert.deepEqual(await query(text), runQuery(text, orders));
    });
  }

  const inAnyOrder = [
    [
      "GROUP BY",
      "SELECT c.city, COUNT(1) AS n, SUM(c.amount) AS s, MIN(c.id) AS first FROM c GROUP BY c.city",
    ],
    [
      "GROUP BY two keys",
      "SELECT c.city, c.amount, AVG(c.number) AS mean FROM c GROUP BY c.city, c.amount",
    ],
    ["GROUP BY of values", "SELECT VALUE COUNT(1) FROM c GROUP BY c.city"],
    ["GROUP BY joined items", "SELECT t AS tag, COUNT(1) AS n FROM c JOIN t IN c.tags GROUP BY t"],
    ["DISTINCT", "SELECT DISTINCT c.city, c.amount FROM c"],
    ["DISTINCT values", "SELECT DISTINCT VALUE t FROM t IN c.tags"],
    ["no merging", "SELECT VALUE c.id FROM c WHERE c.city = 'Bern' AND NOT IS_DEFINED(c.note)"],
  ] as const;
  for (const [what, text] of inAnyOrder) {
    it(`gives the whole for ${what}`, async () => {
      const results = (await query(text)).map((result) => JSON.stringify(result));
      const whole = runQuery(text, orders).map((result) => JSON.stringify(result));
      assert.deepEqual(results.sort(), whole.sort());
    });
  }

  it("asks each partition once for a small result", async () => {
    askedRanges.length = 0;
    await query("SELECT VALUE COUNT(1) FROM c");
    assert.equal(askedRanges.length, 4);
    assert.equal(new Set(askedRanges).size, 4);
  });

  it("counts TOP over all partitions", async () => {
    assert.equal((await query("SELECT TOP 11 * FROM c")).length, 11);
  });

  it("takes parameters into the rewritten query", async () => {
    const spec = {
      query: "SELECT TOP @n VALUE c.number FROM c WHERE c.city = @city ORDER BY c.number",
      parameters: [
        { name: "@n", value: 3 },
        { name: "@city", value: "Oslo" },
      ],
    };
    const { resources } = await container.items.query<number>(spec).fetchAll();
    assert.deepEqual(resources, runQuery(spec.query, orders, { n: 3, city: "Oslo" }));
  });

  it("resumes an ordered query from the continuation of each page", async () => {
    const text = "SELECT VALUE c.number FROM c ORDER BY c.number DESC";
    const results: number[] = [];
    let continuation = {};
    let pages = 0;
    do {
      const options = { maxItemCount: 6, enableQueryControl: true, ...continuation };
      const page = await container.items.query<number>(text, options).fetchNext();
      const { resources, continuationToken } = page;
      results.push(...resources);
      continuation = continuationToken ? { continuationToken } : {};
      pages += 1;
    } while ("continuationToken" in continuation);
    assert.deepEqual(results, runQuery(text, orders));
    assert.ok(pages > 1);
  });

  it("says what is wrong with a query that has no plan", async () => {
    await assert.rejects(query("SELECT MAX(c.number) / 2 AS half FROM c"), {
      code: 400,
      message: /can not be merged over partitions/,
    });
    await assert.rejects(query("SELECT * FORM c"), {
      code: 400,
      message: /found "FORM" at line 1/,
    });
  });
});

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { filled, inA, run } from "./query-support.ts";
import { emulatorOnly, refusal, useAccount } from "./support.ts";

describe("Ordering by a property", () => {
  const account = useAccount();

  test("puts documents without it first going up and last going down, paged or not", async () => {
    const container = await filled(await account.container());
    const query = (direction: string): string =>
      `SELECT VALUE {n: c.n, rank: c.rank} FROM c ORDER BY c.rank ${direction}`;
    const ranks = async (direction: string, maxItemCount: number): Promise<unknown[]> =>
      (await run(container, query(direction), { ...inA, maxItemCount })).results.map(
        (item) => (item as { rank?: number }).rank ?? "none",
      );
    const up = ["none", "none", 82, 84, 86, 88, 92, 94, 96, 98];
    for (const size of [2, 3, 100]) {
      assert.deepEqual(await ranks("ASC", size), up);
      assert.deepEqual(await ranks("DESC", size), up.toReversed());
    }
  });

  test("orders values of all types as the query language does", async () => {
    const container = await account.container();
    const values = [
      null,
      false,
      true,
      -1.5,
      0,
      7,
      "",
      "A",
      "a",
      "é",
      "\ue000",
      "😀",
      [1],
      { x: 1 },
    ];
    for (const [index, value] of values.toReversed().entries()) {
      await container.items.create({ id: String(index), pk: "a", v: value as string });
    }
    const { results } = await run(container, "SELECT VALUE c.v FROM c ORDER BY c.v", inA);
    const scalars = results.filter((value) => value === null || typeof value !== "object");
    assert.deepEqual(scalars, [null, false, true, -1.5, 0, 7, "", "A", "a", "é", "😀", "\ue000"]);
  });

  test("needs an index on the path", async () => {
    const container = await account.container({
      indexingPolicy: {
        indexingMode: "consistent",
        includedPaths: [{ path: "/n/?" }],
        excludedPaths: [{ path: "/*" }],
        compositeIndexes: [
          [
            { path: "/team", order: "ascending" },
            { path: "/n", order: "descending" },
          ],
        ],
      },
    });
    await filled(container);
    const ok = await run(container, "SELECT VALUE c.n FROM c WHERE c.n < 5 ORDER BY c.n", inA);
    assert.deepEqual(ok.results, [0, 2, 4]);
    const unindexed = await refusal(run(container, "SELECT * FROM c ORDER BY c.rank", inA));
    assert.equal(unindexed.status, 400);
    assert.match(unindexed.message, /range index/);
    const several = await refusal(run(container, "SELECT * FROM c ORDER BY c.n, c.team", inA));
    assert.equal(several.status, 400);
    assert.match(several.message, /composite index/);
    const served = await run(
      container,
      "SELECT VALUE c.n FROM c WHERE c.team < 2 ORDER BY c.team, c.n DESC",
      inA,
    );
    assert.deepEqual(served.results, [18, 12, 6, 0, 16, 10, 4]);
  });
});

describe("Indexed reads of an emulated account", { skip: emulatorOnly }, () => {
  const account = useAccount();

  const policies = {
    default: undefined,
    none: { indexingMode: "none", automatic: false } as const,
    paths: {
      indexingMode: "consistent",
      includedPaths: [{ path: "/n/?" }, { path: "/tags/[]/?" }, { path: "/deep/*" }],
      excludedPaths: [{ path: "/*" }, { path: "/deep/not/?" }],
    } as const,
  };

  test("give the same results under every indexing policy", async () => {
    const queries = [
      "SELECT VALUE c.n FROM c WHERE c.n = 8",
      "SELECT VALUE c.n FROM c WHERE c.n > 8",
      "SELECT VALUE c.n FROM c WHERE c.n <= 8 AND c.n > 2",
      "SELECT VALUE c.n FROM c WHERE c.id = '08'",
      "SELECT VALUE c.n FROM c WHERE ARRAY_CONTAINS(c.tags, 'tag-2')",
      "SELECT VALUE c.n FROM c WHERE c.team = 1 AND c.n > 3",
      "SELECT VALUE c.n FROM c WHERE c.rank = 98 OR c.n = 4",
      "SELECT VALUE c.n FROM c WHERE c.n = 'text'",
    ];
    const outcomes: unknown[][] = [];
    for (const indexingPolicy of Object.values(policies)) {
      const container = await filled(
        await account.container(indexingPolicy && { indexingPolicy: indexingPolicy as never }),
      );
      const results: unknown[] = [];
      for (const query of queries) {
        const { results: found } = await run(container, query, inA);
        results.push(found.toSorted((a, b) => Number(a) - Number(b)));
      }
      outcomes.push(results);
    }
    const [first] = outcomes;
    assert.deepEqual(first?.[0], [8]);
    assert.deepEqual(first[4], [2, 6, 10, 14, 18]);
    for (const outcome of outcomes) assert.deepEqual(outcome, first);
  });

  test("load only the documents they need", async () => {
    const container = await account.container();
    const operations = Array.from({ length: 100 }, (_, n) => ({
      operationType: "Create" as const,
      resourceBody: { id: String(n), pk: "a", n, commandIds: [`command-${n}`], kind: "same" },
    }));
    await container.items.batch(operations, "a");
    const charge = async (query: string): Promise<number> => {
      const { charges } = await run(container, query, inA);
      return charges.reduce((sum, units) => sum + units, 0);
    };
    assert.ok((await charge("SELECT TOP 1 * FROM c ORDER BY c.n DESC")) < 4);
    assert.ok(
      (await charge("SELECT * FROM c WHERE ARRAY_CONTAINS(c.commandIds, 'command-7')")) < 4,
    );
    const either =
      "ARRAY_CONTAINS(c.commandIds, 'command-7') OR ARRAY_CONTAINS(c.commandIds, 'none')";
    assert.ok((await charge(`SELECT * FROM c WHERE ${either}`)) < 5);
    assert.ok((await charge("SELECT * FROM c WHERE c.kind = 'same' AND c.n = 5")) < 4);
    assert.ok((await charge("SELECT * FROM c WHERE c.n > 97")) < 5);
    assert.ok((await charge("SELECT * FROM c")) > 100);
  });

  test("follow documents through replacement, deletion and a change of the policy", async () => {
    const container = await account.container();
    await container.items.create({ id: "1", pk: "a", color: "red", sizes: [1, 2] });
    await container.items.create({ id: "2", pk: "a", color: "red", sizes: [2, 3] });
    const find = async (condition: string): Promise<unknown[]> =>
      (await run(container, `SELECT VALUE c.id FROM c WHERE ${condition}`, inA)).results;
    await container.item("1", "a").replace({ id: "1", pk: "a", color: "blue", sizes: [3] });
    assert.deepEqual(await find("c.color = 'red'"), ["2"]);
    assert.deepEqual(await find("ARRAY_CONTAINS(c.sizes, 3)"), ["1", "2"]);
    assert.deepEqual(await find("ARRAY_CONTAINS(c.sizes, 1)"), []);
    await container.item("2", "a").delete();
    assert.deepEqual(await find("c.color = 'red'"), []);
    const { resource } = await container.read();
    for (const excluded of ["/color/?", "/sizes/*"]) {
      const indexingPolicy = { ...resource?.indexingPolicy, excludedPaths: [{ path: excluded }] };
      await container.replace({ id: container.id, ...resource, indexingPolicy });
      assert.deepEqual(await find("c.color = 'blue'"), ["1"]);
      assert.deepEqual(await find("ARRAY_CONTAINS(c.sizes, 3)"), ["1"]);
    }
  });

  test("cost the same in one page as in many", async () => {
    const container = await filled(await account.container());
    const queries = [
      "SELECT * FROM c WHERE c.n > 2",
      "SELECT * FROM c ORDER BY c.n",
      "SELECT DISTINCT c.team FROM c",
    ];
    for (const query of queries) {
      const total = async (maxItemCount: number): Promise<number> => {
        const { charges } = await run(container, query, { ...inA, maxItemCount });
        return Math.round(charges.reduce((sum, units) => sum + units, 0) * 100) / 100;
      };
      assert.equal(await total(1), await total(100), query);
    }
  });

  test("are refused for merging by the gateway, with the plan", async () => {
    const container = await account.container();
    const { emulated } = account;
    emulated.requests.length = 0;
    await run(container, "SELECT VALUE COUNT(1) FROM c");
    const queries = emulated.requests.filter((request) => request.startsWith("POST"));
    // The plan, the refused attempt, and one query for each of the four ranges.
    assert.equal(queries.length, 6);
    emulated.requests.length = 0;
    await run(container, "SELECT VALUE COUNT(1) FROM c WHERE c.pk = 'a'");
    assert.equal(emulated.requests.filter((request) => request.startsWith("POST")).length, 2);
  });
});

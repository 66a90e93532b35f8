import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { filled, inA, run } from "./query-support.ts";
import { refusal, useAccount } from "./support.ts";

describe("Queries within a logical partition", () => {
  const account = useAccount();

  test("filter by parameters", async () => {
    const container = await filled(await account.container());
    const query = {
      query: "SELECT VALUE c.n FROM c WHERE c.n >= @low AND c.n < @high ORDER BY c.n",
      parameters: [
        { name: "@low", value: 4 },
        { name: "@high", value: 12 },
      ],
    };
    assert.deepEqual((await run(container, query, inA)).results, [4, 6, 8, 10]);
  });

  test("give the last document of a stream by its version", async () => {
    const container = await filled(await account.container());
    const query = "SELECT TOP 1 * FROM c WHERE c.pk = 'a' ORDER BY c.n DESC";
    const { results } = await run(container, query, inA);
    assert.deepEqual(
      results.map((item) => (item as { n: number }).n),
      [18],
    );
  });

  test("find items of arrays", async () => {
    const container = await filled(await account.container());
    const query = "SELECT VALUE c.n FROM c WHERE ARRAY_CONTAINS(c.tags, 'tag-2') ORDER BY c.n";
    assert.deepEqual((await run(container, query, inA)).results, [2, 6, 10, 14, 18]);
  });

  test("page by continuation in every form of result, losing and repeating nothing", async () => {
    const container = await filled(await account.container());
    const expected: Readonly<Record<string, unknown[]>> = {
      "SELECT VALUE c.n FROM c WHERE c.n > 3": [4, 6, 8, 10, 12, 14, 16, 18],
      "SELECT VALUE c.n FROM c ORDER BY c.n DESC": [18, 16, 14, 12, 10, 8, 6, 4, 2, 0],
      "SELECT VALUE c.n FROM c WHERE c.n > 3 ORDER BY c.n": [4, 6, 8, 10, 12, 14, 16, 18],
      "SELECT VALUE t FROM c JOIN t IN c.tags WHERE c.n < 4": ["tag-0", "all", "tag-2", "all"],
      "SELECT DISTINCT VALUE c.team FROM c ORDER BY c.team": [0, 1, 2],
      "SELECT VALUE c.n FROM c ORDER BY c.n OFFSET 2 LIMIT 5": [4, 6, 8, 10, 12],
      "SELECT TOP 7 VALUE c.n FROM c ORDER BY c.n": [0, 2, 4, 6, 8, 10, 12],
    };
    for (const [query, results] of Object.entries(expected)) {
      const pages = await run(container, query, { ...inA, maxItemCount: 3 });
      assert.deepEqual(pages.results, results, query);
      assert.ok(
        pages.sizes.every((size) => size <= 3),
        query,
      );
    }
  });

  test("can be resumed by another client from a continuation token", async () => {
    const container = await filled(await account.container());
    const query = "SELECT VALUE c.n FROM c ORDER BY c.n";
    const first = await container.items
      .query<number>(query, { ...inA, maxItemCount: 4 })
      .fetchNext();
    const rest = await run(container, query, {
      ...inA,
      continuationToken: first.continuationToken,
    });
    assert.deepEqual([...first.resources, ...rest.results], [0, 2, 4, 6, 8, 10, 12, 14, 16, 18]);
  });

  test("group, count and sum", async () => {
    const container = await filled(await account.container());
    const one = async (query: string): Promise<unknown> =>
      (await run(container, query, inA)).results[0];
    assert.equal(await one("SELECT VALUE COUNT(1) FROM c"), 10);
    assert.equal(await one("SELECT VALUE SUM(c.n) FROM c"), 90);
    assert.equal(await one("SELECT VALUE AVG(c.n) FROM c WHERE c.n < 5"), 2);
    const groups = await run(container, "SELECT c.team, COUNT(1) AS n FROM c GROUP BY c.team", inA);
    assert.deepEqual(
      groups.results.toSorted(
        (a, b) => (a as { team: number }).team - (b as { team: number }).team,
      ),
      [
        { team: 0, n: 4 },
        { team: 1, n: 3 },
        { team: 2, n: 3 },
      ],
    );
  });

  test("that are malformed are refused with the reason", async () => {
    const container = await account.container();
    const refused = await refusal(run(container, "SELECT * FROM c WHERE", inA));
    assert.equal(refused.status, 400);
    assert.ok(refused.message.length > 10);
  });
});

describe("Queries over all partitions", () => {
  const account = useAccount();

  test("merge ordered results of all ranges", async () => {
    const container = await filled(await account.container());
    const expected = Array.from({ length: 20 }, (_, n) => n);
    const { results } = await run(container, "SELECT VALUE c.n FROM c ORDER BY c.n");
    assert.deepEqual(results, expected);
    const paged = await run(container, "SELECT VALUE c.n FROM c ORDER BY c.n", { maxItemCount: 3 });
    assert.deepEqual(paged.results, expected);
  });

  test("merge aggregates, groups, distinct values, TOP and OFFSET", async () => {
    const container = await filled(await account.container());
    const resultsOf = async (query: string): Promise<unknown[]> =>
      (await run(container, query)).results;
    assert.deepEqual(await resultsOf("SELECT VALUE COUNT(1) FROM c"), [20]);
    assert.deepEqual(await resultsOf("SELECT VALUE AVG(c.n) FROM c"), [9.5]);
    assert.deepEqual(await resultsOf("SELECT VALUE MAX(c.n) FROM c"), [19]);
    assert.deepEqual(
      await resultsOf("SELECT TOP 3 VALUE c.n FROM c ORDER BY c.n DESC"),
      [19, 18, 17],
    );
    assert.deepEqual(
      await resultsOf("SELECT VALUE c.n FROM c ORDER BY c.n OFFSET 5 LIMIT 3"),
      [5, 6, 7],
    );
    const tags = await resultsOf("SELECT DISTINCT VALUE t FROM c JOIN t IN c.tags");
    assert.deepEqual(tags.toSorted(), ["all", "tag-0", "tag-1", "tag-2", "tag-3"]);
    const groups = await resultsOf("SELECT c.team, COUNT(1) AS n FROM c GROUP BY c.team");
    assert.equal(
      groups.reduce((sum: number, group) => sum + (group as { n: number }).n, 0),
      20,
    );
    assert.equal(groups.length, 3);
  });

  test("that need no merging are served page by page", async () => {
    const container = await filled(await account.container());
    const { results, sizes } = await run(container, "SELECT VALUE c.n FROM c WHERE c.n > 4", {
      maxItemCount: 6,
    });
    assert.deepEqual(
      results.toSorted((a, b) => Number(a) - Number(b)),
      Array.from({ length: 15 }, (_, n) => n + 5),
    );
    assert.ok(sizes.every((size) => size <= 6));
  });

  test("on a prefix of a hierarchical key see all that starts with it", async () => {
    const container = await account.container({
      partitionKey: { paths: ["/tenant", "/user"], kind: "MultiHash", version: 2 } as never,
    });
    for (const tenant of ["T1", "T2"]) {
      for (const user of ["U1", "U2", "U3"]) {
        await container.items.create({ id: "1", tenant, user });
      }
    }
    const query = "SELECT VALUE CONCAT(c.tenant, c.user) FROM c";
    const prefix = await run(container, query, { partitionKey: ["T1"] });
    assert.deepEqual(prefix.results.toSorted(), ["T1U1", "T1U2", "T1U3"]);
    const full = await run(container, query, { partitionKey: ["T2", "U3"] });
    assert.deepEqual(full.results, ["T2U3"]);
  });
});

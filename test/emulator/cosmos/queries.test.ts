import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Container, FeedOptions, SqlQuerySpec } from "@azure/cosmos";
import { emulatorOnly, refusal, useAccount } from "./support.ts";

type Pages = { readonly results: unknown[]; readonly sizes: number[]; readonly charges: number[] };

/** Runs a query to its end, page by page. */
async function run(
  container: Container,
  query: string | SqlQuerySpec,
  options: FeedOptions = {},
): Promise<Pages> {
  const iterator = container.items.query<unknown>(query, options);
  const pages: Pages = { results: [], sizes: [], charges: [] };
  while (iterator.hasMoreResults()) {
    const { resources, requestCharge } = await iterator.fetchNext();
    // Past the end the SDK says so by a page without resources.
    const page = (resources as unknown[] | undefined) ?? [];
    pages.results.push(...page);
    pages.sizes.push(page.length);
    pages.charges.push(requestCharge);
  }
  return pages;
}

const inA = { partitionKey: "a" };

/** Twenty documents, half in partition "a", the rest spread; every fifth has no `rank`. */
async function filled(container: Container): Promise<Container> {
  for (let n = 0; n < 20; n += 1) {
    await container.items.create({
      id: String(n).padStart(2, "0"),
      pk: n % 2 === 0 ? "a" : `key-${n}`,
      n,
      team: n % 3,
      tags: [`tag-${n % 4}`, "all"],
      ...(n % 5 !== 0 && { rank: 100 - n }),
    });
  }
  return container;
}

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
      continuationToken: String(first.continuationToken),
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

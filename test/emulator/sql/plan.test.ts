import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { compileQuery, type QueryPlan, SqlError } from "../../../emulator/cosmos/sql/index.ts";

const nothingToMerge: QueryPlan["queryInfo"] = {
  distinctType: "None",
  orderBy: [],
  orderByExpressions: [],
  groupByExpressions: [],
  groupByAliases: [],
  aggregates: [],
  groupByAliasToAggregateType: {},
  rewrittenQuery: "",
  hasSelectValue: false,
  hasNonStreamingOrderBy: false,
};

type Case = readonly [behaviour: string, query: string, info: Partial<QueryPlan["queryInfo"]>];

describe("The plan of a query", () => {
  const cases: readonly Case[] = [
    ["is empty if there is nothing to merge", "SELECT * FROM c WHERE c.a = 1", {}],
    ["tells bare values", "SELECT VALUE c.a FROM c", { hasSelectValue: true }],
    ["tells TOP, which every partition may apply too", "SELECT TOP 5 * FROM c", { top: 5 }],
    [
      "makes every partition give what is skipped as well",
      "SELECT c.a FROM c WHERE c.b = 'x' OFFSET 2 LIMIT 3",
      {
        offset: 2,
        limit: 3,
        rewrittenQuery: 'SELECT c["a"] AS "a" FROM c WHERE (c["b"] = "x") OFFSET 0 LIMIT 5',
      },
    ],
    [
      "makes every partition give its sort keys with each result",
      "SELECT TOP 2 * FROM c WHERE c.a > 1 ORDER BY c.b DESC, c.d",
      {
        top: 2,
        orderBy: ["Descending", "Ascending"],
        orderByExpressions: ['c["b"]', 'c["d"]'],
        rewrittenQuery:
          'SELECT TOP 2 c["_rid"] AS "_rid", [{"item": c["b"]}, {"item": c["d"]}] AS "orderByItems", ' +
          'c AS "payload" FROM c WHERE ((c["a"] > 1) AND ({documentdb-formattableorderbyquery-filter})) ' +
          'ORDER BY c["b"] DESC, c["d"] ASC',
      },
    ],
    [
      "leaves out results without value before they are ordered",
      "SELECT VALUE r.a FROM root r ORDER BY r.b",
      {
        hasSelectValue: true,
        orderBy: ["Ascending"],
        orderByExpressions: ['r["b"]'],
        rewrittenQuery:
          'SELECT r["_rid"] AS "_rid", [{"item": r["b"]}] AS "orderByItems", r["a"] AS "payload" FROM root AS r ' +
          'WHERE (({documentdb-formattableorderbyquery-filter}) AND IS_DEFINED(r["a"])) ORDER BY r["b"] ASC',
      },
    ],
    ["tells DISTINCT", "SELECT DISTINCT c.a FROM c", { distinctType: "Unordered" }],
    [
      "counts only after duplicates of other partitions are gone",
      "SELECT DISTINCT TOP 5 VALUE c.a FROM c",
      {
        distinctType: "Unordered",
        top: 5,
        hasSelectValue: true,
        rewrittenQuery: 'SELECT DISTINCT VALUE c["a"] FROM c',
      },
    ],
    [
      "tells when duplicates come one after another",
      "SELECT DISTINCT c.a FROM c ORDER BY c.a",
      {
        distinctType: "Ordered",
        orderBy: ["Ascending"],
        orderByExpressions: ['c["a"]'],
        rewrittenQuery:
          'SELECT c["_rid"] AS "_rid", [{"item": c["a"]}] AS "orderByItems", {"a": c["a"]} AS "payload" FROM c ' +
          'WHERE ({documentdb-formattableorderbyquery-filter}) ORDER BY c["a"] ASC',
      },
    ],
    [
      "makes an aggregate one that can go on, without TOP and ORDER BY",
      "SELECT TOP 1 VALUE AVG(c.a) FROM c ORDER BY c.b",
      {
        top: 1,
        hasSelectValue: true,
        aggregates: ["Average"],
        rewrittenQuery:
          'SELECT VALUE [{"item": {"sum": SUM(c["a"]), "count": COUNT(c["a"])}}] FROM c',
      },
    ],
    [
      "names the aggregates of a list",
      "SELECT COUNT(1) AS n, MIN(c.a), COUNTIF(c.b) FROM c",
      {
        groupByAliases: ["n", "$1", "$2"],
        groupByAliasToAggregateType: { n: "Count", $1: "Min", $2: "CountIf" },
        rewrittenQuery:
          'SELECT {"n": {"item": COUNT(1)}, "$1": {"item": MIN(c["a"]), "item2": {"min": MIN(c["a"]), "count": COUNT(c["a"])}}, ' +
          '"$2": {"item": COUNTIF(c["b"])}} AS "payload" FROM c',
      },
    ],
    [
      "makes every group come with its keys",
      "SELECT c.a, SUM(c.n) AS s FROM c GROUP BY c.a, LOWER(c.b) OFFSET 1 LIMIT 2",
      {
        offset: 1,
        limit: 2,
        groupByExpressions: ['c["a"]', 'LOWER(c["b"])'],
        groupByAliases: ["a", "s"],
        groupByAliasToAggregateType: { a: null, s: "Sum" },
        rewrittenQuery:
          'SELECT [{"item": c["a"]}, {"item": LOWER(c["b"])}] AS "groupByItems", ' +
          '{"a": c["a"], "s": {"item": SUM(c["n"])}} AS "payload" FROM c GROUP BY c["a"], LOWER(c["b"])',
      },
    ],
  ];
  for (const [behaviour, query, info] of cases) {
    it(behaviour, () => {
      assert.deepEqual(compileQuery(query).plan(["/id"]).queryInfo, { ...nothingToMerge, ...info });
    });
  }

  it("takes the parameters of TOP, OFFSET and LIMIT", () => {
    const query = compileQuery("SELECT * FROM c WHERE c.a = @a OFFSET @o LIMIT @l");
    const { queryInfo } = query.plan(
      [],
      [
        { name: "@o", value: 2 },
        { name: "@l", value: 3 },
      ],
    );
    assert.deepEqual([queryInfo.offset, queryInfo.limit], [2, 3]);
    assert.match(queryInfo.rewrittenQuery, /c\["a"\] = @a.*OFFSET 0 LIMIT 5$/);
    assert.throws(() => query.plan([]), /OFFSET takes a whole number .* not nothing/);
  });

  it("names the range of all partitions", () => {
    assert.deepEqual(compileQuery("SELECT * FROM c").plan(["/id"]).queryRanges, [
      { min: "", max: "FF", isMinInclusive: true, isMaxInclusive: false },
    ]);
  });

  it("is refused if an aggregate is part of an expression, which one partition could answer", () => {
    for (const selection of ["MIN(c.a) / 2", "VALUE {n: COUNT(1)}", "c.a, ABS(SUM(c.n))"]) {
      const query = compileQuery(`SELECT ${selection} FROM c GROUP BY c.a`);
      assert.deepEqual(query.bind([]).execute([], { sorted: false }), []);
      assert.throws(() => query.plan([]), SqlError);
    }
  });
});

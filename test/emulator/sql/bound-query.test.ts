import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  type BoundQuery,
  compileQuery,
  type JsonObject,
  type JsonValue,
} from "../../../emulator/cosmos/sql/index.ts";

const bind = (text: string, parameters: Readonly<Record<string, JsonValue>> = {}): BoundQuery =>
  compileQuery(text).bind(
    Object.entries(parameters).map(([name, value]) => ({ name: `@${name}`, value })),
  );

describe("The filters of a query", () => {
  const filtersOf = (condition: string, parameters = {}): readonly unknown[] =>
    bind(`SELECT * FROM c WHERE ${condition}`, parameters).filters.map(
      ({ path, operator, value }) => [path.join("/"), operator, value],
    );

  it("are the comparisons that AND joins, whichever side the property is on", () => {
    assert.deepEqual(
      filtersOf('c.pk = @p AND (c.n > 1 AND -2 < c["a b"].c) AND 5 >= c.n', { p: "x" }),
      [
        ["pk", "=", "x"],
        ["n", ">", 1],
        ["a b/c", ">", -2],
        ["n", "<=", 5],
      ],
    );
  });

  it("include BETWEEN, ARRAY_CONTAINS and the start of a text", () => {
    assert.deepEqual(filtersOf("(c.n BETWEEN 1 AND @m)", { m: 3 }), [
      ["n", ">=", 1],
      ["n", "<=", 3],
    ]);
    assert.deepEqual(filtersOf("ARRAY_CONTAINS(c.tags, 'x')"), [["tags", "array_contains", "x"]]);
    assert.deepEqual(filtersOf("STARTSWITH(c.id, 'ev-')"), [["id", ">=", "ev-"]]);
  });

  it("include alternatives of what one array contains", () => {
    const either = "(ARRAY_CONTAINS(c.tags, 'x') OR ARRAY_CONTAINS(c.tags, @y))";
    assert.deepEqual(filtersOf(either, { y: 2 }), [["tags", "array_contains_any", ["x", 2]]]);
    assert.deepEqual(filtersOf("ARRAY_CONTAINS(c.a, 1) OR ARRAY_CONTAINS(c.b, 1)"), []);
    assert.deepEqual(filtersOf("ARRAY_CONTAINS(c.a, 1) OR c.a = 1"), []);
  });

  it("leave out what does not bind every document, or not one property", () => {
    const loose = [
      "c.a = 1 OR c.b = 2",
      "NOT (c.a = 1)",
      "c.a != 1",
      "c.a = c.b",
      "c.a[0] = 1",
      "c = 1",
    ];
    const unknown = [
      "LOWER(c.a) = 'x'",
      "STARTSWITH(c.a, 'x', true)",
      "ARRAY_CONTAINS(c.a, {}, true)",
    ];
    for (const condition of [...loose, ...unknown]) assert.deepEqual(filtersOf(condition), []);
  });

  it("name properties of the document also when the source is a path in it", () => {
    const { filters } = bind(
      "SELECT a.zip FROM c.home.address a JOIN t IN a.tags WHERE a.zip = '1' AND t = 'x'",
    );
    assert.deepEqual(filters, [{ path: ["home", "address", "zip"], operator: "=", value: "1" }]);
  });

  it("leave out items of arrays", () => {
    assert.deepEqual(bind("SELECT * FROM t IN c.tags WHERE t.a = 1").filters, []);
  });

  it("leave out ranges of texts that bytes and UTF-16 order differently", () => {
    assert.deepEqual(filtersOf("c.a < '\uffff' AND c.a >= 'z' AND c.b = '\uffff'"), [
      ["a", ">=", "z"],
      ["b", "=", "\uffff"],
    ]);
  });
});

describe("The order of a query", () => {
  it("is the paths it sorts by", () => {
    assert.deepEqual(bind("SELECT * FROM c.d ORDER BY d.a.b, d.c DESC").orderBy, [
      { path: ["d", "a", "b"], direction: "ASC" },
      { path: ["d", "c"], direction: "DESC" },
    ]);
  });

  it("is not given where an index could not follow it", () => {
    assert.deepEqual(bind("SELECT * FROM c").orderBy, []);
    assert.deepEqual(bind("SELECT * FROM c ORDER BY c.tags[0]").orderBy, []);
    assert.deepEqual(bind("SELECT VALUE COUNT(1) FROM c ORDER BY c.a").orderBy, []);
  });

  it("is kept by sorting if it was not given, whatever the caller says", () => {
    const query = bind("SELECT VALUE c.tags[0] FROM c ORDER BY c.tags[0]");
    assert.deepEqual(query.execute([{ tags: [2] }, { tags: [1] }], { sorted: true }), [1, 2]);
  });
});

describe("The take of a query", () => {
  it("is TOP, or OFFSET and LIMIT together, or not given", () => {
    assert.equal(bind("SELECT TOP 3 * FROM c").take, 3);
    assert.equal(bind("SELECT * FROM c OFFSET @o LIMIT @l", { o: 2, l: 5 }).take, 7);
    assert.equal("take" in bind("SELECT * FROM c"), false);
  });
});

describe("Running a query", () => {
  const read = (text: string, sorted: boolean): number => {
    let reads = 0;
    function* documents(): Generator<JsonObject> {
      for (let n = 0; n < 100; n += 1) {
        reads += 1;
        yield { n, even: n % 2 === 0 };
      }
    }
    bind(text).execute(documents(), { sorted });
    return reads;
  };

  it("reads no more sorted documents than TOP, OFFSET and LIMIT need", () => {
    assert.equal(read("SELECT TOP 2 * FROM c ORDER BY c.n", true), 2);
    assert.equal(read("SELECT TOP 2 * FROM c WHERE c.even ORDER BY c.n", true), 3);
    assert.equal(read("SELECT VALUE c.n FROM c ORDER BY c.n OFFSET 3 LIMIT 2", true), 5);
    assert.equal(read("SELECT DISTINCT TOP 2 c.even FROM c ORDER BY c.n", true), 2);
    assert.equal(read("SELECT TOP 0 * FROM c", true), 0);
  });

  it("reads no more documents than TOP needs when nothing orders them", () => {
    assert.equal(read("SELECT TOP 2 * FROM c", false), 2);
  });

  it("reads all documents that it must sort", () => {
    assert.equal(read("SELECT TOP 2 * FROM c ORDER BY c.n", false), 100);
  });

  it("gives the same again, and other parameters their own results", () => {
    const compiled = compileQuery("SELECT VALUE c.n FROM c WHERE c.n > @n");
    const [low, high] = [1, 2].map((value) => compiled.bind([{ name: "@n", value }]));
    const documents = [{ n: 1 }, { n: 2 }, { n: 3 }];
    const results = (): unknown[] =>
      [low, high, low].map((query) => query?.execute(documents, { sorted: false }));
    assert.deepEqual(results(), [[2, 3], [3], [2, 3]]);
  });
});

describe("Compiling a query", () => {
  it("happens once for one text", () => {
    assert.equal(compileQuery("SELECT 1 AS once"), compileQuery("SELECT 1 AS once"));
  });

  it("is forgotten when many others came after it", () => {
    const first = compileQuery("SELECT 1 AS first");
    for (let n = 0; n < 1000; n += 1) compileQuery(`SELECT ${n} AS n`);
    assert.notEqual(compileQuery("SELECT 1 AS first"), first);
  });

  it("tells whether a client must merge the results of several partitions", () => {
    const plain = [
      "SELECT * FROM c",
      "SELECT c.a FROM c JOIN t IN c.tags WHERE t = 1",
      "SELECT (SELECT VALUE COUNT(1) FROM t IN c.tags) AS n FROM c",
    ];
    const merged = [
      "TOP 1 * FROM c",
      "DISTINCT c.a FROM c",
      "* FROM c ORDER BY c.a",
      "* FROM c OFFSET 0 LIMIT 1",
      "COUNT(1) FROM c",
      "c.a FROM c GROUP BY c.a",
    ];
    for (const text of plain) assert.equal(compileQuery(text).needsMerge, false, text);
    for (const text of merged) assert.equal(compileQuery(`SELECT ${text}`).needsMerge, true, text);
  });
});

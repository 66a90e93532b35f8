import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { compileQuery, SqlError } from "../../../emulator/cosmos/sql/index.ts";
import { evaluate, runQuery } from "./run-query.ts";

const chain = (operator: string, operands: number, operand = "c.a = 1"): string =>
  Array.from({ length: operands }, () => operand).join(` ${operator} `);

/** As the LINQ provider writes it: ((a OR b) OR c). */
const pairs = (operator: string, operands: number): string =>
  "(".repeat(operands - 1) + chain(`) ${operator}`, operands).replace(") ", " ") + ")";

const nested: readonly (readonly [what: string, query: (levels: number) => string])[] = [
  ["arrays", (n) => `SELECT VALUE ${"[".repeat(n)}1${"]".repeat(n)}`],
  ["objects", (n) => `SELECT VALUE ${'{"a":'.repeat(n)}1${"}".repeat(n)}`],
  ["calls", (n) => `SELECT VALUE ${"ABS(".repeat(n)}1${")".repeat(n)}`],
  ["negations", (n) => `SELECT VALUE ${"NOT ".repeat(n)}true`],
  ["signs", (n) => `SELECT VALUE ${"- ".repeat(n)}1`],
  ["properties", (n) => `SELECT VALUE c${".a".repeat(n)} FROM c`],
  ["items", (n) => `SELECT VALUE c${"[0]".repeat(n)} FROM c`],
  ["indexes", (n) => `SELECT VALUE ${"c[".repeat(n)}0${"]".repeat(n)} FROM c`],
  ["sums", (n) => `SELECT VALUE ${chain("+", n, "1")}`],
  ["defaults", (n) => `SELECT VALUE ${chain("??", n, "1")}`],
  ["conditions", (n) => `SELECT VALUE ${"true ? 1 : ".repeat(n)}1`],
  ["lists", (n) => `SELECT VALUE ${"1 IN (".repeat(n)}1${")".repeat(n)}`],
  ["subqueries", (n) => `SELECT VALUE ${"(SELECT VALUE ".repeat(n)}1${")".repeat(n)}`],
  ["existences", (n) => `SELECT VALUE ${"EXISTS(SELECT VALUE ".repeat(n)}1${")".repeat(n)}`],
  [
    "joined subqueries",
    (n) => `SELECT 1 FROM c${" JOIN (SELECT 1 FROM c".repeat(n)}${")".repeat(n)}`,
  ],
];

describe("What a query may ask for is limited", () => {
  for (const [what, query] of nested) {
    it(`${what}: 400 levels are served, more are refused, however many`, () => {
      const compiled = compileQuery(query(400));
      assert.doesNotThrow(() => compiled.bind([]).execute([{ a: 1 }], { sorted: false }));
      assert.doesNotThrow(() => compiled.plan(["/pk"]));
      for (const levels of [1_000, 20_000, 100_000]) {
        const deep = query(levels);
        assert.throws(
          () => compileQuery(deep),
          (error) => error instanceof SqlError && error.message.includes("nest at most 500 levels"),
        );
      }
    });
  }

  it("2000 ANDs and ORs are served, in pairs or not, also when a client sends the rewritten query", () => {
    for (const [operator, matches] of [
      ["OR", [{ a: 1 }]],
      ["AND", [{ a: 1 }]],
    ] as const) {
      for (const where of [chain(operator, 2001), pairs(operator, 2001)]) {
        const query = `SELECT * FROM c WHERE ${where} ORDER BY c.b`;
        assert.deepEqual(runQuery(query, [{ a: 1 }, { a: 2 }]), matches);
        const { rewrittenQuery } = compileQuery(query).plan(["/pk"]).queryInfo;
        const filter = "{documentdb-formattableorderbyquery-filter}";
        const sent = rewrittenQuery.replace(filter, "true");
        if (operator === "AND") continue; // The condition of the client is one AND too many.
        assert.equal(runQuery(sent, [{ a: 1 }, { a: 2 }]).length, 1);
      }
      for (const more of [2_002, 20_000]) {
        assert.throws(
          () => compileQuery(`SELECT * FROM c WHERE ${chain(operator, more)}`),
          new SqlError(`A query has at most 2000 ${operator}.`),
        );
      }
    }
  });

  it("thousands of parentheses are served, more are refused", () => {
    const inside = (count: number): string => "(".repeat(count) + "1" + ")".repeat(count);
    assert.deepEqual(evaluate(inside(5_000)), [1]);
    for (const count of [5_001, 20_000, 200_000]) {
      assert.throws(() => evaluate(inside(count)), /At most 5000 parentheses/);
    }
  });

  it("ten joins are served, eleven are refused", () => {
    const joins = (count: number): string =>
      Array.from({ length: count }, (_, n) => ` JOIN j${n} IN c.a`).join("");
    assert.deepEqual(runQuery(`SELECT VALUE 1 FROM c${joins(10)}`, [{ a: [1] }]), [1]);
    assert.throws(() => compileQuery(`SELECT VALUE 1 FROM c${joins(11)}`), /at most 10 JOINs/);
  });

  it("parentheses and chains mean what they meant", () => {
    assert.deepEqual(evaluate("(1 + 2) * (3 + 4)"), [21]);
    assert.deepEqual(evaluate("((1 + 2) * 3 + 4) * 5"), [65]);
    assert.deepEqual(evaluate("-(1 + 2) * 3"), [-9]);
    assert.deepEqual(evaluate("NOT (true AND (false OR true))"), [false]);
    assert.deepEqual(evaluate("((({a: [1, 2]})).a)[1]"), [2]);
    assert.deepEqual(evaluate("(true OR undefined) AND (undefined OR true OR 1)"), [true]);
    assert.deepEqual(evaluate("false OR undefined OR false"), []);
    assert.deepEqual(evaluate("true AND undefined AND false"), [false]);
    assert.deepEqual(evaluate("true AND false OR true AND true"), [true]);
    assert.deepEqual(evaluate("(SELECT VALUE 1) + (((SELECT VALUE 2)))"), [3]);
  });
});

import fc from "fast-check";
import type { JsonObject, JsonValue } from "../../../emulator/cosmos/sql/index.ts";

/** Few enough values that documents and conditions often meet, of every type and order. */
export const values: fc.Arbitrary<JsonValue> = fc.constantFrom<JsonValue[]>(
  ...[null, true, false, -1, 0, 1, 1.5, "", "a", "ab", "é", "\ud83d\ude00", "\uffff"],
  ...[[], [1, "a"], [[1]], {}, { a: 1 }, { a: { b: "a" } }],
);

/** Documents with an id, some of the properties a, b and c, and maybe a number n. */
export const documents: fc.Arbitrary<readonly JsonObject[]> = fc
  .array(
    fc.record(
      { a: values, b: values, c: fc.record({ a: values, b: values }), n: fc.integer() },
      { requiredKeys: [] },
    ),
    { maxLength: 12 },
  )
  .map((bodies) => bodies.map((body, index) => ({ id: `d${index}`, _rid: `r${index}`, ...body })));

const path = fc.constantFrom("d.a", "d.b", "d.c.a", 'd["c"]["b"]', "d.n", "d.id", "d.c", "d.no");
const literal = values.map((value) => JSON.stringify(value));
const operand = fc.oneof(path, literal);
const operator = fc.constantFrom("=", "!=", "<", "<=", ">", ">=");

const comparison = fc.oneof(
  fc.tuple(operand, operator, operand).map((parts) => `(${parts.join(" ")})`),
  fc.tuple(path, literal, literal).map(([p, low, high]) => `(${p} BETWEEN ${low} AND ${high})`),
  fc.tuple(path, literal).map(([p, value]) => `ARRAY_CONTAINS(${p}, ${value})`),
  fc.tuple(path, literal, literal).map(([p, x, y]) => `(${p} IN (${x}, ${y}))`),
  fc.tuple(path, literal).map(([p, prefix]) => `STARTSWITH(${p}, ${prefix})`),
  path.map((p) => `IS_DEFINED(${p})`),
);

/** Conditions on a document d. */
export const conditions: fc.Arbitrary<string> = fc.letrec<{ condition: string }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    comparison,
    fc.tuple(tie("condition"), tie("condition")).map(([x, y]) => `(${x} AND ${y})`),
    fc.tuple(tie("condition"), tie("condition")).map(([x, y]) => `(${x} OR ${y})`),
    tie("condition").map((x) => `(NOT ${x})`),
  ),
})).condition;

/** Conditions that let most documents pass, for what comes after WHERE. */
const easyConditions = fc.oneof(
  { weight: 2, arbitrary: fc.constant("true") },
  { weight: 1, arbitrary: conditions },
);

/** Queries that a client must merge when several partitions answer them. */
export const mergedQueries: fc.Arbitrary<string> = fc
  .tuple(
    fc.constantFrom(
      "SELECT TOP 3 * FROM d",
      "SELECT VALUE COUNT(1) FROM d",
      "SELECT VALUE MIN(d.a) FROM d",
      "SELECT MAX(d.b) AS high, COUNT(d.b) AS n FROM d",
      "SELECT AVG(d.n) AS mean, SUM(d.n), COUNTIF(d.n > 0) AS positive FROM d",
      "SELECT DISTINCT VALUE d.a FROM d",
      "SELECT DISTINCT d.b, d.c FROM d",
    ),
    easyConditions,
  )
  .map(([select, condition]) => `${select} WHERE ${condition}`);

export const groupedQueries: fc.Arbitrary<string> = fc.constantFrom(
  "SELECT d.a, COUNT(1) AS n, MIN(d.b) AS low FROM d GROUP BY d.a",
  "SELECT d.a, d.b, SUM(d.n) AS s FROM d GROUP BY d.a, d.b",
  "SELECT VALUE COUNT(1) FROM d GROUP BY d.b",
  "SELECT VALUE d.b FROM d GROUP BY d.b",
);

const range = fc.constantFrom("", "OFFSET 1 LIMIT 2", "OFFSET 0 LIMIT 0");

const queriesOrderedById = fc
  .tuple(
    fc.constantFrom("SELECT", "SELECT TOP 2", "SELECT DISTINCT", "SELECT DISTINCT TOP 2"),
    fc.constantFrom("*", "d.a, d.id", "VALUE d.a", "VALUE d.b"),
    easyConditions,
    fc.constantFrom("d.a, d.id", "d.a DESC, d.id", "d.b, d.a DESC, d.id DESC", "d.id DESC"),
    range,
  )
  .map(([select, selection, condition, order, limit]) => {
    const limits = select.includes("TOP") ? "" : limit;
    return `${select} ${selection} FROM d WHERE ${condition} ORDER BY ${order} ${limits}`;
  });

const queriesOrderedBySelection = fc.tuple(easyConditions, range).map(([condition, limits]) => {
  return `SELECT DISTINCT VALUE d.a FROM d WHERE ${condition} ORDER BY d.a ${limits}`;
});

/** Queries whose order leaves nothing open. */
export const orderedQueries: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: queriesOrderedById },
  { weight: 1, arbitrary: queriesOrderedBySelection },
);

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { compileQuery, type JsonValue } from "../../../emulator/cosmos/sql/index.ts";
import { evaluate } from "./run-query.ts";

/** Each expression with its value; none stands for undefined. */
type Cases = readonly (readonly [expression: string, value?: JsonValue])[];

function check(cases: Cases): void {
  for (const [expression, value] of cases) {
    const isDefined = value !== undefined;
    it(`${expression} is ${isDefined ? JSON.stringify(value) : "undefined"}`, () => {
      assert.deepEqual(evaluate(expression), isDefined ? [value] : []);
    });
  }
}

describe("Literals and comments", () => {
  check([
    [String.raw`"a\"\'\\\/\n\u0041"`, "a\"'\\/\nA"],
    ["1.5e2", 150],
    [".5", 0.5],
    ["-3", -3],
    ["1 -- one\n + /* and */ 2", 3],
    ["TRUE", true],
    ["[null, undefined, False]", [null, false]],
    [
      "{'a b': 1, c: undefined, __proto__: 2}",
      JSON.parse('{"a b": 1, "__proto__": 2}') as JsonValue,
    ],
  ]);
});

describe("Operators", () => {
  check([
    ["1 + 2 * 3 - 4 / 2", 5],
    ["7 % 4", 3],
    ["1 / 0"],
    ["1 + '1'"],
    ["'a' || 'b' || 'c'", "abc"],
    ["'a' || 1"],
    ["5 & 3 | 8", 9],
    ["6 ^ 3", 5],
    ["~1", -2],
    ["-1 >>> 28", 15],
    ["1 << 4 >> 1", 8],
    ["1 | 2 + 3", 6],
    ["- 'a'"],
    ["1 < 2", true],
    ["'B' < 'a'", true],
    ["false < true", true],
    ["null <= null", true],
    ["1 < 'a'"],
    ["[1] < [2]"],
    ["1 = '1'", false],
    ["1 <> '1'", true],
    ["undefined = undefined"],
    ["[1, {a: 2}] = [1, {a: 2}]", true],
    ["true AND undefined"],
    ["false AND undefined", false],
    ["true OR 1", true],
    ["false OR 1"],
    ["NOT 1 = 1"],
    ["NOT (1 = 1)", false],
    ["undefined ?? null ?? 1", null],
    ["true ? 1 : 2", 1],
    ["1 ? 1 : 2", 2],
    ["false ? 1 : true ? 2 : 3", 2],
    ["2 IN (1, 2)", true],
    ["2 NOT IN (1, '2')", true],
    ["undefined IN (1)"],
    ["2 BETWEEN 1 AND 1 + 1", true],
    ["2 NOT BETWEEN 3 AND 4", true],
    ["'2' BETWEEN 1 AND 3"],
    ["'50%' LIKE '50!%' ESCAPE '!'", true],
    ["'505' LIKE '50!%' ESCAPE '!'", false],
    ["'a.c' LIKE 'a_c'", true],
    ["'abc' LIKE 'a.c'", false],
    ["'cat' LIKE '[bc]a[^a-s]'", true],
    ["'a\\nb' LIKE 'a%b'", true],
    ["1 LIKE '1'"],
    ["{a: [10, 20]}.a[1]", 20],
    ["{a: 1}['a']", 1],
    ["[1][1]"],
    ["[1]['0']"],
    ["'abc'[0]"],
  ]);
});

describe("Functions on texts", () => {
  check([
    ["CONCAT('a', 'b', 'c')", "abc"],
    ["CONCAT('a', 1)"],
    ["CONTAINS('Abc', 'b')", true],
    ["CONTAINS('Abc', 'a')", false],
    ["CONTAINS('Abc', 'a', true)", true],
    ["STARTSWITH('Abc', 'aB', true)", true],
    ["EndsWith('Abc', 'bc')", true],
    ["INDEX_OF('abcb', 'b', 2)", 3],
    ["INDEX_OF('abc', 'z')", -1],
    ["LEFT('abc', 2)", "ab"],
    ["RIGHT('abc', 2)", "bc"],
    ["RIGHT('abc', 0)", ""],
    ["SUBSTRING('abcdef', 1, 3)", "bcd"],
    ["SUBSTRING('abc', -1, 2)", ""],
    ["SUBSTRING('abc', 0.5, 2)"],
    ["LENGTH('abc')", 3],
    ["LENGTH(1)"],
    ["LOWER('AbC')", "abc"],
    ["UPPER('AbC')", "ABC"],
    ["TRIM(' a ') || LTRIM(' b ') || RTRIM(' c ')", "ab  c"],
    ["REPLACE('a.a', '.', '$&')", "a$&a"],
    ["REPLICATE('ab', 3)", "ababab"],
    ["REPLICATE('ab', 6000)"],
    ["REVERSE('abc')", "cba"],
    ["STRINGEQUALS('a', 'A', true)", true],
    ["StringJoin(['a', 'b'], '-')", "a-b"],
    ["StringSplit('a-b', '-')", ["a", "b"]],
    ["StringToNumber(' 1.5 ')", 1.5],
    ["StringToNumber('1x')"],
    ["StringToBoolean('true')", true],
    ["StringToNull('null')", null],
    ["StringToArray('[1]')", [1]],
    ["StringToObject('[1]')"],
    ["ToString(1.5) || ToString(true) || ToString('s') || ToString([1])", "1.5trues[1]"],
    ["ToString(undefined)"],
    ["REGEXMATCH('abcd', '^B', 'i')", false],
    ["REGEXMATCH('abcd', '^A.C', 'i')", true],
  ]);
});

describe("Functions on arrays and objects", () => {
  check([
    ["ARRAY_CONCAT([1], [2], [3])", [1, 2, 3]],
    ["ARRAY_CONCAT([1], 2)"],
    ["ARRAY_CONTAINS([1, {a: 1}], {a: 1})", true],
    ["ARRAY_CONTAINS([{a: 1, b: 2}], {a: 1})", false],
    ["ARRAY_CONTAINS([{a: 1, b: 2}], {a: 1}, true)", true],
    ["ARRAY_CONTAINS([{a: {b: 1, c: 2}}], {a: {b: 1}}, true)", false],
    ["ARRAY_CONTAINS('abc', 'a')"],
    ["ARRAY_CONTAINS_ANY([1, 2], 3, 2)", true],
    ["ARRAY_CONTAINS_ALL([1, 2], 2, 3)", false],
    ["ARRAY_LENGTH([1, 2])", 2],
    ["ARRAY_SLICE([1, 2, 3, 4], 1, 2)", [2, 3]],
    ["ARRAY_SLICE([1, 2, 3], -2)", [2, 3]],
    ["SetIntersect([1, 2, 2, 'a'], ['a', 2])", [2, "a"]],
    ["SetUnion([1, 2], [2, 3])", [1, 2, 3]],
    [
      "ObjectToArray({a: 1, b: 'x'})",
      [
        { k: "a", v: 1 },
        { k: "b", v: "x" },
      ],
    ],
  ]);
});

describe("Functions on numbers and types", () => {
  check([
    ["[ABS(-1), CEILING(1.2), FLOOR(-1.2), TRUNC(-1.7), SIGN(-3)]", [1, 2, -2, -1, -1]],
    ["[ROUND(2.5), ROUND(-2.5), ROUND(2.4)]", [3, -3, 2]],
    [
      "[SQRT(9), SQUARE(3), POWER(2, 10), EXP(0), LOG(1), LOG10(1000), LOG(8, 2)]",
      [3, 9, 1024, 1, 0, 3, 3],
    ],
    [
      "[SIN(0), COS(0), TAN(0), ASIN(0), ACOS(1), ATAN(0), ATN2(0, 1), DEGREES(PI()), RADIANS(0)]",
      [0, 1, 0, 0, 0, 0, 0, 180, 0],
    ],
    ["SQRT(-1)"],
    ["ABS('1')"],
    ["[IS_ARRAY([]), IS_OBJECT([]), IS_OBJECT({}), IS_OBJECT(null)]", [true, false, true, false]],
    [
      "[IS_NULL(null), IS_BOOL(false), IS_NUMBER(1), IS_STRING(''), IS_PRIMITIVE({})]",
      [true, true, true, true, false],
    ],
    ["[IS_DEFINED(undefined), IS_NULL(undefined), IS_PRIMITIVE(undefined)]", [false, false, false]],
    ["[IS_INTEGER(1.5), IS_FINITE_NUMBER(1.5)]", [false, true]],
    ["IIF(1 = 1, 'yes', 'no') || IIF('x', 'yes', 'no')", "yesno"],
  ]);
});

describe("Functions on dates", () => {
  check([
    ["DateTimeAdd('mm', 1, '2024-01-31T10:00:00Z')", "2024-02-29T10:00:00.0000000Z"],
    ["DateTimeAdd('year', -1, '2024-02-29')", "2023-02-28T00:00:00.0000000Z"],
    ["DateTimeAdd('mcs', 5, '2024-01-01T00:00:00.1234567Z')", "2024-01-01T00:00:00.1234617Z"],
    ["DateTimeDiff('day', '2024-01-01T23:59:59Z', '2024-01-02T00:00:00Z')", 1],
    ["DateTimeDiff('month', '2024-03-01', '2023-12-31')", -3],
    ["DateTimeDiff('hour', '1969-12-31T23:30:00Z', '1970-01-01T00:30:00Z')", 1],
    ["DateTimePart('yyyy', '2024-05-06') * 100 + DateTimePart('m', '2024-05-06')", 202405],
    [
      "[DateTimePart('ms', '2024-05-06T07:08:09.1234567Z'), DateTimePart('ss', '2024-05-06T07:08:09Z')]",
      [123, 9],
    ],
    ["DateTimeToTimestamp('1970-01-02T00:00:00.5Z')", 86_400_500],
    ["DateTimeToTicks('1970-01-01T00:00:01.0000001Z')", 10_000_001],
    ["TimestampToDateTime(86400500)", "1970-01-02T00:00:00.5000000Z"],
    ["TicksToDateTime(10000001)", "1970-01-01T00:00:01.0000001Z"],
    ["DateTimeAdd('day', 1, '2024-02-30')"],
    ["DateTimeAdd('fortnight', 1, '2024-02-28')"],
    ["DateTimePart('constructor', '2024-02-28')"],
  ]);

  it("take the time of the query as now", () => {
    const text =
      "SELECT VALUE [GetCurrentDateTime(), GetCurrentTimestamp(), GetCurrentTicksStatic()]";
    const query = compileQuery(text).bind([], 1500);
    assert.deepEqual(query.execute([], { sorted: false }), [
      ["1970-01-01T00:00:01.5000000Z", 1500, 15_000_000],
    ]);
  });
});

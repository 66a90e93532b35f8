import { describe } from "node:test";
import { checkResults, families } from "./families.ts";

describe("SELECT", () => {
  checkResults([
    ["* gives whole documents", "SELECT * FROM c", families],
    ["VALUE gives bare values", "SELECT VALUE c.id FROM c", ["ada", "bob", "cyd", "dan", "eve"]],
    [
      "VALUE leaves out documents where the value is undefined",
      "SELECT VALUE c.address.floor FROM c",
      [2],
    ],
    [
      "a list leaves out undefined properties but keeps the row",
      "SELECT c.id, c.address.zip FROM c WHERE c.age = 36",
      [{ id: "ada", zip: "W1" }, { id: "eve" }],
    ],
    [
      "names a path by its last part, an alias by itself, and numbers everything else",
      `SELECT c.address.zip, c["city"], c.tags[0], 1 + 1, c.age AS years, c.id "key" FROM c
       WHERE c.id = "ada"`,
      [{ zip: "W1", city: "London", $1: "math", $2: 2, years: 36, key: "ada" }],
    ],
    [
      "builds objects and arrays, without undefined parts",
      'SELECT VALUE { "id": c.id, who: [c.nick, c.city, c.nothing], x: c.nothing } FROM c WHERE c.id = "cyd"',
      [{ id: "cyd", who: [null, "London"] }],
    ],
    [
      "reaches reserved names in brackets",
      'SELECT c["order"], c["value"]["top"] FROM c WHERE IS_DEFINED(c["order"])',
      [{ order: 1, top: true }],
    ],
    ["without FROM gives one row", "SELECT 1 AS one, 'x' || 'y' AS xy", [{ one: 1, xy: "xy" }]],
    [
      "DISTINCT leaves out equal values",
      "SELECT DISTINCT VALUE c.city FROM c",
      ["London", "Paris"],
    ],
    [
      "DISTINCT compares objects whatever the order of their properties",
      "SELECT DISTINCT VALUE c.age = 36 ? {a: 1, b: [c.age]} : {b: [36], a: 1} FROM c",
      [{ a: 1, b: [36] }],
    ],
    ["TOP gives the first results", "SELECT TOP 2 VALUE c.id FROM c", ["ada", "bob"]],
    ["TOP 0 gives nothing", "SELECT TOP 0 * FROM c", []],
    ["TOP takes a parameter", "SELECT TOP @n VALUE c.id FROM c", ["ada"], { n: 1 }],
    [
      "OFFSET and LIMIT give a window",
      "SELECT VALUE c.id FROM c OFFSET 1 LIMIT @n",
      ["bob", "cyd"],
      { n: 2 },
    ],
    [
      "undefined values do not count for OFFSET",
      "SELECT VALUE c.city FROM c OFFSET 3 LIMIT 5",
      ["Paris"],
    ],
  ]);
});

describe("FROM and JOIN", () => {
  checkResults([
    [
      "an alias renames the container",
      "SELECT VALUE f.id FROM families AS f WHERE f.age = 20",
      ["bob"],
    ],
    [
      "a path starts inside documents",
      "SELECT * FROM c.address",
      [{ zip: "W1", floor: 2 }, { zip: "75" }],
    ],
    [
      "a path may go through an array index",
      "SELECT VALUE x.name FROM c.children[0] x",
      ["Byron", "Dee"],
    ],
    [
      "IN gives the items of arrays",
      "SELECT VALUE k.name FROM k IN c.children",
      ["Byron", "Anne", "Dee"],
    ],
    ["IN gives nothing for what is no array", "SELECT VALUE t FROM t IN c.age", []],
    [
      "JOIN pairs a document with each of its items",
      "SELECT c.id, k.name FROM c JOIN k IN c.children WHERE k.age = 8",
      [
        { id: "ada", name: "Byron" },
        { id: "cyd", name: "Dee" },
      ],
    ],
    [
      "two JOINs give every combination",
      "SELECT VALUE t || k.name FROM c JOIN t IN c.tags JOIN k IN c.children",
      ["mathByron", "mathAnne", "poetryByron", "poetryAnne"],
    ],
    [
      "JOIN takes a subquery, which may use the same alias inside",
      "SELECT c.id, k FROM c JOIN (SELECT VALUE k.name FROM k IN c.children WHERE k.age < 8) AS k",
      [{ id: "ada", k: "Anne" }],
    ],
  ]);
});

describe("WHERE", () => {
  checkResults([
    [
      "compares numbers only with numbers",
      "SELECT VALUE c.id FROM c WHERE c.age > 30",
      ["ada", "eve"],
    ],
    ["compares texts only with texts", "SELECT VALUE c.id FROM c WHERE c.age > 'a'", ["cyd"]],
    [
      "= null finds null, not a missing property",
      "SELECT VALUE c.id FROM c WHERE c.age = null",
      ["dan"],
    ],
    [
      "!= is true between different types but not for a missing property",
      "SELECT VALUE c.id FROM c WHERE c.age != null",
      ["ada", "bob", "cyd", "eve"],
    ],
    [
      "= compares objects deeply",
      'SELECT VALUE c.id FROM c WHERE c.address = {"floor": 2, "zip": "W1"}',
      ["ada"],
    ],
    ["= compares arrays deeply", 'SELECT VALUE c.id FROM c WHERE c.tags = ["math"]', ["bob"]],
    ["undefined is not true", "SELECT VALUE c.id FROM c WHERE c.nick = c.nick", ["cyd"]],
    [
      "NOT of undefined is undefined",
      "SELECT VALUE c.id FROM c WHERE NOT (c.city = 'London')",
      ["bob", "eve"],
    ],
    ["a value other than true is not true", "SELECT VALUE c.id FROM c WHERE c.age", []],
    [
      "OR with undefined is decided by the other side",
      "SELECT VALUE c.id FROM c WHERE c.nothing = 1 OR c.age = 20",
      ["bob"],
    ],
    [
      "AND binds tighter than OR",
      "SELECT VALUE c.id FROM c WHERE true OR false AND false",
      families.map(({ id }) => id ?? ""),
    ],
    [
      "IN finds any of several values",
      "SELECT VALUE c.id FROM c WHERE c.age IN (20, 'old', null)",
      ["bob", "cyd", "dan"],
    ],
    [
      "NOT IN leaves out missing properties",
      "SELECT VALUE c.id FROM c WHERE c.city NOT IN ('Paris')",
      ["ada", "cyd"],
    ],
    [
      "BETWEEN includes both ends",
      "SELECT VALUE c.id FROM c WHERE c.age BETWEEN 20 AND 36",
      ["ada", "bob", "eve"],
    ],
    [
      "BETWEEN joins others in parentheses",
      "SELECT VALUE c.id FROM c WHERE (c.age BETWEEN 20 AND 36) AND c.city = 'London'",
      ["ada"],
    ],
    ["LIKE takes % and _", "SELECT VALUE c.id FROM c WHERE c.city LIKE 'L_n%'", ["ada", "cyd"]],
    [
      "NOT LIKE leaves out missing properties",
      "SELECT VALUE c.id FROM c WHERE c.city NOT LIKE '%on%'",
      ["bob", "eve"],
    ],
    [
      "takes parameters of any type",
      "SELECT VALUE c.id FROM c WHERE c.address = @a",
      ["bob"],
      { a: { zip: "75" } },
    ],
    [
      "takes a parameter as a property name",
      "SELECT VALUE c[@p] FROM c WHERE c.id = 'bob'",
      [20],
      { p: "age" },
    ],
    [
      "EXISTS tells whether a subquery gives something",
      "SELECT VALUE c.id FROM c WHERE EXISTS(SELECT VALUE k FROM k IN c.children WHERE k.age = 6)",
      ["ada"],
    ],
    [
      "never sees inherited properties",
      "SELECT VALUE c.id FROM c WHERE IS_DEFINED(c.constructor) OR IS_DEFINED(c['__proto__'])",
      [],
    ],
    ["never sees the length of an array", "SELECT VALUE c.tags.length FROM c", []],
  ]);
});

describe("Subqueries", () => {
  checkResults([
    [
      "ARRAY gathers the results of a subquery",
      "SELECT c.id, ARRAY(SELECT VALUE k.name FROM k IN c.children) AS names FROM c WHERE c.city = 'London'",
      [
        { id: "ada", names: ["Byron", "Anne"] },
        { id: "cyd", names: ["Dee"] },
      ],
    ],
    [
      "a scalar subquery is worth its only result",
      "SELECT VALUE (SELECT VALUE COUNT(1) FROM k IN c.children WHERE k.age > 7) FROM c",
      [1, 0, 1, 0, 0],
    ],
    [
      "a subquery may take the outer item as its source",
      "SELECT VALUE (SELECT x.zip, x.floor FROM c.address x) FROM c WHERE c.id = 'ada'",
      [{ zip: "W1", floor: 2 }],
    ],
    [
      "a scalar subquery without result is undefined",
      "SELECT VALUE (SELECT VALUE t FROM t IN c.tags) FROM c WHERE c.id = 'dan'",
      [],
    ],
  ]);
});

describe("ORDER BY", () => {
  checkResults([
    [
      "sorts by type first: undefined, null, booleans, numbers, texts, arrays, objects",
      "SELECT VALUE c.id FROM c ORDER BY c.tags",
      ["cyd", "eve", "ada", "dan", "bob"], // Arrays by their hash.
    ],
    [
      "keeps documents without the property",
      "SELECT VALUE c.id FROM c ORDER BY c.city DESC",
      ["bob", "eve", "ada", "cyd", "dan"],
    ],
    [
      "takes several properties in different directions",
      "SELECT VALUE c.id FROM c ORDER BY c.city ASC, c.id DESC",
      ["dan", "cyd", "ada", "eve", "bob"],
    ],
    [
      "can sort by what is not selected, before TOP",
      "SELECT TOP 2 c.city FROM c ORDER BY c.age DESC",
      [{ city: "London" }, { city: "London" }],
    ],
    [
      "comes before OFFSET",
      "SELECT VALUE c.id FROM c ORDER BY c.id DESC OFFSET 1 LIMIT 1",
      ["dan"],
    ],
    [
      "sorts a JOIN by the document",
      "SELECT VALUE t FROM c JOIN t IN c.tags ORDER BY c.id DESC",
      ["math", "math", "poetry"],
    ],
    [
      "comes before DISTINCT",
      "SELECT DISTINCT VALUE c.city FROM c ORDER BY c.id DESC",
      ["Paris", "London"],
    ],
  ]);
});

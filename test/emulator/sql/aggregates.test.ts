import { describe } from "node:test";
import { checkResults } from "./families.ts";

describe("Aggregates and GROUP BY", () => {
  checkResults([
    ["COUNT counts documents", "SELECT VALUE COUNT(1) FROM c", [5]],
    ["COUNT of a property counts where it is defined", "SELECT VALUE COUNT(c.city) FROM c", [4]],
    ["COUNTIF counts where a condition is true", "SELECT VALUE COUNTIF(c.age = 36) FROM c", [2]],
    ["SUM of nothing is 0", "SELECT VALUE SUM(c.age) FROM c WHERE false", [0]],
    [
      "AVG, MIN and MAX of nothing are undefined",
      "SELECT AVG(c.age), MIN(c.age), MAX(c.age) FROM c WHERE false",
      [{}],
    ],
    [
      "SUM and AVG of numbers",
      "SELECT SUM(c.age) AS s, AVG(c.age) AS a FROM c WHERE c.age > 0",
      [{ s: 92, a: 92 / 3 }],
    ],
    ["SUM over another type is undefined", "SELECT VALUE SUM(c.age) FROM c", []],
    [
      "MIN and MAX go over all simple types",
      "SELECT MIN(c.age) AS low, MAX(c.age) AS high FROM c",
      [{ low: null, high: "old" }],
    ],
    ["MAX over an array is undefined", "SELECT VALUE MAX(c.tags) FROM c", []],
    [
      "can be part of an expression",
      "SELECT VALUE {n: COUNT(1), twice: COUNT(1) * 2} FROM c",
      [{ n: 5, twice: 10 }],
    ],
    [
      "GROUP BY gives a row a group, also for undefined",
      "SELECT c.city, COUNT(1) AS n FROM c GROUP BY c.city",
      [{ city: "London", n: 2 }, { city: "Paris", n: 2 }, { n: 1 }],
    ],
    [
      "GROUP BY takes expressions and several keys",
      "SELECT LEFT(c.city, 1) AS l, c.age, COUNT(1) AS n FROM c WHERE c.age = 36 GROUP BY LEFT(c.city, 1), c.age",
      [
        { l: "L", age: 36, n: 1 },
        { l: "P", age: 36, n: 1 },
      ],
    ],
    [
      "GROUP BY without aggregates gives the keys",
      "SELECT VALUE c.city FROM c GROUP BY c.city",
      ["London", "Paris"],
    ],
    [
      "GROUP BY joined items",
      "SELECT t AS tag, COUNT(1) AS n FROM c JOIN t IN c.tags GROUP BY t",
      [
        { tag: "math", n: 2 },
        { tag: "poetry", n: 1 },
      ],
    ],
    [
      "GROUP BY of nothing gives nothing",
      "SELECT c.city, COUNT(1) FROM c WHERE false GROUP BY c.city",
      [],
    ],
    [
      "OFFSET counts groups",
      "SELECT VALUE c.city FROM c GROUP BY c.city OFFSET 1 LIMIT 9",
      ["Paris"],
    ],
  ]);
});

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { compileQuery, SqlError } from "../../../emulator/cosmos/sql/index.ts";
import { runQuery } from "./run-query.ts";

function refuses(
  cases: readonly (readonly [behaviour: string, query: string, message: RegExp])[],
): void {
  for (const [behaviour, query, message] of cases) {
    it(behaviour, () => {
      assert.throws(
        () => compileQuery(query),
        (error) => error instanceof SqlError && message.test(error.message),
      );
    });
  }
}

describe("A malformed query is refused with what was expected and where", () => {
  refuses([
    [
      "no query at all",
      "",
      /^Expected SELECT but found the end of the query at line 1, column 1\.$/,
    ],
    [
      "nothing selected",
      "SELECT FROM c",
      /Expected an expression but found "FROM" at line 1, column 8/,
    ],
    [
      "something after the end",
      "SELECT * FROM c LIMIT 1",
      /the end of the query but found "LIMIT"/,
    ],
    ["a line is named", "SELECT *\nFROM c\nWHERE c.a ==", /found "=" at line 3, column 12/],
    [
      "a reserved word as property",
      "SELECT c.value FROM c",
      /Expected a property name but found "value"/,
    ],
    [
      "an open string",
      "SELECT 'a FROM c",
      /string is not closed that starts with ' at line 1, column 8/,
    ],
    ["an unknown escape", String.raw`SELECT 'a\q' FROM c`, /\\q is no escape/],
    ["a strange character", "SELECT § FROM c", /Nothing starts with § at line 1, column 8/],
    ["an open bracket", "SELECT [1 FROM c", /Expected \] but found "FROM"/],
    [
      "an expression after TOP",
      "SELECT TOP 1.5 * FROM c",
      /whole number or a parameter but found "1.5"/,
    ],
    ["OFFSET without LIMIT", "SELECT * FROM c OFFSET 1", /Expected LIMIT/],
    ["OFFSET beside TOP", "SELECT TOP 1 * FROM c OFFSET 1 LIMIT 1", /no OFFSET beside TOP/],
    [
      "BETWEEN before AND",
      "SELECT * FROM c WHERE c.a BETWEEN 1 AND 2 AND c.b",
      /parentheses around this BETWEEN/,
    ],
    [
      "BETWEEN after AND",
      "SELECT * FROM c WHERE c.b AND c.a BETWEEN 1 AND 2",
      /parentheses around this BETWEEN/,
    ],
    ["a long ESCAPE", "SELECT 'a' LIKE 'a' ESCAPE 'ab'", /string of one character/],
  ]);
});

describe("What means nothing or is not supported is refused", () => {
  refuses([
    ["an unknown name", "SELECT x.a FROM c", /Nothing is named x at line 1, column 8/],
    ["the container by its old name", "SELECT c.a FROM c AS d", /Nothing is named c/],
    ["two sources of one name", "SELECT * FROM c JOIN c IN c.tags", /c names two sources/],
    [
      "two selected values of one name",
      "SELECT c.a, c.b AS a FROM c",
      /a names two selected values/,
    ],
    ["* with a join", "SELECT * FROM c JOIN t IN c.tags", /SELECT \* needs exactly one source/],
    ["* without a source", "SELECT *", /SELECT \* needs exactly one source/],
    ["* of groups", "SELECT * FROM c GROUP BY c.a", /SELECT \* needs exactly one source/],
    [
      "an unknown function",
      "SELECT SOUNDEX(c.a) FROM c",
      /There is no function SOUNDEX at line 1, column 8/,
    ],
    ["a user-defined function", "SELECT udf.f(c.a) FROM c", /without user-defined functions/],
    [
      "too few arguments",
      "SELECT ABS() FROM c",
      /ABS at line 1, column 8 takes 1 arguments, not 0/,
    ],
    [
      "too many arguments",
      "SELECT STARTSWITH(c, '', true, 1) FROM c",
      /takes 2 to 3 arguments, not 4/,
    ],
    [
      "an aggregate in WHERE",
      "SELECT * FROM c WHERE COUNT(1) > 1",
      /aggregate COUNT .* only stand in a SELECT/,
    ],
    [
      "an aggregate in an aggregate",
      "SELECT MAX(MIN(c.a)) FROM c",
      /aggregate MIN .* only stand in a SELECT/,
    ],
    [
      "an ungrouped property",
      "SELECT c.a, COUNT(1) FROM c",
      /c at line 1, column 8 must be in the GROUP BY/,
    ],
    [
      "a subquery beside aggregates",
      "SELECT COUNT(1), (SELECT 1) AS x FROM c",
      /subquery beside aggregates/,
    ],
    [
      "ORDER BY of an expression",
      "SELECT * FROM c ORDER BY LOWER(c.a)",
      /ORDER BY of anything but a path/,
    ],
    [
      "ORDER BY of a joined item",
      "SELECT c.id FROM c JOIN t IN c.tags ORDER BY t",
      /ORDER BY of items inside documents/,
    ],
    [
      "ORDER BY of groups",
      "SELECT c.a FROM c GROUP BY c.a ORDER BY c.a",
      /ORDER BY beside GROUP BY/,
    ],
    [
      "ORDER BY in a subquery",
      "SELECT ARRAY(SELECT VALUE t FROM c.tags t ORDER BY t.a) AS x FROM c",
      /ORDER BY in a subquery/,
    ],
    [
      "OFFSET in a subquery",
      "SELECT ARRAY(SELECT VALUE t FROM t IN c.tags OFFSET 0 LIMIT 1) AS x FROM c",
      /OFFSET in a subquery/,
    ],
    [
      "a subquery as first source",
      "SELECT * FROM (SELECT * FROM c) AS d",
      /first source .* must be the container/,
    ],
    [
      "the container in a subquery",
      "SELECT (SELECT VALUE COUNT(1) FROM c) AS n",
      /Nothing is named c at line 1, column 36/,
    ],
    [
      "the items of a subquery",
      "SELECT t FROM c JOIN t IN (SELECT VALUE c.tags)",
      /neither a path nor/,
    ],
  ]);

  it("a TOP beyond 32 bits", () => {
    assert.throws(() => runQuery("SELECT TOP 2147483648 * FROM c", []), /TOP takes a whole number/);
  });
});

describe("A query that meets values it can not take is refused", () => {
  it("a missing parameter", () => {
    assert.throws(
      () => runQuery("SELECT @a AS a", []),
      /^SqlError: The query needs a value for @a\.$/,
    );
  });

  it("a parameter that does not fit LIMIT", () => {
    const query = "SELECT * FROM c OFFSET 0 LIMIT @n";
    assert.throws(() => runQuery(query, [], { n: -1 }), /LIMIT takes a whole number .* not -1/);
    assert.throws(() => runQuery(query, [], { n: "1" }), /not "1"/);
  });

  it("a scalar subquery with two results", () => {
    const query = "SELECT (SELECT VALUE t FROM t IN c.tags) AS tag FROM c";
    assert.throws(() => runQuery(query, [{ tags: [1, 2] }]), /more than one value/);
  });

  it("a pattern that is none", () => {
    assert.throws(() => runQuery("SELECT REGEXMATCH('a', '(') AS m", []), SqlError);
    assert.throws(() => runQuery("SELECT 'a' LIKE '[z-a]' AS m", []), SqlError);
    assert.throws(() => runQuery("SELECT REGEXMATCH('a', 'a', 'x') AS m", []), SqlError);
  });

  it("a part of dates that is not counted here", () => {
    assert.throws(() => runQuery("SELECT DateTimeAdd('ns', 1, '2024-01-01') AS d", []), SqlError);
  });
});

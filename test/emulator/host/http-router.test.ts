import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createRouter } from "../../../emulator/host/http/router.ts";

/** Whether a route `x/{v:constraint}` takes the value. */
const accepts = (constraint: string, value: string): boolean => {
  const router = createRouter<true>();
  router.add(`x/{v:${constraint}}`, ["GET"], true);
  return router.match("GET", `/x/${encodeURIComponent(value)}`) !== undefined;
};

describe("a route constraint", () => {
  const cases: readonly [string, readonly string[], readonly string[]][] = [
    ["int", ["0", "-12", "2147483647"], ["2147483648", "1.5", "a"]],
    ["long", ["2147483648", "-9223372036854775808"], ["9223372036854775808", "1e3"]],
    ["bool", ["true", "FALSE"], ["1", "yes"]],
    ["guid", ["0af76519-16cd-43dd-8448-eb211c80319c"], ["0af76519-16cd", "g"]],
    ["alpha", ["abcXYZ"], ["a1", "ä"]],
    ["decimal", ["1.5", "-2"], ["1e3", "1,5"]],
    ["double", ["1.5", "-2", "1e3"], ["1,5"]],
    ["datetime", ["2026-11-21", "2026-11-21T10:00:00Z"], ["someday"]],
    ["minlength(2)", ["ab", "abc"], ["a"]],
    ["maxlength(2)", ["a", "ab"], ["abc"]],
    ["length(2)", ["ab"], ["a", "abc"]],
    ["length(2,3)", ["ab", "abc"], ["a", "abcd"]],
    ["min(18)", ["18", "99"], ["17", "x"]],
    ["max(18)", ["18", "-1"], ["19"]],
    ["range(1,9)", ["1", "9"], ["0", "10"]],
    ["regex(^[a-c]+$)", ["abc", "CAB"], ["abd"]],
    ["int:min(5)", ["5"], ["4", "a"]],
  ];
  for (const [constraint, accepted, refused] of cases) {
    it(`{v:${constraint}} takes ${accepted.join(" ")}, not ${refused.join(" ")}`, () => {
      for (const value of accepted) assert.ok(accepts(constraint, value), value);
      for (const value of refused) assert.ok(!accepts(constraint, value), value);
    });
  }
});

describe("a router", () => {
  it("prefers a constrained parameter to a plain one, and that to a catch-all", () => {
    const router = createRouter<string>();
    router.add("{*rest}", ["GET"], "catch-all");
    router.add("a/{name}", ["GET"], "plain");
    router.add("a/{id:int}", ["GET"], "constrained");
    const target = (path: string): string | undefined => router.match("GET", path)?.target;
    assert.deepEqual(["/a/1", "/a/b", "/a", "/", "/a/b/c"].map(target), [
      "constrained",
      "plain",
      "catch-all",
      "catch-all",
      "catch-all",
    ]);
  });

  it("passes over a better route that does not take the method", () => {
    const router = createRouter<string>();
    router.add("a/list", ["GET"], "literal");
    router.add("a/{name}", ["DELETE"], "parameter");
    assert.deepEqual(router.match("DELETE", "/a/list"), {
      target: "parameter",
      params: { name: "list" },
    });
  });

  it("forgets the parameters of a way it turned back from", () => {
    const router = createRouter<string>();
    router.add("{a:int}/x", ["GET"], "first");
    router.add("{b}/{c}", ["GET"], "second");
    assert.deepEqual(router.match("GET", "/1/y")?.params, { b: "1", c: "y" });
  });

  it("refuses a route whose method is taken, and registers none of it", () => {
    const router = createRouter<string>();
    router.add("a", ["POST"], "first");
    assert.throws(() => {
      router.add("A/{b?}", ["GET", "POST"], "second");
    }, /answers POST/);
    assert.equal(router.match("GET", "/a/1"), undefined);
  });

  it("refuses parameters that can only come last before others", () => {
    const router = createRouter<string>();
    for (const template of ["{a?}/b", "{*a}/b"]) {
      assert.throws(() => {
        router.add(template, ["GET"], "x");
      }, /can only end a route/);
    }
  });
});

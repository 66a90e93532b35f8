/** Names that are derived from parts. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { deriveId } from "../../../src/platform/digest.ts";

const longest = 32;

describe("A derived id", () => {
  it("tells apart lists of parts, however they are cut and whatever is in them", () => {
    const parts = ["", "a", "\n", "aa", "a\n", "\na", "\n\n", '["a"', '"a"]', "\\n"];
    const pairs = parts.flatMap((one) => parts.map((other) => [one, other]));
    const lists = [
      ...parts.map((part) => [part]),
      ...pairs,
      ...parts.flatMap((part) => pairs.map((pair) => [part, ...pair])),
    ];
    assert.equal(new Set(lists.map((list) => deriveId(longest, ...list))).size, lists.length);
  });

  it("is what it was when the documents that bear it were stored", () => {
    const accountId = "0123456789abcdef";
    assert.equal(deriveId(20, accountId, "opening"), "r2kmjorha0g74meh2yn9");
    assert.equal(deriveId(16, "account", "ada", "0123456789abcdef"), "8cp1ldcekn5exttq");
    assert.equal(deriveId(20, accountId, "0123456789abcdef"), "wyripowf9ckgzjjwww3r");
    assert.equal(deriveId(24, "/saldo/account-x", "account-x/1"), "i3nz1f549nffztzlnvtfp037");
  });
});

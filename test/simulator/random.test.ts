import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { hexDigits, opaqueId, seededRandom, uuid } from "../../simulator/random.ts";

const draw = (seed: string, label?: string): number[] => {
  const random = label === undefined ? seededRandom(seed) : seededRandom(seed).split(label);
  return Array.from({ length: 8 }, random.uint32);
};

describe("A seeded source of chance", () => {
  it("draws the same for the same seed, and something else for another", () => {
    assert.deepEqual(draw("1"), draw("1"));
    assert.notDeepEqual(draw("1"), draw("2"));
  });

  it("gives every label a source of its own, however much was drawn before", () => {
    const used = seededRandom("1");
    used.uint32();
    const split = used.split("client 3");
    assert.deepEqual(Array.from({ length: 8 }, split.uint32), draw("1", "client 3"));
    assert.notDeepEqual(draw("1", "client 3"), draw("1", "client 4"));
  });

  it("follows the reference recurrence of sfc32", () => {
    // Computed with BigInt from the state that the seed "1" hashes to.
    const mask = 0xffff_ffffn;
    const hash = "6b86b273ff34fce19d6b804eff5a3f57";
    let [a, b, c, counter] = [0, 8, 16, 24].map((begin) => {
      const bytes = hash.slice(begin, begin + 8).match(/../g) ?? [];
      return BigInt(`0x${bytes.reverse().join("")}`);
    }) as [bigint, bigint, bigint, bigint];
    const expected = Array.from({ length: 8 }, () => {
      const drawn = (a + b + counter) & mask;
      counter = (counter + 1n) & mask;
      a = b ^ (b >> 9n);
      b = (c + (c << 3n)) & mask;
      c = (((c << 21n) & mask) | (c >> 11n)) & mask;
      c = (c + drawn) & mask;
      return Number(drawn);
    });
    assert.deepEqual(draw("1"), expected);
  });

  it("draws every number below a limit about equally often", () => {
    const random = seededRandom("fair");
    const counts = Array.from({ length: 10 }, () => 0);
    for (let round = 0; round < 100_000; round++) {
      const drawn = random.below(10);
      counts[drawn] = (counts[drawn] ?? 0) + 1;
    }
    for (const count of counts) assert.ok(count > 9_500 && count < 10_500, String(counts));
  });

  it("draws both ends of a range, and nothing outside", () => {
    const random = seededRandom("ends");
    const drawn = new Set(Array.from({ length: 200 }, () => random.between(-1, 1)));
    assert.deepEqual([...drawn].sort(), [-1, 0, 1]);
  });

  it("picks only what is there", () => {
    assert.equal(seededRandom("1").pick(["only"]), "only");
    assert.throws(() => seededRandom("1").pick([]), RangeError);
  });

  it("makes identifiers of the forms that the contract asks for", () => {
    const random = seededRandom("1");
    for (let round = 0; round < 100; round++) {
      const version4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
      assert.match(uuid(random), version4);
      assert.match(opaqueId(random, 20), /^[0-9a-z]{20}$/);
      assert.match(hexDigits(random, 4), /^[0-9a-f]{32}$/);
    }
  });
});

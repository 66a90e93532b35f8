import { createHash } from "node:crypto";

/**
 * A seeded source of chance. `split` gives a source of its own to every actor: what one actor
 * draws depends on the seed and its label alone, never on how fast the others are.
 */
export type Random = {
  /** An integer in [0, 2^32). */
  uint32: () => number;
  /** An integer in [0, limit), every one equally likely; limit is at most 2^32. */
  below: (limit: number) => number;
  /** An integer in [low, high]. */
  between: (low: number, high: number) => number;
  /** True in so many of a hundred cases. */
  chance: (percentage: number) => boolean;
  pick: <Item>(items: readonly Item[]) => Item;
  split: (label: string) => Random;
};

export const seededRandom = (seed: string): Random => {
  const uint32 = sfc32(createHash("sha256").update(seed).digest());
  const below = (limit: number): number => {
    // Without it the low numbers would come a little more often than the high ones.
    const fairLimit = TWO_TO_32 - (TWO_TO_32 % limit);
    let drawn = uint32();
    while (drawn >= fairLimit) drawn = uint32();
    return drawn % limit;
  };
  return {
    uint32,
    below,
    between: (low, high) => low + below(high - low + 1),
    chance: (percentage) => below(10_000) < percentage * 100,
    pick: (items) => {
      const item = items[below(items.length)];
      if (item === undefined) throw new RangeError("There is nothing to pick from.");
      return item;
    },
    split: (label) => seededRandom(`${seed}/${label}`),
  };
};

/** A UUID (version 4, RFC 9562) out of a seeded source. */
export const uuid = (random: Random): string => {
  const hex = hexDigits(random, 4);
  const variant = ((parseInt(hex.charAt(16), 16) & 0x3) | 0x8).toString(16);
  return (
    `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}` +
    `-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`
  );
};

/** An identifier of the contract's form `[0-9a-z]{length}`. */
export const opaqueId = (random: Random, length: number): string => {
  let id = "";
  for (let index = 0; index < length; index++) id += random.below(36).toString(36);
  return id;
};

/** Eight hexadecimal digits for each of `words`. */
export const hexDigits = (random: Random, words: number): string => {
  let hex = "";
  for (let word = 0; word < words; word++) hex += random.uint32().toString(16).padStart(8, "0");
  return hex;
};

const TWO_TO_32 = 2 ** 32;

/** Chris Doty-Humphrey's sfc32 (PractRand): small, fast, 128 bits of state. */
const sfc32 = (seed: Buffer): (() => number) => {
  let a = seed.readInt32LE(0);
  let b = seed.readInt32LE(4);
  let c = seed.readInt32LE(8);
  let counter = seed.readInt32LE(12);
  return () => {
    const drawn = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + drawn) | 0;
    return drawn >>> 0;
  };
};

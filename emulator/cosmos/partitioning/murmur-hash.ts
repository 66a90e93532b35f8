const word = (value: bigint): bigint => BigInt.asUintN(64, value);
const rotateLeft = (value: bigint, bits: bigint): bigint =>
  word(value << bits) | (value >> (64n - bits));

const c1 = 0x87c37b91114253d5n;
const c2 = 0x4cf5ad432745937fn;
const mixLow = (block: bigint): bigint => word(rotateLeft(word(block * c1), 31n) * c2);
const mixHigh = (block: bigint): bigint => word(rotateLeft(word(block * c2), 33n) * c1);

function finalMix(value: bigint): bigint {
  let mixed = value ^ (value >> 33n);
  mixed = word(mixed * 0xff51afd7ed558ccdn);
  mixed ^= mixed >> 33n;
  mixed = word(mixed * 0xc4ceb9fe1a85ec53n);
  return mixed ^ (mixed >> 33n);
}

/** The low and the high 64 bits of a hash, as unsigned integers. */
export type Hash128 = readonly [low: bigint, high: bigint];

/** MurmurHash3 x64-128. */
export function murmurHash128(bytes: Uint8Array, seed: Hash128 = [0n, 0n]): Hash128 {
  const wholeBlocksLength = bytes.length - (bytes.length % 16);
  const padded = new Uint8Array(wholeBlocksLength + 16);
  padded.set(bytes);
  const view = new DataView(padded.buffer);
  let [low, high] = seed;
  for (let offset = 0; offset < wholeBlocksLength; offset += 16) {
    low ^= mixLow(view.getBigUint64(offset, true));
    low = word((rotateLeft(low, 27n) + high) * 5n + 0x52dce729n);
    high ^= mixHigh(view.getBigUint64(offset + 8, true));
    high = word((rotateLeft(high, 31n) + low) * 5n + 0x38495ab5n);
  }
  // The tail is zero-padded above, and mixing zeros changes nothing.
  low ^= mixLow(view.getBigUint64(wholeBlocksLength, true)) ^ BigInt(bytes.length);
  high ^= mixHigh(view.getBigUint64(wholeBlocksLength + 8, true)) ^ BigInt(bytes.length);
  low = word(low + high);
  high = word(high + low);
  low = finalMix(low);
  high = finalMix(high);
  low = word(low + high);
  return [low, word(high + low)];
}

/** MurmurHash3 x86-32 with seed 0, as an unsigned integer. */
export function murmurHash32(bytes: Uint8Array): number {
  const mix = (block: number): number => {
    const multiplied = Math.imul(block, 0xcc9e2d51);
    return Math.imul((multiplied << 15) | (multiplied >>> 17), 0x1b873593);
  };
  const wholeBlocksLength = bytes.length - (bytes.length % 4);
  const padded = new Uint8Array(wholeBlocksLength + 4);
  padded.set(bytes);
  const view = new DataView(padded.buffer);
  let hash = 0;
  for (let offset = 0; offset < wholeBlocksLength; offset += 4) {
    hash ^= mix(view.getInt32(offset, true));
    hash = (Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64) | 0;
  }
  hash ^= mix(view.getInt32(wholeBlocksLength, true)) ^ bytes.length;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

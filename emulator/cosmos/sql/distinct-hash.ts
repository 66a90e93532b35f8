import { type Hash128, murmurHash128 } from "../partitioning/murmur-hash.ts";
import { isArray, isObject, type JsonValue } from "./values.ts";

/**
 * A hash that is equal for equal values. Clients sort and resume arrays and objects by it, and so
 * must every partition: this is DistinctHash of Azure/azure-cosmos-dotnet-v3, bit by bit.
 */
export const distinctHash = (value: JsonValue): Hash128 => hash(value, seeds.root);

const seeds = {
  root: [0xbfc2359eafc0e2b7n, 0x8846e00284c4cf1fn],
  null: [0x1380f68bb3b0cfe4n, 0x156c918bf564ee48n],
  false: [0xc1be517fe893b40cn, 0xe9fc8a4c531cd0ddn],
  true: [0xf86d4abf9a412e74n, 0x788488365c8a985dn],
  number: [0x2400e8b894ce9c2an, 0x790be1eabd7b9481n],
  string: [0x61f53f0a44204cfbn, 0x09481be8ef4b56ddn],
  array: [0xfa573b014c4dc18en, 0xa014512c858eb115n],
  object: [0x77b285ac511aef30n, 0x3dcf187245822449n],
  arrayIndex: [0xfe057204216db999n, 0x5b1cc3178bd9c593n],
  propertyName: [0xc915dde058492a8an, 0x7c8be2eba72e4634n],
} as const satisfies Readonly<Record<string, Hash128>>;

function hash(value: JsonValue, seed: Hash128): Hash128 {
  if (isArray(value)) return hashArray(value, seed);
  if (isObject(value)) return hashObject(value, seed);
  switch (typeof value) {
    case "string":
      return hashText(value, mix(seeds.string, seed));
    case "number":
      return murmurHash128(numberBytes(value), mix(seeds.number, seed));
    case "boolean":
      return mix(value ? seeds.true : seeds.false, seed);
    default:
      return mix(seeds.null, seed);
  }
}

function hashArray(items: readonly JsonValue[], seed: Hash128): Hash128 {
  const [low, high] = seeds.arrayIndex;
  return items.reduce<Hash128>(
    (sum, item, index) => mix(hash(item, [low + BigInt(index), high]), sum),
    mix(seeds.array, seed),
  );
}

/** The order of the properties does not matter. */
function hashObject(object: Readonly<Record<string, JsonValue>>, seed: Hash128): Hash128 {
  const empty = mix(seeds.object, seed);
  let low = 0n;
  let high = 0n;
  for (const [name, value] of Object.entries(object)) {
    const nameHash = hashText(name, mix(seeds.string, seeds.propertyName));
    const property = hash(value, nameHash);
    low ^= property[0];
    high ^= property[1];
  }
  return low === 0n && high === 0n ? empty : mix([low, high], empty);
}

const hashText = (text: string, seed: Hash128): Hash128 => murmurHash128(Buffer.from(text), seed);

const mix = (value: Hash128, seed: Hash128): Hash128 => murmurHash128(hashBytes(value), seed);

export function hashBytes([low, high]: Hash128): Buffer {
  const bytes = Buffer.alloc(16);
  bytes.writeBigUInt64LE(low);
  bytes.writeBigUInt64LE(high, 8);
  return bytes;
}

/** A double, and room for the bits that integers above 2^53 have more. */
function numberBytes(value: number): Buffer {
  const bytes = Buffer.alloc(10);
  bytes.writeDoubleLE(value);
  return bytes;
}

import { murmurHash128, murmurHash32 } from "./murmur-hash.ts";

/** One component of a partition key; undefined where the document has no value on the path. */
export type PartitionKeyComponent = string | number | boolean | null | undefined;

export type PartitionKeyHashing = "v1" | "v2" | "multi-hash";

/**
 * Where a partition key lies in the hash space that a container's ranges divide: upper-case
 * hexadecimal digits that sort like the hash. Clients compute the same (utils/hashing in
 * @azure/cosmos) to route bulk operations, so every bit must agree.
 */
export function effectivePartitionKey(
  key: readonly PartitionKeyComponent[],
  hashing: PartitionKeyHashing,
): string {
  switch (hashing) {
    case "v1":
      return hashV1(key[0]);
    case "v2":
      return hashV2(key);
    case "multi-hash":
      return key.map((component) => hashV2([component])).join("");
  }
}

/** Lower bounds that divide the hash space of `hashing` into `count` equal parts; the first is "". */
export function splitPoints(count: number, hashing: PartitionKeyHashing): readonly string[] {
  return Array.from({ length: count }, (_, index) => {
    if (index === 0) return "";
    if (hashing === "v1") return toHex(encodeNumber(Math.floor((index * 2 ** 32) / count)));
    const point = (1n << 126n) * BigInt(index);
    return (point / BigInt(count) - 1n).toString(16).toUpperCase().padStart(32, "0");
  });
}

const marker = {
  undefined: 0x00,
  null: 0x01,
  false: 0x02,
  true: 0x03,
  number: 0x05,
  string: 0x08,
  end: 0xff,
};
const encoder = new TextEncoder();
const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex").toUpperCase();

function hashV2(key: readonly PartitionKeyComponent[]): string {
  const [low, high] = murmurHash128(
    Buffer.concat(key.map((component) => componentBytes(component, marker.end))),
  );
  // The hash is 128 bits, most significant byte first; its two top bits are cleared.
  const topCleared = high & 0x3fffffffffffffffn;
  return ((topCleared << 64n) | low).toString(16).toUpperCase().padStart(32, "0");
}

const hashedCharactersV1 = 100;

function hashV1(component: PartitionKeyComponent): string {
  const hashed = typeof component === "string" ? component.slice(0, hashedCharactersV1) : component;
  const hash = murmurHash32(componentBytes(hashed, marker.undefined));
  return toHex(Buffer.concat([encodeNumber(hash), sortableBytes(hashed)]));
}

function componentBytes(component: PartitionKeyComponent, stringEnd: number): Uint8Array {
  if (typeof component === "string") {
    return Buffer.concat([[marker.string], encoder.encode(component), [stringEnd]].map(asBytes));
  }
  if (typeof component === "number") {
    const bytes = new DataView(new ArrayBuffer(9));
    bytes.setUint8(0, marker.number);
    bytes.setFloat64(1, component, true);
    return new Uint8Array(bytes.buffer);
  }
  return markerBytes(component);
}

/** V1 keys end with the value itself in a form that sorts bytewise. */
function sortableBytes(component: PartitionKeyComponent): Uint8Array {
  if (typeof component === "number") return encodeNumber(component);
  if (typeof component !== "string") return markerBytes(component);
  const shifted = encoder.encode(component).map((byte) => byte + 1);
  return Buffer.concat([[marker.string], shifted, [marker.undefined]].map(asBytes));
}

const asBytes = (bytes: Uint8Array | readonly number[]): Uint8Array => Uint8Array.from(bytes);

function markerBytes(component: boolean | null | undefined): Uint8Array {
  if (component === undefined) return Uint8Array.of(marker.undefined);
  if (component === null) return Uint8Array.of(marker.null);
  return Uint8Array.of(component ? marker.true : marker.false);
}

/** A double whose bytes sort like the number: the first byte whole, then seven bits a byte. */
function encodeNumber(value: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const sign = 1n << 63n;
  let payload = bits < sign ? bits ^ sign : BigInt.asUintN(64, -bits);
  const bytes = [marker.number, Number(payload >> 56n)];
  payload = BigInt.asUintN(64, payload << 8n);
  do {
    const sevenBits = Number(payload >> 56n) & 0xfe;
    payload = BigInt.asUintN(64, payload << 7n);
    bytes.push(payload === 0n ? sevenBits : sevenBits | 1);
  } while (payload !== 0n);
  return Uint8Array.from(bytes);
}

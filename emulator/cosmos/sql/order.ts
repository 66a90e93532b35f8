import { documentNumber } from "../resource-ids.ts";
import { distinctHash, hashBytes } from "./distinct-hash.ts";
import { compareValues, isArray, isObject, typeRank, type Value } from "./values.ts";

/**
 * A value as ORDER BY compares it: by its type, then by itself. Arrays and objects stand for their
 * hash, by which clients merge what the partitions ordered.
 */
export type SortKey = { readonly rank: number; readonly value: Value };

export function sortKey(value: Value): SortKey {
  const rank = typeRank(value);
  if (!isArray(value) && !isObject(value)) return { rank, value };
  return { rank, value: hashText(distinctHash(value)) };
}

/** The key of an array or object of which only the hash is known. */
export const hashedKey = (of: "array" | "object", low: bigint, high: bigint): SortKey => ({
  rank: typeRank(of === "array" ? [] : {}),
  value: hashText([BigInt.asUintN(64, low), BigInt.asUintN(64, high)]),
});

/** Hashes are compared byte by byte, the least significant one first. */
const hashText = (hash: readonly [bigint, bigint]): string => hashBytes(hash).toString("hex");

/** One row of an ordered query: its sort keys, and the document that it comes from. */
export type Place = { readonly keys: readonly SortKey[]; readonly document: bigint };

/**
 * Compares places by their keys, then by the number of their documents in the direction of the
 * first key: the order in which clients expect what is equal.
 */
export const comparePlaces =
  (signs: readonly (1 | -1)[]) =>
  (left: Place, right: Place): number => {
    const byKeys = compareKeys(signs, left.keys, right.keys);
    return byKeys === 0 ? compareDocuments(signs, left.document, right.document) : byKeys;
  };

function compareKeys(
  signs: readonly (1 | -1)[],
  left: readonly SortKey[],
  right: readonly SortKey[],
): number {
  for (const [index, sign] of signs.entries()) {
    const [x, y] = [left[index], right[index]];
    const comparison = x === undefined || y === undefined ? 0 : compareSortKeys(x, y);
    if (comparison !== 0) return comparison * sign;
  }
  return 0;
}

export const compareSortKeys = (left: SortKey, right: SortKey): number =>
  left.rank === right.rank ? compareValues(left.value, right.value) : left.rank - right.rank;

const compareDocuments = ([sign = 1]: readonly (1 | -1)[], left: bigint, right: bigint): number =>
  left === right ? 0 : left < right ? -sign : sign;

/** Where to go on with an ordered query. */
export type ResumePoint = {
  readonly keys: readonly SortKey[];
  /** Among equal keys, the number of the document to go on with; all of them without. */
  readonly document?: bigint;
  /** Whether what is exactly there is left out. */
  readonly exclude: boolean;
};

/** Tells the rows at or behind the point from those before it. */
export const isFrom =
  ({ keys, document, exclude }: ResumePoint, signs: readonly (1 | -1)[]) =>
  (place: Place): boolean => {
    const byKeys = compareKeys(signs, place.keys, keys);
    if (byKeys !== 0 || document === undefined) return byKeys === 0 ? !exclude : byKeys > 0;
    const byDocument = compareDocuments(signs, place.document, document);
    return byDocument === 0 ? !exclude : byDocument > 0;
  };

export const isSamePlace = (left: Place | undefined, right: Place): boolean =>
  left?.document === right.document &&
  left.keys.every((key, index) => {
    const other = right.keys[index];
    return other !== undefined && compareSortKeys(key, other) === 0;
  });

/** The number of a document; documents without a resource id are all alike. */
export const numberOf = (rid: Value): bigint =>
  (typeof rid === "string" ? documentNumber(rid) : undefined) ?? 0n;

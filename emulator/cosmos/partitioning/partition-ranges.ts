import { badRequest, CosmosError, substatus } from "../protocol/errors.ts";
import { limits } from "../limits.ts";
import { effectivePartitionKey, splitPoints } from "./effective-partition-key.ts";
import {
  formatPartitionKey,
  hashingOf,
  parsePartitionKey,
  type PartitionKey,
  type PartitionKeyDefinition,
} from "./partition-key.ts";

/** One physical partition: a slice of the hash space with its own sequence of transactions. */
export type PartitionRange = {
  readonly id: string;
  readonly ordinal: number;
  readonly minInclusive: string;
  readonly maxExclusive: string;
  /**
   * Logical sequence number of the last transaction. It moves only inside a storage transaction,
   * which never lasts longer than one turn of the event loop; whoever reads it sees commits only.
   */
  lsn: number;
};

/** All documents with one partition key value; the scope of a transaction. */
export type LogicalPartition = {
  readonly key: PartitionKey;
  /** Where it lies in the hash space. */
  readonly effectiveKey: string;
  /** Sorts like the effective partition key and is unique for each partition key value. */
  readonly identity: string;
  readonly range: PartitionRange;
};

export function createRanges(
  count: number,
  definition: PartitionKeyDefinition,
): readonly PartitionRange[] {
  const bounds = splitPoints(count, hashingOf(definition));
  return bounds.map((minInclusive, ordinal) => ({
    id: String(ordinal),
    ordinal,
    minInclusive,
    maxExclusive: bounds[ordinal + 1] ?? "FF",
    lsn: 0,
  }));
}

export type Partitioning = {
  readonly ranges: readonly PartitionRange[];
  /** The range with this id; throws 410 with sub-status 1002 so that clients re-read the ranges. */
  range(id: string): PartitionRange;
  /** The logical partition named by a partition key header; throws 400 if it is not complete. */
  partition(header: string): LogicalPartition;
  partitionOf(key: PartitionKey): LogicalPartition;
  /** Whether the header names fewer values than a complete partition key has. */
  isPrefix(header: string): boolean;
  /** The slice of the hash space that a prefix of a partition key covers, and its range. */
  slice(header: string): EffectiveSlice & { readonly range: PartitionRange };
};

export type EffectiveSlice = { readonly minInclusive: string; readonly maxExclusive: string };

/** Hashing a key takes microseconds, and the same keys come again and again. */
const cachedPartitions = 20_000;

export function createPartitioning(
  definition: PartitionKeyDefinition,
  ranges: readonly PartitionRange[],
): Partitioning {
  const hashing = hashingOf(definition);
  const byHeader = new Map<string, LogicalPartition>();

  const rangeAt = (position: string): PartitionRange => {
    const found = ranges.findLast((range) => range.minInclusive <= position);
    if (found === undefined) throw new Error("the first range starts at the empty string");
    return found;
  };

  const resolve = (key: PartitionKey): LogicalPartition => {
    const header = formatPartitionKey(key);
    if (Buffer.byteLength(header) - 4 > limits.partitionKeyBytes) {
      throw badRequest(`A partition key is longer than ${limits.partitionKeyBytes} bytes.`);
    }
    const effectiveKey = effectivePartitionKey(key, hashing);
    // Version 1 hashes 32 bits and the first 100 characters: different keys may collide.
    const identity = hashing === "v1" ? `${effectiveKey}-${header}` : effectiveKey;
    return { key, effectiveKey, identity, range: rangeAt(effectiveKey) };
  };

  const partition = (header: string): LogicalPartition => {
    const cached = byHeader.get(header);
    if (cached !== undefined) return cached;
    const key = parsePartitionKey(header);
    if (key.length !== definition.paths.length) {
      throw badRequest(
        `The partition key has ${key.length} values, the container ${definition.paths.length}.`,
        { substatus: substatus.partitionKeyMismatch },
      );
    }
    const resolved = resolve(key);
    if (byHeader.size >= cachedPartitions) byHeader.clear();
    byHeader.set(header, resolved);
    return resolved;
  };

  return {
    ranges,
    partition,
    partitionOf: (key) => partition(formatPartitionKey(key)),
    range: (id) => {
      const found = ranges.find((range) => range.id === id);
      if (found !== undefined) return found;
      throw new CosmosError(410, `The partition key range ${id} does not exist.`, {
        substatus: substatus.partitionKeyRangeGone,
      });
    },
    isPrefix: (header) => parsePartitionKey(header).length < definition.paths.length,
    slice: (header) => {
      // Ranges are divided by the first component alone, so a prefix lies within one of them.
      const minInclusive = effectivePartitionKey(parsePartitionKey(header), hashing);
      // "G" sorts after the hexadecimal digits: everything that starts with the prefix.
      return { minInclusive, maxExclusive: `${minInclusive}G`, range: rangeAt(minInclusive) };
    },
  };
}

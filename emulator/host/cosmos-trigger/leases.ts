import type { Clock } from "../../shared/clock.ts";
import {
  CosmosError,
  type ContainerName,
  type CosmosClient,
  type IdentifiedDocument,
  type PartitionKeyRange,
} from "../cosmos-client/index.ts";
import { objectAt, stringAt, type JsonObject } from "../../shared/json.ts";

/**
 * One lease document: who reads a range of the feed and how far it got. Fields and ids are those
 * of the change feed processor (source: Azure/azure-cosmos-dotnet-v3,
 * ChangeFeedProcessor/LeaseManagement), so both can share a lease container's tools.
 */
export type Lease = {
  readonly id: string;
  /** Id of the partition key range. */
  readonly token: string;
  /** Stretch of the hash space, hexadecimal: from `min` on, below `max`. */
  readonly min: string;
  readonly max: string;
  readonly owner: string | undefined;
  /** Etag of the feed after the last batch; absent until the first. */
  readonly continuation: string | undefined;
  /** Last write by the owner, in milliseconds since the epoch. */
  readonly timestampMs: number;
  readonly etag: string;
  /** As stored, so that an update keeps fields unknown here. */
  readonly document: JsonObject;
};

/** The lease has another owner now, or is gone. */
export class LeaseLostError extends Error {
  override readonly name = "LeaseLostError";
}

export type LeaseStore = {
  /** Makes a lease for each range, once for all hosts with this prefix. */
  initialize(ranges: readonly PartitionKeyRange[]): Promise<void>;
  list(): Promise<readonly Lease[]>;
  /** @throws LeaseLostError when somebody else was faster */
  acquire(lease: Lease, owner: string): Promise<Lease>;
  /** The three below @throws LeaseLostError when the lease is another's by now */
  readonly renew: (lease: Lease) => Promise<Lease>;
  checkpoint(lease: Lease, continuation: string): Promise<Lease>;
  release(lease: Lease): Promise<void>;
  /** Replaces the lease of a split range by one for each of its children. */
  replace(lease: Lease, children: readonly PartitionKeyRange[]): Promise<void>;
};

const maxUpdateAttempts = 5;
const lockSeconds = 30;
const lockRetryDelayMs = 1_000;

type Place = {
  readonly client: CosmosClient;
  readonly container: ContainerName;
  /** What all ids of this function's leases begin with. */
  readonly prefix: string;
  readonly clock: Clock;
};

export function createLeaseStore(place: Place): LeaseStore {
  const { client, container, prefix, clock } = place;

  const list = async (): Promise<readonly Lease[]> => {
    const documents = await client.query(container, {
      query: "SELECT * FROM c WHERE STARTSWITH(c.id, @prefix)",
      parameters: [{ name: "@prefix", value: `${prefix}..` }],
    });
    return documents.map(toLease);
  };

  const update = async (lease: Lease, change: JsonObject): Promise<Lease> => {
    let current = lease;
    for (let attempt = 1; attempt <= maxUpdateAttempts; attempt += 1) {
      const timestamp = new Date(clock.now()).toISOString();
      const document = { ...current.document, ...change, id: lease.id, timestamp };
      try {
        return toLease(await client.replaceDocument(container, document, current.etag));
      } catch (error) {
        if (!hasStatus(error, 404, 412)) throw error;
      }
      current = await reread(place, lease);
    }
    throw new LeaseLostError(`Lease ${lease.token} is being written by another owner.`);
  };

  const create = async (range: PartitionKeyRange, continuation: string | null): Promise<void> => {
    const document = newLease(`${prefix}..${range.id}`, range, continuation);
    await ignoring(409, client.createDocument(container, document));
  };

  return {
    initialize: (ranges) =>
      initializeOnce(place, async () => {
        const known = new Set((await list()).map(({ token }) => token));
        for (const range of ranges.filter(({ id }) => !known.has(id))) {
          await create(range, null);
        }
      }),
    list,
    acquire: (lease, owner) => update(lease, { Owner: owner }),
    renew: (lease) => update(lease, {}),
    checkpoint: (lease, continuation) => update(lease, { ContinuationToken: continuation }),
    release: async (lease) => {
      await update(lease, { Owner: null });
    },
    replace: async (lease, children) => {
      for (const child of children) await create(child, lease.continuation ?? null);
      await ignoring(404, client.deleteDocument(container, lease.id));
    },
  };
}

/** The lease as stored, if it still has the owner our copy names. */
async function reread({ client, container }: Place, lease: Lease): Promise<Lease> {
  try {
    const current = toLease(await client.readDocument(container, lease.id));
    if (current.owner === lease.owner) return current;
    throw new LeaseLostError(
      `Lease ${lease.token} was taken over by ${current.owner ?? "nobody"}.`,
    );
  } catch (error) {
    if (hasStatus(error, 404)) throw new LeaseLostError(`Lease ${lease.token} is gone.`);
    throw error;
  }
}

/**
 * The first host makes the leases under a lock, which ends by itself should that host die; the
 * marker `.info` tells the others to go on.
 */
async function initializeOnce(place: Place, createLeases: () => Promise<void>): Promise<void> {
  const { client, container, prefix, clock } = place;
  const marker = `${prefix}.info`;
  const lock = `${prefix}.lock`;
  const isInitialized = async (): Promise<boolean> =>
    (await ignoring(404, client.readDocument(container, marker))) !== undefined;

  while (!(await isInitialized())) {
    const document = { id: lock, ttl: lockSeconds };
    const isOurs = (await ignoring(409, client.createDocument(container, document))) !== undefined;
    if (!isOurs) {
      await clock.sleep(lockRetryDelayMs);
      continue;
    }
    try {
      await createLeases();
      await ignoring(409, client.createDocument(container, { id: marker }));
    } finally {
      await ignoring(404, client.deleteDocument(container, lock));
    }
  }
}

function newLease(
  id: string,
  range: PartitionKeyRange,
  continuation: string | null,
): IdentifiedDocument {
  return {
    id,
    version: 0,
    LeaseToken: range.id,
    FeedRange: { Range: { min: range.min, max: range.max } },
    Owner: null,
    ContinuationToken: continuation,
    properties: {},
    timestamp: null,
    Mode: "Incremental Feed",
  };
}

function toLease(document: JsonObject): Lease {
  const feedRange = objectAt(objectAt(document, "FeedRange"), "Range");
  const min = stringAt(feedRange, "min") ?? "";
  const max = stringAt(feedRange, "max") ?? "FF";
  const timestamp = stringAt(document, "timestamp");
  const seconds = document["_ts"];
  return {
    id: stringAt(document, "id") ?? "",
    token: stringAt(document, "LeaseToken") ?? "",
    min,
    max,
    owner: stringAt(document, "Owner"),
    continuation: stringAt(document, "ContinuationToken"),
    timestampMs:
      timestamp === undefined
        ? (typeof seconds === "number" ? seconds : 0) * 1000
        : Date.parse(timestamp),
    etag: stringAt(document, "_etag") ?? "",
    document,
  };
}

function hasStatus(error: unknown, ...statuses: readonly number[]): boolean {
  return error instanceof CosmosError && statuses.includes(error.status);
}

/** The answer, or undefined when the service refused with this one expected status. */
async function ignoring<T>(status: number, answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (hasStatus(error, status)) return undefined;
    throw error;
  }
}

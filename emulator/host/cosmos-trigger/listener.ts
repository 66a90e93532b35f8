import type { Clock } from "../../shared/clock.ts";
import type { PartitionKeyRange } from "../cosmos-client/index.ts";
import { describeError, type Logger } from "../log.ts";
import type { Listener } from "../trigger-kind.ts";
import { leasesToTake } from "./balancer.ts";
import type { FeedEnd } from "./feed.ts";
import { LeaseLostError, type Lease, type LeaseStore } from "./leases.ts";
import { openSession, type Session, type SessionServices } from "./session.ts";

export type ListenerServices = {
  readonly functionName: string;
  /** Name under which leases are held. */
  readonly owner: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly leaseAcquireIntervalMs: number;
  readonly leaseExpirationIntervalMs: number;
  /** Checks both containers and makes the leases; rejects when something is missing. */
  openStore(): Promise<LeaseStore>;
  readRanges(): Promise<readonly PartitionKeyRange[]>;
  sessionServices(store: LeaseStore): SessionServices;
  /** Calls back when the monitored container has changed; returns the end of it. */
  onChange(listener: () => void): () => void;
};

export const cosmosLogCategory = "Host.Triggers.CosmosDB";

const firstStartDelayMs = 1_000;
const longestStartDelayMs = 60_000;

/**
 * Takes this host's share of the leases and keeps reading them. Resolves after the first attempt;
 * one that failed is repeated in the background.
 */
export async function startListener(services: ListenerServices): Promise<Listener> {
  const { clock, logger, functionName } = services;
  const stopping = new AbortController();
  const leases = holdLeases(services, stopping.signal);
  const isStopping = (): boolean => stopping.signal.aborted;
  let store: LeaseStore | undefined;
  let startDelayMs = firstStartDelayMs;

  const attempt = async (): Promise<void> => {
    try {
      store ??= await services.openStore();
      await leases.balance(store);
    } catch (error) {
      const what =
        store === undefined
          ? `The listener for function '${functionName}' was unable to start`
          : `Balancing the leases of '${functionName}' failed`;
      logger.write("error", cosmosLogCategory, `${what}: ${describeError(error)}`);
    }
  };
  const repeat = async (): Promise<void> => {
    while (!isStopping()) {
      const hasStarted = store !== undefined;
      await clock.sleep(
        hasStarted ? services.leaseAcquireIntervalMs : startDelayMs,
        stopping.signal,
      );
      if (!hasStarted) startDelayMs = Math.min(startDelayMs * 2, longestStartDelayMs);
      if (!isStopping()) await attempt();
    }
  };

  const unsubscribe = services.onChange(leases.wake);
  await attempt();
  const repeated = repeat();
  return {
    stop: async () => {
      unsubscribe();
      stopping.abort();
      await repeated;
      await leases.giveBack();
    },
  };
}

type HeldLeases = {
  /** Takes what the balance of all hosts grants this one. */
  balance(store: LeaseStore): Promise<void>;
  readonly wake: () => void;
  /** Ends all sessions after their batch at hand and releases their leases. */
  giveBack(): Promise<void>;
};

function holdLeases(services: ListenerServices, stopping: AbortSignal): HeldLeases {
  const { owner, clock, logger } = services;
  const note = (message: string): void => {
    logger.write("information", cosmosLogCategory, `${services.functionName}: ${message}`);
  };
  /** Leases held or being acquired, by id. */
  const taken = new Set<string>();
  const sessions = new Map<string, Session>();
  const endings = new Set<Promise<void>>();

  const balance = async (store: LeaseStore): Promise<void> => {
    const leases = await store.list();
    const nowMs = clock.now();
    const { leaseExpirationIntervalMs: expirationIntervalMs } = services;
    const granted = leasesToTake({ leases, owner, nowMs, expirationIntervalMs });
    // Held under this name by a run that crashed: nobody else would take them before they expire.
    const abandoned = leases.filter((lease) => lease.owner === owner);
    for (const lease of new Set([...abandoned, ...granted])) await take(store, lease);
  };

  const take = async (store: LeaseStore, lease: Lease): Promise<void> => {
    if (taken.has(lease.id) || stopping.aborted) return;
    taken.add(lease.id);
    try {
      const acquired = await store.acquire(lease, owner);
      note(`Lease ${lease.token} was acquired.`);
      await hold(store, acquired).begun;
    } catch (error) {
      taken.delete(lease.id);
      if (!(error instanceof LeaseLostError)) throw error;
    }
  };

  const hold = (store: LeaseStore, lease: Lease): Session => {
    const session = openSession(lease, services.sessionServices(store));
    sessions.set(lease.id, session);
    if (stopping.aborted) session.stop();
    const ending = session.ended
      .then((result) => conclude(store, result))
      .catch((error: unknown) => {
        const message = `${services.functionName}: Lease ${lease.token} could not be given back`;
        logger.write("error", cosmosLogCategory, `${message}: ${describeError(error)}`);
      })
      .finally(() => {
        endings.delete(ending);
      });
    endings.add(ending);
    return session;
  };

  const conclude = async (store: LeaseStore, result: Ended): Promise<void> => {
    const { end, lease } = result;
    sessions.delete(lease.id);
    try {
      if (end === "gone") await followSplit(services, store, lease);
      else await store.release(lease);
      note(`Lease ${lease.token} was released.`);
    } catch (error) {
      if (!(error instanceof LeaseLostError)) throw error;
      note(error.message);
    } finally {
      taken.delete(lease.id);
    }
    if (end === "gone" && !stopping.aborted) await balance(store);
  };

  return {
    balance,
    wake: () => {
      for (const session of sessions.values()) session.wake();
    },
    giveBack: async () => {
      for (const session of sessions.values()) session.stop();
      // The end of one may still be taking others, which then end in their turn.
      while (endings.size > 0) await Promise.all(endings);
    },
  };
}

type Ended = { readonly end: FeedEnd; readonly lease: Lease };

/**
 * After a split the children's leases continue where the parent's ended.
 * @throws Error after a merge, whose continuation would have to be that of several leases
 */
async function followSplit(
  services: ListenerServices,
  store: LeaseStore,
  lease: Lease,
): Promise<void> {
  const ranges = await services.readRanges();
  const overlapping = ranges.filter(({ min, max }) => min < lease.max && lease.min < max);
  if (overlapping.some(({ id }) => id === lease.token)) return store.release(lease);
  if (overlapping.some(({ min, max }) => min < lease.min || max > lease.max)) {
    throw new Error(`The range of lease ${lease.token} was merged, which is not supported.`);
  }
  return store.replace(lease, overlapping);
}

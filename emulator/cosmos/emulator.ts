import type { AdjustableClock } from "../shared/clock.ts";
import type { WireHandler } from "../shared/wire.ts";
import { createAuthentication } from "./authentication.ts";
import { startExpiry } from "./expiry.ts";
import { createFaults, type FaultControl } from "./faults.ts";
import { createAccount } from "./protocol/account.ts";
import { createRouter } from "./protocol/router.ts";
import { createQueryRunner } from "./queries/answer-query.ts";
import { rangesPerContainer } from "./storage/positions.ts";
import { type Commit, openStore } from "./storage/store.ts";
import { createThrottle } from "./throttling.ts";

export type CosmosOptions = {
  /** Path of the SQLite file, made if it does not exist, or ":memory:". */
  readonly file: string;
  /** The account key, in base64. */
  readonly key: string;
  readonly clock: AdjustableClock;
  /** Physical partitions (key ranges) of a new container; 4 unless told. */
  readonly partitionCount?: number;
  /**
   * Runs the emulator in a thread of its own, so that neither the work nor the waiting for the disk
   * holds up the rest of the process. Starting the thread takes a moment; false unless told.
   */
  readonly ownThread?: boolean;
};

export type CosmosEmulator = {
  /** The whole REST protocol. Rejects with DroppedReply if a fault rule drops the reply. */
  readonly handle: WireHandler;
  /**
   * Tells which range of which container ("dbs/x/colls/y") has something new, after it is durable.
   * A hint for feed readers in the same process; gives the call that ends it.
   */
  onCommit(listener: (commit: Commit) => void): () => void;
  readonly faults: FaultControl;
  /** Finishes what was begun and closes the file. */
  close(): Promise<void>;
};

const defaultPartitionCount = 4;

/** Opens an account in the calling thread; `onFaultHit` is told of each fault rule that applied. */
export function openHere(
  { file, key, clock, partitionCount = defaultPartitionCount }: CosmosOptions,
  onFaultHit?: (id: string) => void,
): CosmosEmulator {
  if (!(partitionCount >= 1 && partitionCount <= rangesPerContainer)) {
    throw new RangeError(`partitionCount must be from 1 to ${rangesPerContainer}.`);
  }
  const store = openStore(file);
  const faults = createFaults(onFaultHit);
  const account = createAccount({
    store,
    clock,
    faults,
    partitionCount,
    throttle: createThrottle(),
    queries: createQueryRunner(),
  });
  const expiry = startExpiry(account);
  return {
    handle: createRouter(account, createAuthentication(key)),
    onCommit: (listener) => store.onCommit(listener),
    faults,
    close: () => {
      expiry.stop();
      store.close();
      return Promise.resolve();
    },
  };
}

import type { AdjustableClock } from "../shared/clock.ts";
import type { WireHandler } from "../shared/wire.ts";
import { createAuthentication } from "./authentication.ts";
import { startExpiry } from "./expiry.ts";
import { createFaults, type Faults } from "./faults.ts";
import { createAccount } from "./protocol/account.ts";
import { createRouter } from "./protocol/router.ts";
import { createQueryRunner } from "./queries/answer-query.ts";
import { type Commit, openStore } from "./storage/store.ts";
import { rangesPerContainer } from "./storage/positions.ts";
import { createThrottle } from "./throttling.ts";

export type { FaultRule, Faults } from "./faults.ts";
export { listenCosmos } from "./http-server.ts";

export type CosmosOptions = {
  /** Path of the SQLite file, made if it does not exist, or ":memory:". */
  readonly file: string;
  /** The account key, in base64. */
  readonly key: string;
  readonly clock: AdjustableClock;
  /** Physical partitions (key ranges) of a new container; 4 unless told. */
  readonly partitionCount?: number;
};

export type CosmosEmulator = {
  /** The whole REST protocol. Rejects only if a fault rule drops the reply. */
  readonly handle: WireHandler;
  /**
   * Tells which range of which container ("dbs/x/colls/y") has something new, after it is durable.
   * A hint for feed readers in the same process; gives the call that ends it.
   */
  onCommit(listener: (commit: Commit) => void): () => void;
  readonly faults: Faults;
  /** Finishes what was begun and closes the file. */
  close(): Promise<void>;
};

const defaultPartitionCount = 4;

/** Opens an account that behaves like Azure Cosmos DB for NoSQL; see docs/emulator-cosmos.md. */
export function openCosmos(options: CosmosOptions): CosmosEmulator {
  const { file, key, clock, partitionCount = defaultPartitionCount } = options;
  if (!(partitionCount >= 1 && partitionCount <= rangesPerContainer)) {
    throw new RangeError(`partitionCount must be from 1 to ${rangesPerContainer}.`);
  }
  const store = openStore(file);
  const faults = createFaults();
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
      return store.close();
    },
  };
}

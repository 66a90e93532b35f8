import { setTimeout as pause } from "node:timers/promises";
import type { Log } from "../http/log.ts";
import type { SaldoClient } from "../saldo/client.ts";
import type { TransferStore } from "../store/transfers.ts";
import type { Register } from "../transfers/register.ts";

/**
 * Compares this app's list with Saldo's at the start and every so often: what was missed while
 * this app was down, or was lost on its way, comes to light here. A lost event only costs time.
 */
export type CatchUp = {
  /** Whether Saldo could be asked the last time; undefined before the first. */
  isReachable: () => boolean | undefined;
  stop: () => Promise<void>;
};

type Needs = {
  saldo: SaldoClient;
  transfers: TransferStore;
  register: Register;
  wantNames: () => void;
  log: Log;
  everyMs: number;
};

export const startCatchUp = (needs: Needs): CatchUp => {
  const { log, everyMs } = needs;
  const stopping = new AbortController();
  let isReachable: boolean | undefined;

  const tryOnce = async (): Promise<void> => {
    try {
      await catchUp(needs);
      isReachable = true;
    } catch (error) {
      // Once for each time that it is away, and not because this app closes.
      if (isReachable !== false && !stopping.signal.aborted)
        log("catch-up", "failed; it is repeated until it succeeds", error);
      isReachable = false;
    }
  };

  const keepUp = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await tryOnce();
      await pause(everyMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  };

  const kept = keepUp();
  return {
    isReachable: () => isReachable,
    stop: async () => {
      stopping.abort();
      await kept;
    },
  };
};

const catchUp = async ({ saldo, transfers, register, wantNames }: Needs): Promise<void> => {
  const waitingThere = await saldo.approvals();
  register.record(waitingThere);
  const listed = new Set(waitingThere.map(({ terms }) => terms.transferId));
  const unsure = transfers.unfinished().filter(({ transferId }) => !listed.has(transferId));
  for (const { transferId } of unsure) await register.lookUp(transferId);
  wantNames();
};

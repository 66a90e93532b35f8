import type { Changes } from "../live/changes.ts";
import type { Log } from "../http/log.ts";
import type { SaldoClient } from "../saldo/client.ts";
import type { AccountStore } from "../store/accounts.ts";
import type { TransferStore } from "../store/transfers.ts";

/** Events tell no names: they are asked for once per account, and not waited for. */
export type Names = {
  /** Asks for all that are missing, in the background, unless that is under way already. */
  want: () => void;
  /** Resolves once nothing is under way. */
  idle: () => Promise<void>;
};

type Needs = {
  transfers: TransferStore;
  accounts: AccountStore;
  changes: Changes;
  saldo: SaldoClient;
  log: Log;
};

export const createNames = ({ transfers, accounts, changes, saldo, log }: Needs): Names => {
  let underWay: Promise<void> | undefined;
  let isWanted = false;

  const askFor = async (accountId: string): Promise<void> => {
    const owner = await saldo.owner(accountId);
    if (owner === undefined) return; // Saldo does not know it either; the next catch-up asks again
    accounts.save(accountId, owner);
    changes.announce(transfers.touchAccount(accountId));
  };

  const askForAll = async (): Promise<void> => {
    try {
      while (isWanted) {
        isWanted = false;
        for (const accountId of transfers.namelessAccounts(atOnceCount)) await askFor(accountId);
      }
    } catch (error) {
      log("names", "could not be asked for", error);
    }
  };

  return {
    want: () => {
      isWanted = true;
      underWay ??= askForAll().finally(() => {
        underWay = undefined;
      });
    },
    idle: async () => {
      await underWay;
    },
  };
};

/** The rest follows with the next catch-up. */
const atOnceCount = 200;

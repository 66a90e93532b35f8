import type { Changes } from "../live/changes.ts";
import type { SaldoClient } from "../saldo/client.ts";
import type { TransferStore } from "../store/transfers.ts";
import type { Report } from "./transfer.ts";

/** The one way in for news about transfers, wherever they come from. */
export type Register = {
  /** Keeps what is told and announces what has changed by it. Throws if it could not be kept. */
  record: (reports: readonly Report[]) => void;
  /** Asks Saldo how a transfer stands; false if Saldo does not know it. Throws SaldoUnavailable. */
  lookUp: (transferId: string) => Promise<boolean>;
};

type Needs = {
  transfers: TransferStore;
  changes: Changes;
  saldo: SaldoClient;
  /** Called when there may be accounts whose owners are not known. */
  wantNames: () => void;
};

export const createRegister = ({ transfers, changes, saldo, wantNames }: Needs): Register => {
  const record = (reports: readonly Report[]): void => {
    const changed = transfers.record(reports);
    changes.announce(changed);
    if (changed.length > 0) wantNames();
  };
  return {
    record,
    lookUp: async (transferId) => {
      const report = await saldo.transfer(transferId);
      if (report !== undefined) record([report]);
      return report !== undefined;
    },
  };
};

import { loadFeeE4 } from "../money.ts";
import type { Ending, Entry, LoadCredits, OpenAccount, SendCredits } from "../world/intentions.ts";

/**
 * What must be in the service, told from the intentions and the outcomes alone. Nothing here is
 * computed as the service computes it: there is no stream and no version, only sets of movements.
 */
export type ExpectedWorld = {
  accounts: Map<string, ExpectedAccount>;
  transfers: Map<string, ExpectedTransfer>;
  /** Transfers that were rejected: there must be no trace of them. */
  rejectedTransferIds: string[];
  /** What contradicts itself already here. */
  findings: string[];
};

export type ExpectedAccount = {
  accountId: string;
  name: string;
  email: string;
  currency: string;
  closed: boolean;
  loads: ExpectedLoad[];
  sent: ExpectedTransfer[];
  /** Sent to this account: not all of it may have arrived. */
  due: ExpectedTransfer[];
  /** Transfers of this account that were rejected for lack of money. */
  unaffordable: Unaffordable[];
};

export type ExpectedLoad = { amountE4: bigint; feeE4: bigint };

export type ExpectedTransfer = {
  transferId: string;
  from: string;
  to: string;
  amountE4: bigint;
  note: string | undefined;
  endings: readonly Ending[];
};

export type Unaffordable = { amountE4: bigint; acceptedAt: string; handledAt: string };

export const expectedWorld = (entries: readonly Entry[]): ExpectedWorld => {
  const expected: ExpectedWorld = {
    accounts: new Map(),
    transfers: new Map(),
    rejectedTransferIds: [],
    findings: [],
  };
  // Accounts first: clients are not in step, and so neither are their entries.
  for (const { intention, outcome } of entries) {
    if (intention.kind === "open" && outcome.kind === "accepted") {
      addAccount(expected, intention, outcome.resourceId);
    }
  }
  for (const entry of entries) addMovement(expected, entry);
  return expected;
};

const addAccount = (expected: ExpectedWorld, opening: OpenAccount, accountId: string): void => {
  const { name, email, currency } = opening;
  const other = expected.accounts.get(accountId);
  if (other !== undefined) {
    expected.findings.push(
      `Account ${accountId} was given to ${other.email} and to ${email}, who sent different keys.`,
    );
  }
  expected.accounts.set(accountId, {
    accountId,
    name,
    email,
    currency,
    closed: false,
    loads: [],
    sent: [],
    due: [],
    unaffordable: [],
  });
};

const addMovement = (expected: ExpectedWorld, { intention, outcome }: Entry): void => {
  if (intention.kind === "send" && outcome.kind === "rejected") {
    const { code, resourceId, acceptedAt, handledAt } = outcome;
    const { amountE4, accountId } = intention;
    expected.rejectedTransferIds.push(resourceId);
    if (code !== "insufficient_funds") return;
    expected.accounts.get(accountId)?.unaffordable.push({ amountE4, acceptedAt, handledAt });
  }
  if (outcome.kind !== "accepted") return;
  switch (intention.kind) {
    case "load":
      addLoad(expected, intention);
      break;
    case "send":
      addTransfer(expected, intention, outcome.resourceId);
      break;
    case "close": {
      const account = expected.accounts.get(intention.accountId);
      if (account !== undefined) account.closed = true;
      break;
    }
    case "open":
    case "malformed":
      break;
  }
};

const addLoad = ({ accounts }: ExpectedWorld, { accountId, amountE4 }: LoadCredits): void => {
  accounts.get(accountId)?.loads.push({ amountE4, feeE4: loadFeeE4(amountE4) });
};

const addTransfer = (expected: ExpectedWorld, sending: SendCredits, transferId: string): void => {
  const { accountId: from, to, amountE4, note, endings } = sending;
  if (expected.transfers.has(transferId)) {
    expected.findings.push(`Two transfers with different keys share the id ${transferId}.`);
  }
  const transfer = { transferId, from, to, amountE4, note, endings };
  expected.transfers.set(transferId, transfer);
  expected.accounts.get(from)?.sent.push(transfer);
  expected.accounts.get(to)?.due.push(transfer);
};

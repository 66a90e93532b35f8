import { loadFeeE4 } from "../money.ts";
import type { Testimony } from "../approvers/desk.ts";
import type {
  CancelTransfer,
  Ending,
  Entry,
  LoadCredits,
  OpenAccount,
  Outcome,
  SendCredits,
} from "../world/intentions.ts";

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
  /** Requests of the owner that were rejected, whatever the rule. */
  rejectedRequests: number;
};

export type ExpectedLoad = { amountE4: bigint; feeE4: bigint };

export type ExpectedTransfer = {
  transferId: string;
  from: string;
  to: string;
  amountE4: bigint;
  note: string | undefined;
  scheduledFor: string | undefined;
  needsApproval: boolean;
  endings: readonly Ending[];
  /** What those were told who wanted to decide. */
  told: Told[];
};

/** Somebody wanted to decide, and was told whether the decision holds. */
export type Told = {
  /** As the history names it. */
  who: string;
  wanted: "approved" | "denied" | "cancelled";
  holds: boolean;
  /** The answer as it was. */
  answer: string;
  /** What an approver gave as reason. */
  reason: string | undefined;
  /** Who had been faster, as an approver was told. */
  decidedBy: string | undefined;
};

export type Unaffordable = { amountE4: bigint; acceptedAt: string; handledAt: string };

/** The pages of the run's book that the model is made of. */
type Recorded = { entries: readonly Entry[]; testimonies: readonly Testimony[] };

export const expectedWorld = (
  { entries, testimonies }: Recorded,
  approvalFromE4: bigint,
): ExpectedWorld => {
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
  for (const entry of entries) addMovement(expected, entry, approvalFromE4);
  for (const { intention, outcome } of entries) {
    if (intention.kind === "cancel") addCancellation(expected, intention, outcome);
  }
  for (const testimony of testimonies) addTestimony(expected, testimony);
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
    rejectedRequests: 0,
  });
};

const addMovement = (
  expected: ExpectedWorld,
  { intention, outcome }: Entry,
  approvalFromE4: bigint,
): void => {
  if (outcome.kind === "rejected" && "accountId" in intention) {
    const account = expected.accounts.get(intention.accountId);
    if (account !== undefined) account.rejectedRequests += 1;
  }
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
      addTransfer(expected, intention, outcome.resourceId, approvalFromE4);
      break;
    case "close": {
      const account = expected.accounts.get(intention.accountId);
      if (account !== undefined) account.closed = true;
      break;
    }
    case "open":
    case "cancel":
    case "malformed":
      break;
  }
};

const addLoad = ({ accounts }: ExpectedWorld, { accountId, amountE4 }: LoadCredits): void => {
  accounts.get(accountId)?.loads.push({ amountE4, feeE4: loadFeeE4(amountE4) });
};

const addTransfer = (
  expected: ExpectedWorld,
  sending: SendCredits,
  transferId: string,
  approvalFromE4: bigint,
): void => {
  const { accountId: from, to, amountE4, note, scheduledFor, endings } = sending;
  if (expected.transfers.has(transferId)) {
    expected.findings.push(`Two transfers with different keys share the id ${transferId}.`);
  }
  const needsApproval = amountE4 >= approvalFromE4;
  const told: Told[] = [];
  const sent = { transferId, from, to, amountE4, note };
  const transfer = { ...sent, scheduledFor, needsApproval, endings, told };
  expected.transfers.set(transferId, transfer);
  expected.accounts.get(from)?.sent.push(transfer);
  expected.accounts.get(to)?.due.push(transfer);
};

const addCancellation = (
  { transfers }: ExpectedWorld,
  { accountId, transferId }: CancelTransfer,
  outcome: Outcome,
): void => {
  if (outcome.kind !== "accepted" && outcome.kind !== "rejected") return;
  const holds = outcome.kind === "accepted";
  transfers.get(transferId)?.told.push({
    who: `account:${accountId}`,
    wanted: "cancelled",
    holds,
    answer: holds ? "cancelled" : outcome.code,
    reason: undefined,
    decidedBy: undefined,
  });
};

const addTestimony = ({ transfers }: ExpectedWorld, testimony: Testimony): void => {
  const { transferId, approver, verdict, outcome, reason, decidedBy } = testimony;
  transfers.get(transferId)?.told.push({
    who: `approver:${approver}`,
    wanted: verdict === "approval" ? "approved" : "denied",
    holds: outcome === "approved" || outcome === "denied",
    answer: outcome,
    reason,
    decidedBy,
  });
};

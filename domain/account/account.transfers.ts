/**
 * Decisions about transfers, most of them on the sender's stream. The sender's stream is where a transfer is decided:
 * approving, denying, cancelling and expiring race there, and the first wins.
 *
 *   plain      CreditsSent ──────────────────────────────┐
 *   large      ApprovalRequested → TransferApproved ─────┤→ (receiver) → TransferSettled | TransferRefunded
 *   scheduled  TransferScheduled → one of the two above ─┘
 */
import { assert } from "../kernel/assert.ts";
import { accepted, type Decision, rejected } from "../kernel/decider.ts";
import { instantMs } from "../kernel/instants.ts";
import { largestAmountE4 } from "../kernel/money.ts";
import type {
  AccountEvent,
  AccountRejection,
  AccountState,
  Approver,
  Balance,
  DeclineReason,
  OpenedAccount,
  Transfer,
  TransferRequest,
  TransferTerms,
  UnendedTransfer,
} from "./account.messages.ts";
import { senderOf } from "./transfer-id.ts";

type AccountDecision = Decision<AccountEvent, AccountRejection>;

// ── Policies ────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Every commit carries the transfers that have not ended, so their number must have a limit. */
export const mostTransfersInFlight = 1_000;

export function exceedsLargestBalance(account: OpenedAccount, amountE4: number): boolean {
  return account.availableE4 + account.inFlightE4 + amountE4 > largestAmountE4;
}

export function credited({ availableE4, inFlightE4 }: Balance, amountE4: number): Balance {
  return { availableE4: availableE4 + amountE4, inFlightE4 };
}

function debited({ availableE4, inFlightE4 }: Balance, amountE4: number): Balance {
  return { availableE4: availableE4 - amountE4, inFlightE4: inFlightE4 + amountE4 };
}

/** Why a transfer can't leave this account now. */
function obstacle(account: OpenedAccount, amountE4: number): AccountRejection | undefined {
  if (account.stage === "closed") return "account_closed";
  if (account.stage === "frozen") return "account_frozen";
  if (amountE4 > account.availableE4) return "insufficient_funds";
  return undefined;
}

// ── The sender asks ─────────────────────────────────────────────────────────────────────────────────────────────────

export function send(request: TransferRequest, account: OpenedAccount): AccountDecision {
  const { terms, scheduledFor, ...asked } = request;
  assert(asked.amountE4 > 0, "a transfer must be greater than zero");
  if (asked.transferId in account.transfers) return accepted();
  const obstacleNow = obstacle(account, asked.amountE4);
  if (obstacleNow !== undefined && obstacleNow !== "insufficient_funds")
    return rejected(obstacleNow);
  if (asked.to === asked.from) return rejected("receiver_is_sender");
  if (scheduledFor !== undefined && instantMs(scheduledFor) <= instantMs(terms.requestedAt))
    return rejected("instant_has_passed");
  if (Object.keys(account.transfers).length >= mostTransfersInFlight)
    return rejected("too_many_transfers_in_flight");
  const transfer = { ...asked, currency: account.currency };
  if (scheduledFor !== undefined) {
    const data = { ...transfer, isManaged: true, scheduledFor } as const;
    return accepted({ type: "TransferScheduled", data });
  }
  if (obstacleNow !== undefined) return rejected(obstacleNow);
  return accepted(takeOff(transfer, terms, account));
}

/** The amount leaves what is available: at once on its way, or waiting for a person to decide. */
function takeOff(transfer: Transfer, terms: TransferTerms, account: OpenedAccount): AccountEvent {
  const balance = debited(account, transfer.amountE4);
  if (transfer.amountE4 < terms.approvalFromE4)
    return { type: "CreditsSent", data: { ...transfer, balance } };
  const expiresAt = terms.approvalUntil;
  return {
    type: "ApprovalRequested",
    data: { ...transfer, isManaged: true, expiresAt, balance },
  };
}

export function cancel(transferId: string, account: OpenedAccount): AccountDecision {
  const transfer = unended(transferId, account);
  if (transfer?.stage === "scheduled")
    return accepted({ type: "TransferWithdrawn", data: told(transferId, transfer, account) });
  if (transfer?.stage === "waiting")
    return accepted({ type: "TransferCancelled", data: givenBack(transferId, transfer, account) });
  return rejected("transfer_not_pending");
}

// ── A person decides ────────────────────────────────────────────────────────────────────────────────────────────────

type Verdict = { transferId: string; approver: Approver; reason?: string };

export function approve(verdict: Verdict, account: OpenedAccount): AccountDecision {
  const { transferId, approver, reason } = verdict;
  const transfer = unended(transferId, account);
  if (transfer?.stage !== "waiting") return rejected("transfer_not_pending");
  if (account.stage === "frozen") return rejected("account_frozen");
  if (isParty(approver, transferId, transfer)) return rejected("approver_is_party");
  const data = { ...told(transferId, transfer, account), approver: approver.id };
  return accepted({
    type: "TransferApproved",
    data: reason === undefined ? data : { ...data, reason },
  });
}

export function deny(
  { transferId, approver, reason }: Verdict & { reason: string },
  account: OpenedAccount,
): AccountDecision {
  const transfer = unended(transferId, account);
  if (transfer?.stage !== "waiting") return rejected("transfer_not_pending");
  if (isParty(approver, transferId, transfer)) return rejected("approver_is_party");
  const data = { ...givenBack(transferId, transfer, account), approver: approver.id, reason };
  return accepted({ type: "TransferDenied", data });
}

function isParty({ accounts }: Approver, transferId: string, { to }: UnendedTransfer): boolean {
  return accounts.includes(senderOf(transferId)) || accounts.includes(to);
}

// ── The time comes (the process tells) ──────────────────────────────────────────────────────────────────────────────
// Only the process looks at the time, and whoever runs all this sees to it that there is one time for all. A second look
// here could only do harm: a command is decided once, so one that is refused for milliseconds between two clocks would
// never start, nor expire, its transfer.

/** Never rejected for a rule: a scheduled transfer that cannot start says so by an event, and has ended. */
export function start(
  transferId: string,
  terms: TransferTerms,
  account: OpenedAccount,
): AccountDecision {
  const transfer = unended(transferId, account);
  if (transfer?.stage !== "scheduled") return accepted();
  const data = told(transferId, transfer, account);
  const reason = obstacle(account, transfer.amountE4);
  return reason === undefined
    ? accepted(takeOff(data, terms, account))
    : accepted({ type: "ScheduledTransferFailed", data: { ...data, reason } });
}

export function expire(transferId: string, account: OpenedAccount): AccountDecision {
  const transfer = unended(transferId, account);
  if (transfer?.stage !== "waiting") return accepted();
  return accepted({ type: "TransferExpired", data: givenBack(transferId, transfer, account) });
}

// ── The receiver answers ────────────────────────────────────────────────────────────────────────────────────────────

/** Never rejected: whoever cannot take credits says so by an event, because the sender must react to it. */
export function receive(transfer: Transfer, state: AccountState): AccountDecision {
  const reason = declineReason(transfer, state);
  if (reason !== undefined || state.stage === "unopened") {
    const data = { ...transfer, reason: reason ?? "receiver_not_found" };
    return accepted({ type: "CreditsDeclined", data });
  }
  assert(transfer.currency === state.currency, "credits of another currency");
  const balance = credited(state, transfer.amountE4);
  return accepted({ type: "CreditsReceived", data: { ...transfer, balance } });
}

function declineReason(incoming: Transfer, state: AccountState): DeclineReason | undefined {
  if (state.stage === "unopened") return "receiver_not_found";
  if (state.stage === "closed") return "receiver_closed";
  if (incoming.currency !== state.currency) return "currency_mismatch";
  if (exceedsLargestBalance(state, incoming.amountE4)) return "balance_too_large";
  return undefined;
}

export function settle(transferId: string, account: OpenedAccount): AccountDecision {
  const transfer = underWay(transferId, account);
  if (transfer === undefined) return accepted();
  const { availableE4, inFlightE4 } = account;
  const balance = { availableE4, inFlightE4: inFlightE4 - transfer.amountE4 };
  const data = { ...told(transferId, transfer, account), balance };
  return accepted({ type: "TransferSettled", data });
}

export function refund(
  transferId: string,
  reason: DeclineReason,
  account: OpenedAccount,
): AccountDecision {
  const transfer = underWay(transferId, account);
  if (transfer === undefined) return accepted();
  const data = { ...givenBack(transferId, transfer, account), reason };
  return accepted({ type: "TransferRefunded", data });
}

// ── What the account remembers of a transfer ────────────────────────────────────────────────────────────────────────

function unended(transferId: string, account: OpenedAccount): UnendedTransfer | undefined {
  return account.transfers[transferId];
}

/** The receiver answers only what was sent: anything else is a bug that must not move money. */
function underWay(transferId: string, account: OpenedAccount): UnendedTransfer | undefined {
  const transfer = unended(transferId, account);
  const isOut = transfer?.stage !== "scheduled" && transfer?.stage !== "waiting";
  assert(isOut, `transfer ${transferId} was answered before it was sent`);
  return transfer;
}

/** The whole transfer, as events tell it. */
function told(transferId: string, transfer: UnendedTransfer, account: OpenedAccount): Transfer {
  const { stage, ...known } = transfer;
  return {
    transferId,
    from: senderOf(transferId),
    ...known,
    currency: account.currency,
    ...(stage === "sent" ? {} : { isManaged: true }),
  };
}

function givenBack(
  transferId: string,
  transfer: UnendedTransfer,
  account: OpenedAccount,
): Transfer & { balance: Balance } {
  const { amountE4 } = transfer;
  const balance = {
    availableE4: account.availableE4 + amountE4,
    inFlightE4: account.inFlightE4 - amountE4,
  };
  return { ...told(transferId, transfer, account), balance };
}

/**
 * The account's vocabulary: what can be asked of it, what can happen to it, what it remembers, and why it says no.
 */
import type { AmountE4 } from "../kernel/money.ts";

// ── Commands ────────────────────────────────────────────────────────────────────────────────────────────────────────

export type AccountCommand =
  | { type: "OpenAccount"; data: { name: string; email: string; currency: string } }
  | { type: "LoadCredits"; data: { amountE4: AmountE4 } }
  | { type: "SendCredits"; data: TransferRequest }
  | { type: "StartTransfer"; data: { transferId: string; terms: TransferTerms } }
  | { type: "ApproveTransfer"; data: { transferId: string; approver: Approver; reason?: string } }
  | { type: "DenyTransfer"; data: { transferId: string; approver: Approver; reason: string } }
  | { type: "CancelTransfer"; data: { transferId: string } }
  | { type: "ExpireTransfer"; data: { transferId: string } }
  | { type: "ReceiveCredits"; data: Transfer }
  | { type: "SettleTransfer"; data: { transferId: string } }
  | { type: "RefundTransfer"; data: { transferId: string; reason: DeclineReason } }
  | { type: "FreezeAccount"; data: { reason: string } }
  | { type: "UnfreezeAccount"; data: { reason: string } }
  | { type: "CloseAccount"; data: Record<string, never> };

export type TransferRequest = {
  transferId: string;
  from: string;
  to: string;
  amountE4: AmountE4;
  note?: string;
  /** ISO 8601; absent: at once. */
  scheduledFor?: string;
  terms: TransferTerms;
};

/** The house rules of the moment, put into the command by whoever stores it: a decision never looks them up. */
export type TransferTerms = {
  /** ISO 8601 */
  requestedAt: string;
  /** From this amount on a person has to decide. */
  approvalFromE4: AmountE4;
  /** ISO 8601: when a person has to have decided. */
  approvalUntil: string;
};

/** Who decides about a transfer, and which of its two accounts are theirs. */
export type Approver = { id: string; accounts: readonly string[] };

/** A transfer as every event tells it. */
export type Transfer = {
  transferId: string;
  from: string;
  to: string;
  amountE4: AmountE4;
  currency: string;
  note?: string;
  /** A process leads it: it was scheduled or needs approval. */
  isManaged?: true;
};

// ── Events (stored for ever: a changed shape is a new version with an upcaster) ─────────────────────────────────────

export type AccountEvent =
  | { type: "AccountOpened"; data: { name: string; email: string; currency: string } }
  | {
      type: "CreditsLoaded";
      data: { amountE4: AmountE4; feeE4: AmountE4; currency: string; balance: Balance };
    }
  | { type: "TransferScheduled"; data: Transfer & { scheduledFor: string } }
  | { type: "TransferWithdrawn"; data: Transfer }
  | { type: "ScheduledTransferFailed"; data: Transfer & { reason: string } }
  | { type: "ApprovalRequested"; data: Transfer & { expiresAt: string; balance: Balance } }
  | { type: "TransferApproved"; data: Transfer & { approver: string; reason?: string } }
  | {
      type: "TransferDenied";
      data: Transfer & { approver: string; reason: string; balance: Balance };
    }
  | { type: "TransferCancelled"; data: Transfer & { balance: Balance } }
  | { type: "TransferExpired"; data: Transfer & { balance: Balance } }
  | { type: "CreditsSent"; data: Transfer & { balance: Balance } }
  | { type: "CreditsReceived"; data: Transfer & { balance: Balance } }
  | { type: "CreditsDeclined"; data: Transfer & { reason: DeclineReason } }
  | { type: "TransferSettled"; data: Transfer & { balance: Balance } }
  | { type: "TransferRefunded"; data: Transfer & { reason: DeclineReason; balance: Balance } }
  | { type: "AccountFrozen"; data: { reason: string } }
  | { type: "AccountUnfrozen"; data: { reason: string } }
  | { type: "AccountClosed"; data: Record<string, never> };

/** The balance after the event, carried by it so that read models can *set* what they show instead of adding up. */
export type Balance = { availableE4: AmountE4; inFlightE4: AmountE4 };

/** Why a receiver could not take a transfer; the sender is told the same. */
export type DeclineReason =
  "receiver_not_found" | "receiver_closed" | "currency_mismatch" | "balance_too_large";

// ── State ───────────────────────────────────────────────────────────────────────────────────────────────────────────

export type AccountState = { readonly stage: "unopened" } | OpenedAccount;

export type OpenedAccount = Readonly<Balance> & {
  readonly stage: "open" | "frozen" | "closed";
  readonly currency: string;
  /** Transfers from here that have not ended, by id. */
  readonly transfers: Readonly<Record<string, UnendedTransfer>>;
};

/**
 * `scheduled`: nothing has moved yet. All others are in flight. `waiting`: for an approval. `approved`: the process has
 * it credited. `started`: was scheduled, is on its way. `sent`: a plain transfer on its way.
 */
export type UnendedTransfer = {
  readonly stage: "scheduled" | "waiting" | "approved" | "started" | "sent";
  readonly to: string;
  readonly amountE4: AmountE4;
  readonly note?: string;
};

// ── Rejections, in order of precedence ──────────────────────────────────────────────────────────────────────────────

export const rejections = {
  account_not_found: "There is no such account.",
  account_already_open: "The account has been opened before.",
  account_closed: "The account is closed.",
  transfer_not_pending:
    "The transfer is not waiting: it is on its way, has ended, or never was there.",
  account_frozen: "The account is frozen: nothing can be taken from it.",
  approver_is_party: "Nobody decides about a transfer of their own.",
  receiver_is_sender: "Sender and receiver are the same account.",
  instant_has_passed: "The instant it is scheduled for has passed.",
  too_many_transfers_in_flight:
    "Too many transfers are on their way; wait until some have arrived.",
  insufficient_funds: "The available balance is too small.",
  balance_too_large: "The balance would exceed what an account may hold.",
  account_not_empty: "The account still holds credits or has transfers that have not ended.",
} as const;

export type AccountRejection = keyof typeof rejections;

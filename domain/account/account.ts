/**
 * An account: the credits one person holds on the prepaid card.
 *
 * Stream `account-{accountId}`. A transfer touches two accounts and therefore two streams: the sender's is debited and
 * the amount is *in flight* until the receiver's stream has taken it (then it is settled) or declined it (then it is
 * refunded). Invariants: available ≥ 0, in flight ≥ 0, and
 * available + in flight = loaded − fees + received − (sent and settled).
 */
import { assert } from "../kernel/assert.ts";
import { accepted, type Decider, type Decision, rejected } from "../kernel/decider.ts";
import { type AmountE4, largestAmountE4 } from "../kernel/money.ts";
import { loadFee } from "./fees.ts";
import { senderOf } from "./transfer-id.ts";

// ── Commands ────────────────────────────────────────────────────────────────────────────────────────────────────────

export type AccountCommand =
  | { type: "OpenAccount"; data: { name: string; email: string; currency: string } }
  | { type: "LoadCredits"; data: { amountE4: AmountE4 } }
  | { type: "SendCredits"; data: Transfer & { note?: string } }
  | { type: "ReceiveCredits"; data: IncomingTransfer }
  | { type: "SettleTransfer"; data: { transferId: string } }
  | { type: "RefundTransfer"; data: { transferId: string; reason: DeclineReason } }
  | { type: "FreezeAccount"; data: { reason: string } }
  | { type: "UnfreezeAccount"; data: { reason: string } }
  | { type: "CloseAccount"; data: Record<string, never> };

type Transfer = { transferId: string; from: string; to: string; amountE4: AmountE4 };
type IncomingTransfer = Transfer & { currency: string; note?: string };

// ── Events (stored for ever: a changed shape is a new version with an upcaster) ─────────────────────────────────────

export type AccountEvent =
  | { type: "AccountOpened"; data: { name: string; email: string; currency: string } }
  | { type: "CreditsLoaded"; data: { amountE4: AmountE4; feeE4: AmountE4; balance: Balance } }
  | { type: "CreditsSent"; data: IncomingTransfer & { balance: Balance } }
  | { type: "CreditsReceived"; data: Transfer & { note?: string; balance: Balance } }
  | { type: "CreditsDeclined"; data: Transfer & { reason: DeclineReason } }
  | { type: "TransferSettled"; data: { transferId: string; balance: Balance } }
  | {
      type: "TransferRefunded";
      data: Transfer & { reason: DeclineReason; balance: Balance };
    }
  | { type: "AccountFrozen"; data: { reason: string } }
  | { type: "AccountUnfrozen"; data: { reason: string } }
  | { type: "AccountClosed"; data: Record<string, never> };

/** The balance after the event, carried by it so that read models can *set* what they show instead of adding up. */
type Balance = { availableE4: AmountE4; inFlightE4: AmountE4 };

/** Why a receiver could not take a transfer; the sender is told the same. */
type DeclineReason =
  "receiver_not_found" | "receiver_closed" | "currency_mismatch" | "balance_too_large";

// ── State ───────────────────────────────────────────────────────────────────────────────────────────────────────────

export type AccountState = { readonly stage: "unopened" } | OpenedAccount;

type OpenedAccount = Readonly<Balance> & {
  readonly stage: "open" | "frozen" | "closed";
  readonly currency: string;
  /** Transfers in flight from here, by id. */
  readonly sending: Readonly<Record<string, Pick<Transfer, "to" | "amountE4">>>;
};

// ── Rejections, in order of precedence ──────────────────────────────────────────────────────────────────────────────

const rejections = {
  account_not_found: "There is no such account.",
  account_already_open: "The account has been opened before.",
  account_closed: "The account is closed.",
  account_frozen: "The account is frozen: nothing can be taken from it.",
  receiver_is_sender: "Sender and receiver are the same account.",
  amount_needs_approval: "A transfer of this size needs an approval, which is not available yet.",
  too_many_transfers_in_flight:
    "Too many transfers are on their way; wait until some have arrived.",
  insufficient_funds: "The available balance is too small.",
  balance_too_large: "The balance would exceed what an account may hold.",
  account_not_empty: "The account still holds credits or has transfers on their way.",
} as const;

export type AccountRejection = keyof typeof rejections;

type AccountDecision = Decision<AccountEvent, AccountRejection>;

// ── Evolve ──────────────────────────────────────────────────────────────────────────────────────────────────────────

function evolve(state: AccountState, event: AccountEvent): AccountState {
  if (event.type === "AccountOpened") {
    const { currency } = event.data;
    return { stage: "open", currency, availableE4: 0, inFlightE4: 0, sending: {} };
  }
  if (event.type === "CreditsDeclined") return state; // nothing changed here; the sender reacts to it
  assert(state.stage !== "unopened", `${event.type} on an account that was never opened`);
  switch (event.type) {
    case "CreditsLoaded":
    case "CreditsReceived":
      return { ...state, ...event.data.balance };
    case "CreditsSent": {
      const { transferId, to, amountE4, balance } = event.data;
      return {
        ...state,
        ...balance,
        sending: { ...state.sending, [transferId]: { to, amountE4 } },
      };
    }
    case "TransferSettled":
    case "TransferRefunded": {
      const { [event.data.transferId]: ended, ...sending } = state.sending;
      return { ...state, ...event.data.balance, sending };
    }
    case "AccountFrozen":
      return { ...state, stage: "frozen" };
    case "AccountUnfrozen":
      return { ...state, stage: "open" };
    case "AccountClosed":
      return { ...state, stage: "closed" };
  }
}

// ── Policies ────────────────────────────────────────────────────────────────────────────────────────────────────────

/** From this amount on a person has to decide. */
const approvalLimitE4: AmountE4 = 1_000_0000;

/** Every commit carries the transfers in flight, so their number must have a limit. */
export const mostTransfersInFlight = 1_000;

function exceedsLargestBalance(account: OpenedAccount, amountE4: AmountE4): boolean {
  return account.availableE4 + account.inFlightE4 + amountE4 > largestAmountE4;
}

function credit(account: OpenedAccount, amountE4: AmountE4): Balance {
  return { availableE4: account.availableE4 + amountE4, inFlightE4: account.inFlightE4 };
}

// ── Decide ──────────────────────────────────────────────────────────────────────────────────────────────────────────

function decide(command: AccountCommand, state: AccountState): AccountDecision {
  if (command.type === "OpenAccount") {
    if (state.stage !== "unopened") return rejected("account_already_open");
    return accepted({ type: "AccountOpened", data: command.data });
  }
  if (command.type === "ReceiveCredits") return receive(command.data, state);
  if (state.stage === "unopened") return rejected("account_not_found");
  switch (command.type) {
    case "LoadCredits":
      return load(command.data.amountE4, state);
    case "SendCredits":
      return send(command.data, state);
    case "SettleTransfer":
      return settle(command.data.transferId, state);
    case "RefundTransfer":
      return refund(command.data.transferId, command.data.reason, state);
    case "FreezeAccount":
      if (state.stage === "closed") return rejected("account_closed");
      if (state.stage === "frozen") return accepted();
      return accepted({ type: "AccountFrozen", data: command.data });
    case "UnfreezeAccount":
      if (state.stage === "closed") return rejected("account_closed");
      if (state.stage === "open") return accepted();
      return accepted({ type: "AccountUnfrozen", data: command.data });
    case "CloseAccount":
      return close(state);
  }
}

function load(amountE4: AmountE4, account: OpenedAccount): AccountDecision {
  assert(amountE4 > 0, "a load must be greater than zero");
  if (account.stage === "closed") return rejected("account_closed");
  if (exceedsLargestBalance(account, amountE4)) return rejected("balance_too_large");
  const feeE4 = loadFee(amountE4);
  const balance = credit(account, amountE4 - feeE4);
  return accepted({ type: "CreditsLoaded", data: { amountE4, feeE4, balance } });
}

function send(transfer: Transfer & { note?: string }, account: OpenedAccount): AccountDecision {
  const { amountE4, transferId } = transfer;
  assert(amountE4 > 0, "a transfer must be greater than zero");
  if (transferId in account.sending) return accepted();
  if (account.stage === "closed") return rejected("account_closed");
  if (account.stage === "frozen") return rejected("account_frozen");
  if (transfer.to === transfer.from) return rejected("receiver_is_sender");
  if (amountE4 >= approvalLimitE4) return rejected("amount_needs_approval");
  if (Object.keys(account.sending).length >= mostTransfersInFlight)
    return rejected("too_many_transfers_in_flight");
  if (amountE4 > account.availableE4) return rejected("insufficient_funds");
  const balance = {
    availableE4: account.availableE4 - amountE4,
    inFlightE4: account.inFlightE4 + amountE4,
  };
  const { currency } = account;
  return accepted({ type: "CreditsSent", data: { ...transfer, currency, balance } });
}

/** Never rejected: whoever cannot take credits says so by an event, because the sender must react to it. */
function receive(incoming: IncomingTransfer, state: AccountState): AccountDecision {
  const { currency, note, ...transfer } = incoming;
  const reason = declineReason(incoming, state);
  if (reason !== undefined || state.stage === "unopened")
    return accepted({
      type: "CreditsDeclined",
      data: { ...transfer, reason: reason ?? "receiver_not_found" },
    });
  assert(currency === state.currency, "credits of another currency");
  const balance = credit(state, transfer.amountE4);
  const data = { ...transfer, ...(note === undefined ? {} : { note }), balance };
  return accepted({ type: "CreditsReceived", data });
}

function declineReason(incoming: IncomingTransfer, state: AccountState): DeclineReason | undefined {
  if (state.stage === "unopened") return "receiver_not_found";
  if (state.stage === "closed") return "receiver_closed";
  if (incoming.currency !== state.currency) return "currency_mismatch";
  if (exceedsLargestBalance(state, incoming.amountE4)) return "balance_too_large";
  return undefined;
}

function settle(transferId: string, account: OpenedAccount): AccountDecision {
  const transfer = account.sending[transferId];
  if (transfer === undefined) return accepted();
  const balance = {
    availableE4: account.availableE4,
    inFlightE4: account.inFlightE4 - transfer.amountE4,
  };
  return accepted({ type: "TransferSettled", data: { transferId, balance } });
}

function refund(
  transferId: string,
  reason: DeclineReason,
  account: OpenedAccount,
): AccountDecision {
  const transfer = account.sending[transferId];
  if (transfer === undefined) return accepted();
  const { to, amountE4 } = transfer;
  const from = senderOf(transferId);
  const balance = {
    availableE4: account.availableE4 + amountE4,
    inFlightE4: account.inFlightE4 - amountE4,
  };
  const data = { transferId, from, to, amountE4, reason, balance };
  return accepted({ type: "TransferRefunded", data });
}

function close(account: OpenedAccount): AccountDecision {
  if (account.stage === "closed") return accepted();
  if (account.stage === "frozen") return rejected("account_frozen");
  if (account.availableE4 > 0 || account.inFlightE4 > 0) return rejected("account_not_empty");
  return accepted({ type: "AccountClosed", data: {} });
}

// ── The decider ─────────────────────────────────────────────────────────────────────────────────────────────────────

const commandTypes = Object.keys({
  OpenAccount: true,
  LoadCredits: true,
  SendCredits: true,
  ReceiveCredits: true,
  SettleTransfer: true,
  RefundTransfer: true,
  FreezeAccount: true,
  UnfreezeAccount: true,
  CloseAccount: true,
} satisfies Record<AccountCommand["type"], true>) as AccountCommand["type"][];

const eventTypes = Object.keys({
  AccountOpened: true,
  CreditsLoaded: true,
  CreditsSent: true,
  CreditsReceived: true,
  CreditsDeclined: true,
  TransferSettled: true,
  TransferRefunded: true,
  AccountFrozen: true,
  AccountUnfrozen: true,
  AccountClosed: true,
} satisfies Record<AccountEvent["type"], true>) as AccountEvent["type"][];

export const account: Decider<AccountCommand, AccountState, AccountEvent, AccountRejection> = {
  category: "account",
  foldVersion: 1,
  initialState: { stage: "unopened" },
  commandTypes,
  eventTypes,
  decide,
  evolve,
  explain: (code) => rejections[code],
};

/**
 * An account: the credits one person holds on the prepaid card.
 *
 * Stream `account-{accountId}`. A transfer touches two accounts and therefore two streams: the sender's is debited and
 * the amount is *in flight* until the receiver's stream has taken it (then it is settled) or declined it (then it is
 * refunded). Invariants: available ≥ 0, in flight ≥ 0, and
 * available + in flight = loaded − fees + received − (sent and settled).
 *
 * Read account.messages.ts first; account.transfers.ts has the decisions about transfers.
 */
import { assert } from "../kernel/assert.ts";
import { accepted, type Decider, type Decision, rejected } from "../kernel/decider.ts";
import type { AmountE4 } from "../kernel/money.ts";
import {
  type AccountCommand,
  type AccountEvent,
  type AccountRejection,
  type AccountState,
  type OpenedAccount,
  rejections,
  type Transfer,
  type UnendedTransfer,
} from "./account.messages.ts";
import {
  approve,
  cancel,
  credited,
  deny,
  exceedsLargestBalance,
  expire,
  receive,
  refund,
  send,
  settle,
  start,
} from "./account.transfers.ts";
import { loadFee } from "./fees.ts";

type AccountDecision = Decision<AccountEvent, AccountRejection>;

// ── Evolve ──────────────────────────────────────────────────────────────────────────────────────────────────────────

function evolve(state: AccountState, event: AccountEvent): AccountState {
  if (event.type === "AccountOpened") {
    const { currency } = event.data;
    return { stage: "open", currency, availableE4: 0, inFlightE4: 0, transfers: {} };
  }
  if (event.type === "CreditsDeclined") return state; // nothing changed here; the sender reacts to it
  assert(state.stage !== "unopened", `${event.type} on an account that was never opened`);
  switch (event.type) {
    case "CreditsLoaded":
    case "CreditsReceived":
      return { ...state, ...event.data.balance };
    case "TransferScheduled":
      return withTransfer(state, "scheduled", event.data);
    case "ApprovalRequested":
      return withTransfer({ ...state, ...event.data.balance }, "waiting", event.data);
    case "TransferApproved":
      return withTransfer(state, "approved", event.data);
    case "CreditsSent": {
      const stage = event.data.isManaged === true ? "started" : "sent";
      return withTransfer({ ...state, ...event.data.balance }, stage, event.data);
    }
    case "TransferWithdrawn":
    case "ScheduledTransferFailed":
      return withoutTransfer(state, event.data);
    case "TransferDenied":
    case "TransferCancelled":
    case "TransferExpired":
    case "TransferSettled":
    case "TransferRefunded":
      return withoutTransfer({ ...state, ...event.data.balance }, event.data);
    case "AccountFrozen":
      return { ...state, stage: "frozen" };
    case "AccountUnfrozen":
      return { ...state, stage: "open" };
    case "AccountClosed":
      return { ...state, stage: "closed" };
  }
}

function withTransfer(
  account: OpenedAccount,
  stage: UnendedTransfer["stage"],
  { transferId, to, amountE4, note }: Transfer,
): OpenedAccount {
  const known = { stage, to, amountE4, ...(note === undefined ? {} : { note }) };
  return { ...account, transfers: { ...account.transfers, [transferId]: known } };
}

function withoutTransfer(account: OpenedAccount, { transferId }: Transfer): OpenedAccount {
  const { [transferId]: ended, ...transfers } = account.transfers;
  return { ...account, transfers };
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
    case "StartTransfer":
      return start(command.data.transferId, command.data.terms, state);
    case "ApproveTransfer":
      return approve(command.data, state);
    case "DenyTransfer":
      return deny(command.data, state);
    case "CancelTransfer":
      return cancel(command.data.transferId, state);
    case "ExpireTransfer":
      return expire(command.data.transferId, state);
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
  const balance = credited(account, amountE4 - feeE4);
  const { currency } = account;
  return accepted({ type: "CreditsLoaded", data: { amountE4, feeE4, currency, balance } });
}

function close(account: OpenedAccount): AccountDecision {
  if (account.stage === "closed") return accepted();
  if (account.stage === "frozen") return rejected("account_frozen");
  const isEmpty = account.availableE4 === 0 && Object.keys(account.transfers).length === 0;
  if (!isEmpty) return rejected("account_not_empty");
  return accepted({ type: "AccountClosed", data: {} });
}

// ── The decider ─────────────────────────────────────────────────────────────────────────────────────────────────────

const commandTypes = Object.keys({
  OpenAccount: true,
  LoadCredits: true,
  SendCredits: true,
  StartTransfer: true,
  ApproveTransfer: true,
  DenyTransfer: true,
  CancelTransfer: true,
  ExpireTransfer: true,
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
  TransferScheduled: true,
  TransferWithdrawn: true,
  ScheduledTransferFailed: true,
  ApprovalRequested: true,
  TransferApproved: true,
  TransferDenied: true,
  TransferCancelled: true,
  TransferExpired: true,
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
  foldVersion: 2,
  initialState: { stage: "unopened" },
  commandTypes,
  eventTypes,
  decide,
  evolve,
  explain: (code) => rejections[code],
};

import type {
  Account,
  CommandStatus,
  Movement as ToldMovement,
  PastBalance,
  Problem,
  StatementPage as ToldPage,
  SystemTotals as ToldTotals,
} from "../../contract/client.ts";
import { count, flag, instant, list, money, object, oneOf, optionalText, text } from "./json.ts";

export type StatusDocument = {
  commandId: string;
  stream: string;
  type: string;
  status: (typeof STATUSES)[number];
  reached: Reached;
  rejectionCode: string | undefined;
  resource: string;
  acceptedAt: string;
  handledAt: string | undefined;
};

export type Reached = (typeof POINTS)[number];

export type Balance = {
  availableE4: bigint;
  inFlightE4: bigint;
  heldE4: bigint;
  confirmedE4: bigint;
};

export type AccountDocument = {
  accountId: string;
  name: string;
  email: string;
  currency: string;
  status: (typeof ACCOUNT_STATUSES)[number];
  balance: Balance;
  totals: {
    loadedE4: bigint;
    feesE4: bigint;
    sentE4: bigint;
    receivedE4: bigint;
    refundedE4: bigint;
  };
  openedAt: string;
};

export type Movement = {
  movementId: string;
  at: string;
  type: (typeof MOVEMENT_TYPES)[number];
  amountE4: bigint;
  feeE4: bigint;
  balanceE4: bigint;
  counterparty: string | undefined;
  transferId: string | undefined;
  note: string | undefined;
};

export type StatementPage = {
  accountId: string;
  currency: string;
  items: Movement[];
  next: string | undefined;
};

export type SystemTotals = {
  accounts: number;
  loadedE4: bigint;
  feesE4: bigint;
  availableE4: bigint;
  inFlightE4: bigint;
  conserved: boolean;
};

const STATUSES = ["pending", "accepted", "rejected", "parked"] as const;
const POINTS = ["stored", "handled", "visible", "settled"] as const;
const ACCOUNT_STATUSES = ["open", "frozen", "closed"] as const;
const MOVEMENT_TYPES = ["load", "transfer_out", "transfer_in", "refund"] as const;

export const readStatusDocument = (json: CommandStatus): StatusDocument => {
  const status = oneOf(json, "status", STATUSES);
  const rejection = status === "rejected" ? object(json, "rejection") : undefined;
  return {
    commandId: text(json, "commandId"),
    stream: text(json, "stream"),
    type: text(json, "type"),
    status,
    reached: oneOf(json, "reached", POINTS),
    rejectionCode: rejection === undefined ? undefined : text(rejection, "code"),
    resource: text(json, "resource"),
    acceptedAt: instant(json, "acceptedAt"),
    handledAt: status === "accepted" || rejection ? instant(json, "handledAt") : undefined,
  };
};

export const readAccount = (json: Account): AccountDocument => {
  const totals = object(json, "totals");
  return {
    accountId: text(json, "accountId"),
    name: text(json, "name"),
    email: text(json, "email"),
    currency: text(json, "currency"),
    status: oneOf(json, "status", ACCOUNT_STATUSES),
    balance: readBalance(json),
    totals: {
      loadedE4: money(totals, "loaded"),
      feesE4: money(totals, "fees"),
      sentE4: money(totals, "sent"),
      receivedE4: money(totals, "received"),
      refundedE4: money(totals, "refunded"),
    },
    openedAt: instant(json, "openedAt"),
  };
};

export const readBalanceAt = (json: PastBalance): Balance => readBalance(json);

export const readStatementPage = (json: ToldPage): StatementPage => {
  return {
    accountId: text(json, "accountId"),
    currency: text(json, "currency"),
    items: list(json, "items").map(readMovement),
    next: optionalText(json, "next"),
  };
};

export const readSystemTotals = (json: ToldTotals): SystemTotals => {
  return {
    accounts: count(json, "accounts"),
    loadedE4: money(json, "loaded"),
    feesE4: money(json, "fees"),
    availableE4: money(json, "available"),
    inFlightE4: money(json, "inFlight"),
    conserved: flag(json, "conserved"),
  };
};

export const readProblem = (json: Problem): { code: string; status: number } => ({
  code: text(json, "code"),
  status: count(json, "status"),
});

const readBalance = (json: Pick<Account, "balance">): Balance => {
  const balance = object(json, "balance");
  return {
    availableE4: money(balance, "available"),
    inFlightE4: money(balance, "inFlight"),
    heldE4: money(balance, "held"),
    confirmedE4: money(balance, "confirmed"),
  };
};

const readMovement = (json: ToldMovement): Movement => ({
  movementId: text(json, "movementId"),
  at: instant(json, "at"),
  type: oneOf(json, "type", MOVEMENT_TYPES),
  amountE4: money(json, "amount"),
  feeE4: json.fee === undefined ? 0n : money(json, "fee"),
  balanceE4: money(json, "balance"),
  counterparty: optionalText(json, "counterparty"),
  transferId: optionalText(json, "transferId"),
  note: optionalText(json, "note"),
});

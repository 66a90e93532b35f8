import { parseMoney } from "../money.ts";

/** The service answered something that the HTTP contract does not allow. */
export class ContractBreach extends Error {
  override name = "ContractBreach";
}

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

export type TransferDocument = {
  transferId: string;
  from: string;
  to: string;
  amountE4: bigint;
  currency: string;
  note: string | undefined;
  status: (typeof TRANSFER_STATUSES)[number];
  reason: string | undefined;
  history: { at: string; what: string }[];
};

export type SystemTotals = {
  accounts: number;
  loadedE4: bigint;
  feesE4: bigint;
  availableE4: bigint;
  inFlightE4: bigint;
  conserved: boolean;
};

export type Problem = { code: string; status: number };

const STATUSES = ["pending", "accepted", "rejected", "parked"] as const;
const POINTS = ["stored", "handled", "visible", "settled"] as const;
const ACCOUNT_STATUSES = ["open", "frozen", "closed"] as const;
const MOVEMENT_TYPES = ["load", "transfer_out", "transfer_in", "refund"] as const;
const TRANSFER_STATUSES = ["in_flight", "settled", "refunded"] as const;

export const readStatusDocument = (body: string): StatusDocument => {
  const json = parseObject(body);
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

export const readAccount = (body: string): AccountDocument => {
  const json = parseObject(body);
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

export const readBalanceAt = (body: string): Balance => readBalance(parseObject(body));

export const readStatementPage = (body: string): StatementPage => {
  const json = parseObject(body);
  return {
    accountId: text(json, "accountId"),
    currency: text(json, "currency"),
    items: list(json, "items").map(readMovement),
    next: optionalText(json, "next"),
  };
};

export const readTransfer = (body: string): TransferDocument => {
  const json = parseObject(body);
  const status = oneOf(json, "status", TRANSFER_STATUSES);
  return {
    transferId: text(json, "transferId"),
    from: text(json, "from"),
    to: text(json, "to"),
    amountE4: money(json, "amount"),
    currency: text(json, "currency"),
    note: optionalText(json, "note"),
    status,
    reason: status === "refunded" ? text(json, "reason") : undefined,
    history: list(json, "history").map((entry) => ({
      at: instant(entry, "at"),
      what: text(entry, "what"),
    })),
  };
};

export const readSystemTotals = (body: string): SystemTotals => {
  const json = parseObject(body);
  const { accounts, conserved } = json;
  if (typeof accounts !== "number") throw unfit("accounts", "a number", accounts);
  if (typeof conserved !== "boolean") throw unfit("conserved", "true or false", conserved);
  return {
    accounts,
    loadedE4: money(json, "loaded"),
    feesE4: money(json, "fees"),
    availableE4: money(json, "available"),
    inFlightE4: money(json, "inFlight"),
    conserved,
  };
};

export const readProblem = (body: string): Problem => {
  const json = parseObject(body);
  const { status } = json;
  if (typeof status !== "number") throw unfit("status", "a number", status);
  return { code: text(json, "code"), status };
};

type Json = Readonly<Record<string, unknown>>;

const readBalance = (json: Json): Balance => {
  const balance = object(json, "balance");
  return {
    availableE4: money(balance, "available"),
    inFlightE4: money(balance, "inFlight"),
    heldE4: money(balance, "held"),
    confirmedE4: money(balance, "confirmed"),
  };
};

const readMovement = (json: Json): Movement => ({
  movementId: text(json, "movementId"),
  at: instant(json, "at"),
  type: oneOf(json, "type", MOVEMENT_TYPES),
  amountE4: money(json, "amount"),
  feeE4: json["fee"] === undefined ? 0n : money(json, "fee"),
  balanceE4: money(json, "balance"),
  counterparty: optionalText(json, "counterparty"),
  transferId: optionalText(json, "transferId"),
  note: optionalText(json, "note"),
});

const parseObject = (body: string): Json => {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    throw new ContractBreach(`the body is not JSON: ${JSON.stringify(body.slice(0, 80))}`);
  }
  if (!isObject(parsed)) throw unfit("the body", "an object", parsed);
  return parsed;
};

const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const object = (json: Json, name: string): Json => {
  const value = json[name];
  if (!isObject(value)) throw unfit(name, "an object", value);
  return value;
};

const list = (json: Json, name: string): Json[] => {
  const value: unknown = json[name];
  if (!Array.isArray(value) || !value.every(isObject)) {
    throw unfit(name, "a list of objects", value);
  }
  return value;
};

const text = (json: Json, name: string): string => {
  const value = json[name];
  if (typeof value !== "string") throw unfit(name, "a text", value);
  return value;
};

const optionalText = (json: Json, name: string): string | undefined =>
  json[name] === undefined ? undefined : text(json, name);

const oneOf = <Choice extends string>(
  json: Json,
  name: string,
  choices: readonly Choice[],
): Choice => {
  const value = json[name];
  const choice = choices.find((known) => known === value);
  if (choice === undefined) throw unfit(name, `one of ${choices.join(", ")}`, value);
  return choice;
};

const money = (json: Json, name: string): bigint => {
  const value = text(json, name);
  const amountE4 = parseMoney(value);
  if (amountE4 === undefined) throw unfit(name, "money such as 12.50", value);
  return amountE4;
};

const INSTANT_FORM = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

const instant = (json: Json, name: string): string => {
  const value = text(json, name);
  if (!INSTANT_FORM.test(value)) throw unfit(name, "an instant with milliseconds in UTC", value);
  return value;
};

const unfit = (name: string, wanted: string, value: unknown): ContractBreach =>
  new ContractBreach(
    `${name} is not ${wanted} but ${value === undefined ? "absent" : JSON.stringify(value)}`,
  );

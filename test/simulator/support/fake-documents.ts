import type { Ledger } from "./fake-ledger.ts";
import type { Account, Command, Line, Misbehaves, Transfer } from "./fake-records.ts";

/** The documents of the contract, as the fake service shows its ledger. */

type Json = Record<string, unknown>;

export const statusDocument = (command: Command, misbehaves: Misbehaves): Json => {
  const { commandId, stream, order, status, reached, rejection, resource } = command;
  const { acceptedAt, handledAt } = command;
  const point = status === "rejected" ? "settled" : reached;
  return {
    commandId,
    stream,
    type: order.type,
    status,
    reached: point,
    ...(rejection === undefined ? {} : { rejection: { code: rejection, detail: "A rule." } }),
    ...(misbehaves("leaves_out_resources") ? {} : { resource }),
    acceptedAt,
    handledAt,
  };
};

export const accountDocument = (current: Account): Json => {
  const account = current.late ?? current;
  delete current.late;
  const { accountId, name, email, currency, status, openedAt, totals, lines } = account;
  return {
    accountId,
    name,
    email,
    currency,
    status,
    version: lines.length + 1,
    balance: balance(account.availableE4, account.inFlightE4),
    totals: Object.fromEntries(Object.entries(totals).map(([name, e4]) => [name, money(e4)])),
    openedAt,
    updatedAt: lines.at(-1)?.at ?? openedAt,
  };
};

/** Undefined before the account was there. */
export const balanceDocument = (
  { accountId, currency, openedAt, lines }: Account,
  at: string,
): Json | undefined => {
  if (at < openedAt) return undefined;
  const past = lines.filter((line) => line.at <= at);
  const availableE4 = past.at(-1)?.balanceE4 ?? 0n;
  const inFlightE4 = past
    .filter(({ type, transfer }) => type === "transfer_out" && isInFlight(transfer, at))
    .reduce((totalE4, { amountE4 }) => totalE4 - amountE4, 0n);
  const version = past.length + 1;
  return { accountId, at, version, currency, balance: balance(availableE4, inFlightE4) };
};

const GOING_ON = ["scheduled", "awaiting_approval", "approved", "in_flight"];

const isInFlight = (transfer: Transfer | undefined, at: string): boolean =>
  transfer === undefined ||
  GOING_ON.includes(transfer.status) ||
  (transfer.history.at(-1)?.at ?? "9") > at;

export type Page = { from: string; to: string; limit: number; after: number };

export const statementDocument = (
  { accountId, currency, lines }: Account,
  { from, to, limit, after }: Page,
  misbehaves: Misbehaves,
): Json => {
  const period = lines.filter(({ at }) => at >= from && at < to);
  const items = period.slice(after, after + limit);
  if (items.length > 2 && misbehaves("drops_statement_lines")) items.pop();
  if (from !== "" && items.length > 0 && misbehaves("drops_lines_of_periods")) items.pop();
  if (items.length > 2 && misbehaves("swaps_statement_lines")) items.reverse();
  const next = after + limit < period.length ? { next: String(after + limit) } : {};
  return { accountId, currency, items: items.map(lineDocument), ...next };
};

const lineDocument = (line: Line): Json => {
  const { movementId, at, type, amountE4, feeE4, balanceE4, transfer } = line;
  const { transferId, note } = transfer ?? {};
  const counterparty = type === "transfer_in" ? transfer?.from : transfer?.to;
  return {
    movementId,
    at,
    type,
    amount: money(amountE4),
    ...(feeE4 === undefined ? {} : { fee: money(feeE4) }),
    balance: money(balanceE4),
    counterparty,
    transferId,
    note,
  };
};

/** As its sender reads it: an approver has no name. */
export const transferDocument = ({ amountE4, history, ...transfer }: Transfer): Json => ({
  ...transfer,
  history: history.map(({ by, ...moment }) => ({ ...moment, by: by.replace(/:.*@.*/, "") })),
  amount: money(amountE4),
});

export const notificationsDocument = (
  { notifications }: Account,
  { after, limit }: { after: number; limit: number },
): Json => {
  const items = notifications.slice(after, after + limit);
  return {
    items: items.map(({ transfer, ...notification }) => ({
      ...notification,
      transferId: transfer?.transferId,
      amount: transfer && money(transfer.amountE4),
      currency: transfer?.currency,
    })),
    next: String(after + items.length),
  };
};

export const approvalsDocument = ({ transfers }: Ledger, misbehaves: Misbehaves): Json => ({
  items: [...transfers.values()]
    .filter(
      ({ status, expiresAt }) =>
        status === "awaiting_approval" ||
        (expiresAt !== undefined && misbehaves("keeps_waiting_list")),
    )
    .map((transfer) => ({
      ...transferDocument(transfer),
      requestedAt: transfer.history.find(({ what }) => what === "approval_requested")?.at,
    })),
});

export const processesDocument = ({ transfers, forgotten }: Ledger): Json => ({
  items: [...transfers.values()]
    .filter(
      ({ status, transferId }) =>
        status === "awaiting_approval" || status === "scheduled" || forgotten.has(transferId),
    )
    .map(({ transferId, status }) => ({
      transferId,
      stage: status,
      isOverdue: false,
      runtimeStatus: "Running",
    })),
});

/** As the admin app shows a transfer: what is not known is null. */
export const adminDocument = (
  { accounts }: Ledger,
  transfer: Transfer,
  misbehaves: Misbehaves,
): Json => {
  const { transferId, from, to, amountE4, currency, note, status, history } = transfer;
  const decision = history.find(({ what }) => DECISIONS.includes(what));
  const decidedBy = /^approver:(.*)$/.exec(decision?.by ?? "")?.[1] ?? null;
  return {
    transferId,
    from,
    fromName: accounts.get(from)?.name ?? null,
    to,
    toName: accounts.get(to)?.name ?? null,
    amount: money(amountE4),
    currency,
    note: note ?? null,
    status: status === "awaiting_approval" ? "waiting" : status,
    requestedAt: history.find(({ what }) => what === "approval_requested")?.at ?? null,
    expiresAt: transfer.expiresAt ?? null,
    decidedBy: decidedBy !== null && misbehaves("names_wrong_winner") ? "nobody@x.y" : decidedBy,
    decidedAt: decision?.at ?? null,
    reason: decision?.reason ?? null,
  };
};

const DECISIONS = ["approved", "denied", "cancelled", "expired"];

export const totalsDocument = ({ accounts }: Ledger, misbehaves: Misbehaves): Json => {
  const all = [...accounts.values()];
  const sum = (valueOf: (account: Account) => bigint): bigint =>
    all.reduce((totalE4, account) => totalE4 + valueOf(account), 0n);
  const loadedE4 = sum(({ totals }) => totals.loaded);
  const feesE4 = sum(({ totals }) => totals.fees);
  const availableE4 =
    sum((account) => account.availableE4) + (misbehaves("miscounts_totals") ? 1n : 0n);
  const inFlightE4 = sum(({ totals }) => totals.sent - totals.received - totals.refunded);
  return {
    accounts: all.length,
    loaded: money(loadedE4),
    fees: money(feesE4),
    available: money(availableE4),
    inFlight: money(inFlightE4),
    conserved: availableE4 + inFlightE4 + feesE4 === loadedE4 && inFlightE4 >= 0n,
  };
};

const balance = (availableE4: bigint, inFlightE4: bigint): Json => ({
  available: money(availableE4),
  inFlight: money(inFlightE4),
  held: "0.00",
  confirmed: money(availableE4 + inFlightE4),
});

const money = (amountE4: bigint): string => {
  const digits = String(amountE4 < 0n ? -amountE4 : amountE4).padStart(5, "0");
  return `${amountE4 < 0n ? "-" : ""}${digits.slice(0, -4)}.${digits.slice(-4)}`;
};

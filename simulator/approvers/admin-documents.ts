import {
  flag,
  instant,
  list,
  money,
  object,
  oneOf,
  optionalText,
  parseObject,
  text,
  type Json,
} from "../client/json.ts";

/** A transfer as the admin app shows it to an approver. */
export type AdminTransfer = {
  transferId: string;
  from: string;
  fromName: string | undefined;
  to: string;
  toName: string | undefined;
  amountE4: bigint;
  currency: string;
  note: string | undefined;
  status: AdminStatus;
  /** Not known yet, if the news of its end came before the news of its beginning. */
  requestedAt: string | undefined;
  decidedBy: string | undefined;
  reason: string | undefined;
};

export type OpenedTransfer = AdminTransfer & { isOwn: boolean };

type AdminStatus = (typeof ADMIN_STATUSES)[number];

export type Verdict = "approval" | "denial";

export type DecisionOutcome = (typeof OUTCOMES)[number];

/** What an approver is told about a decision. */
export type DecisionAnswer = { outcome: DecisionOutcome; detail: string; transfer: AdminTransfer };

const ADMIN_STATUSES = [
  "waiting",
  "approved",
  "denied",
  "cancelled",
  "expired",
  "settled",
  "refunded",
] as const;

const OUTCOMES = ["approved", "denied", "too_late", "own_transfer", "rejected"] as const;

export const readAdminTransfers = (body: string): AdminTransfer[] =>
  list(parseObject(body), "items").map(readItem);

export const readAdminTransfer = (body: string): AdminTransfer => readItem(parseObject(body));

export const readOpenedTransfer = (body: string): OpenedTransfer => {
  const json = parseObject(body);
  return { ...readItem(json), isOwn: flag(json, "isOwn") };
};

export const readDecisionAnswer = (body: string): DecisionAnswer => {
  const json = parseObject(body);
  return {
    outcome: oneOf(json, "outcome", OUTCOMES),
    detail: text(json, "detail"),
    transfer: readItem(object(json, "transfer")),
  };
};

const readItem = (json: Json): AdminTransfer => {
  // What is not known yet may be null here.
  const known = Object.fromEntries(Object.entries(json).filter(([, value]) => value !== null));
  const status = oneOf(known, "status", ADMIN_STATUSES);
  const isRequestKnown = status === "waiting" || "requestedAt" in known;
  return {
    transferId: text(known, "transferId"),
    from: text(known, "from"),
    fromName: optionalText(known, "fromName"),
    to: text(known, "to"),
    toName: optionalText(known, "toName"),
    amountE4: money(known, "amount"),
    currency: text(known, "currency"),
    note: optionalText(known, "note"),
    status,
    requestedAt: isRequestKnown ? instant(known, "requestedAt") : undefined,
    decidedBy: optionalText(known, "decidedBy"),
    reason: optionalText(known, "reason"),
  };
};

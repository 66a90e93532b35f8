import type {
  Approvals,
  Notification,
  NotificationPage as ToldPage,
  Processes,
  Transfer,
  TransferMoment,
} from "../../contract/client.ts";
import { flag, instant, list, money, oneOf, optionalInstant, optionalText, text } from "./json.ts";

/** What the contract shows of a transfer's life: itself, what is told of it, who waits for it. */

export type TransferDocument = {
  transferId: string;
  from: string;
  to: string;
  amountE4: bigint;
  currency: string;
  note: string | undefined;
  status: TransferStatus;
  reason: string | undefined;
  scheduledFor: string | undefined;
  expiresAt: string | undefined;
  history: HistoryEntry[];
};

export type TransferStatus = (typeof TRANSFER_STATUSES)[number];

export type HistoryEntry = {
  at: string;
  what: string;
  by: string | undefined;
  reason: string | undefined;
};

export type NotificationDocument = {
  notificationId: string;
  at: string;
  type: NotificationType;
  text: string;
  transferId: string | undefined;
  amountE4: bigint | undefined;
  currency: string | undefined;
  counterparty: string | undefined;
  reason: string | undefined;
};

export type NotificationType = (typeof NOTIFICATION_TYPES)[number];

/** `next` is the cursor to go on from, on the last page too: more may come. */
export type NotificationPage = { items: NotificationDocument[]; next: string | undefined };

export type ApprovalDocument = {
  transferId: string;
  from: string;
  to: string;
  amountE4: bigint;
  currency: string;
  requestedAt: string;
  expiresAt: string;
};

export type ProcessDocument = {
  transferId: string;
  stage: string;
  runtimeStatus: string;
  isOverdue: boolean;
};

const TRANSFER_STATUSES = [
  "scheduled",
  "withdrawn",
  "failed",
  "awaiting_approval",
  "denied",
  "cancelled",
  "expired",
  "approved",
  "in_flight",
  "settled",
  "refunded",
] as const;

/** A transfer that still goes on: something has yet to become of it. */
const GOING_ON: ReadonlySet<TransferStatus> = new Set([
  "scheduled",
  "awaiting_approval",
  "approved",
  "in_flight",
]);

export const isFinal = (status: TransferStatus): boolean => !GOING_ON.has(status);

const NOTIFICATION_TYPES = [
  "credits_received",
  "transfer_awaiting_approval",
  "transfer_approved",
  "transfer_denied",
  "transfer_expired",
  "transfer_refunded",
  "transfer_failed",
  "request_rejected",
] as const;

export const readTransfer = (json: Transfer): TransferDocument => {
  const status = oneOf(json, "status", TRANSFER_STATUSES);
  const hasReason = status === "refunded" || status === "failed" || status === "denied";
  return {
    transferId: text(json, "transferId"),
    from: text(json, "from"),
    to: text(json, "to"),
    amountE4: money(json, "amount"),
    currency: text(json, "currency"),
    note: optionalText(json, "note"),
    status,
    reason: hasReason ? text(json, "reason") : optionalText(json, "reason"),
    scheduledFor: optionalInstant(json, "scheduledFor"),
    expiresAt: optionalInstant(json, "expiresAt"),
    history: list(json, "history").map(readHistoryEntry),
  };
};

const readHistoryEntry = (json: TransferMoment): HistoryEntry => ({
  at: instant(json, "at"),
  what: text(json, "what"),
  by: optionalText(json, "by"),
  reason: optionalText(json, "reason"),
});

export const readNotificationPage = (json: ToldPage): NotificationPage => ({
  items: list(json, "items").map(readNotification),
  next: optionalText(json, "next"),
});

const readNotification = (json: Notification): NotificationDocument => ({
  notificationId: text(json, "notificationId"),
  at: instant(json, "at"),
  type: oneOf(json, "type", NOTIFICATION_TYPES),
  text: text(json, "text"),
  transferId: optionalText(json, "transferId"),
  amountE4: json.amount === undefined ? undefined : money(json, "amount"),
  currency: optionalText(json, "currency"),
  counterparty: optionalText(json, "counterparty"),
  reason: optionalText(json, "reason"),
});

export const readApprovals = (approvals: Approvals): ApprovalDocument[] =>
  list(approvals, "items").map((json) => ({
    transferId: text(json, "transferId"),
    from: text(json, "from"),
    to: text(json, "to"),
    amountE4: money(json, "amount"),
    currency: text(json, "currency"),
    requestedAt: instant(json, "requestedAt"),
    expiresAt: instant(json, "expiresAt"),
  }));

export const readProcesses = (processes: Processes): ProcessDocument[] =>
  list(processes, "items").map((json) => ({
    transferId: text(json, "transferId"),
    stage: text(json, "stage"),
    runtimeStatus: text(json, "runtimeStatus"),
    isOverdue: flag(json, "isOverdue"),
  }));

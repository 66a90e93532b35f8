/** Who is to be told what about an event. */
import { deriveId } from "../../platform/digest.ts";
import type { IntegrationEvent, TransferData } from "../account/integration-events.ts";

export type Notification = {
  /** Derived from the event and its recipient: an event that comes again makes the same notification again. */
  readonly id: string;
  /** Whom it is for. */
  readonly accountId: string;
  /** When it happened; ISO 8601. */
  readonly at: string;
  readonly type: NotificationType;
  /** One sentence for a person. */
  readonly text: string;
  readonly transferId?: string;
  /** A decimal string with two to four places. */
  readonly amount?: string;
  readonly currency?: string;
  readonly counterparty?: string;
  /** A code, or what a person gave as reason. */
  readonly reason?: string;
};

type NotificationType =
  | "credits_received"
  | "transfer_awaiting_approval"
  | "transfer_approved"
  | "transfer_denied"
  | "transfer_expired"
  | "transfer_refunded"
  | "transfer_failed"
  | "request_rejected";

/** What happened to a sender's transfer; `money` stands for amount and currency. */
const toldToSender = {
  "saldo.transfer.approval_requested.v1": {
    type: "transfer_awaiting_approval",
    tell: (money: string) => `Your transfer of ${money} is waiting for approval.`,
  },
  "saldo.transfer.approved.v1": {
    type: "transfer_approved",
    tell: (money: string) => `Your transfer of ${money} has been approved.`,
  },
  "saldo.transfer.denied.v1": {
    type: "transfer_denied",
    tell: (money: string) => `Your transfer of ${money} was denied; the money is back with you.`,
  },
  "saldo.transfer.expired.v1": {
    type: "transfer_expired",
    tell: (money: string) =>
      `Nobody approved your transfer of ${money} in time; the money is back with you.`,
  },
  "saldo.transfer.refunded.v1": {
    type: "transfer_refunded",
    tell: (money: string) =>
      `Your transfer of ${money} could not be delivered; the money is back with you.`,
  },
  "saldo.transfer.failed.v1": {
    type: "transfer_failed",
    tell: (money: string) => `Your scheduled transfer of ${money} could not be started.`,
  },
} as const satisfies Record<string, { type: NotificationType; tell: (money: string) => string }>;

/** None, if nobody needs to be told. */
export function notificationsOf(event: IntegrationEvent): readonly Notification[] {
  switch (event.type) {
    case "saldo.transfer.received.v1": {
      const { to, from } = event.data;
      const tell = (money: string): string => `You have received ${money}.`;
      const about = aboutTransfer(event.data, from, tell);
      return [{ ...addressed(event, to), type: "credits_received", ...about }];
    }
    case "saldo.transfer.approval_requested.v1":
    case "saldo.transfer.approved.v1":
    case "saldo.transfer.denied.v1":
    case "saldo.transfer.expired.v1":
    case "saldo.transfer.refunded.v1":
    case "saldo.transfer.failed.v1": {
      const { from, to } = event.data;
      const { type, tell } = toldToSender[event.type];
      const reason = "reason" in event.data ? { reason: event.data.reason } : {};
      return [
        { ...addressed(event, from), type, ...aboutTransfer(event.data, to, tell), ...reason },
      ];
    }
    case "saldo.command.rejected.v1": {
      const { accountId, code, detail } = event.data;
      if (!isOwn(event.actor, accountId)) return [];
      const text = `Your request was rejected: ${detail.charAt(0).toLowerCase()}${detail.slice(1)}`;
      return [{ ...addressed(event, accountId), type: "request_rejected", text, reason: code }];
    }
    case "saldo.account.opened.v1":
    case "saldo.account.frozen.v1":
    case "saldo.account.unfrozen.v1":
    case "saldo.account.closed.v1":
    case "saldo.credits.loaded.v1":
    case "saldo.transfer.sent.v1":
    case "saldo.transfer.declined.v1":
    case "saldo.transfer.settled.v1":
    case "saldo.transfer.scheduled.v1":
    case "saldo.transfer.withdrawn.v1":
    case "saldo.transfer.cancelled.v1":
      return [];
  }
}

/** What was refused to an operator, an approver or a process is no request of the owner's. */
function isOwn(actor: string, accountId: string): boolean {
  return actor === `account:${accountId}`;
}

function addressed(
  { source, id, time }: IntegrationEvent,
  accountId: string,
): Pick<Notification, "id" | "accountId" | "at"> {
  return { id: deriveId(20, source, id, accountId), accountId, at: time };
}

function aboutTransfer(
  { transferId, amount, currency }: TransferData,
  counterparty: string,
  tell: (money: string) => string,
): Pick<Notification, "text" | "transferId" | "amount" | "currency" | "counterparty"> {
  return { text: tell(`${amount} ${currency}`), transferId, amount, currency, counterparty };
}

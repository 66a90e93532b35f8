/** A commit → the integration events it is told by: one for each event, and one for each rejected command. */
import type { AccountEvent, Transfer } from "../../../domain/account/account.messages.ts";
import { formatAmount } from "../../../domain/kernel/money.ts";
import { parseStream } from "../../../domain/kernel/streams.ts";
import { causes, type Commit, type Outcome } from "../../kernel/messages/commit.ts";
import { account } from "../../../domain/account/account.ts";
import { explainRejection } from "../../kernel/messages/rejections.ts";
import type {
  IntegrationData,
  IntegrationEvent,
  IntegrationEventType,
  TransferData,
} from "./integration-events.ts";

export function toIntegrationEvents(commit: Commit): readonly IntegrationEvent[] {
  const { stream, at } = commit;
  const { id: accountId } = parseStream(stream);
  const events = [...causes(commit)].map(({ event, version, cause }) =>
    envelope(tell(event as unknown as AccountEvent, accountId), {
      id: `${stream}/${version}`,
      ...{ stream, at, version, cause },
    }),
  );
  const refusals = commit.outcomes.flatMap((outcome) => {
    if (outcome.status === "accepted") return [];
    const told = tellRejection(outcome, accountId);
    const id = `${stream}/${outcome.commandId}`;
    return [envelope(told, { id, stream, at, version: commit.version, cause: outcome })];
  });
  return [...events, ...refusals];
}

type Told = {
  [Type in IntegrationEventType]: {
    readonly type: Type;
    readonly subject: string;
    readonly data: IntegrationData[Type];
  };
}[IntegrationEventType];

type Origin = {
  readonly id: string;
  readonly stream: string;
  readonly at: string;
  readonly version: number;
  readonly cause: Outcome;
};

function envelope(told: Told, { id, stream, at, version, cause }: Origin): IntegrationEvent {
  return {
    ...told,
    id,
    specversion: "1.0",
    source: `/saldo/${stream}`,
    time: at,
    datacontenttype: "application/json",
    sequence: version.toString().padStart(10, "0"),
    traceparent: cause.traceparent,
    correlationid: cause.correlationId,
    causationid: cause.commandId,
    actor: cause.actor,
  };
}

function tellRejection(
  { commandId, type, ...outcome }: Outcome & { readonly status: "rejected" },
  accountId: string,
): Told {
  const { code } = outcome;
  const detail = explainRejection(account, code);
  return {
    type: "saldo.command.rejected.v1",
    subject: `accounts/${accountId}`,
    data: { accountId, commandId, command: type, code, detail },
  };
}

function tell(event: AccountEvent, accountId: string): Told {
  const subject = `accounts/${accountId}`;
  switch (event.type) {
    case "AccountOpened": {
      const { currency } = event.data;
      return { type: "saldo.account.opened.v1", subject, data: { accountId, currency } };
    }
    case "AccountFrozen":
      return { type: "saldo.account.frozen.v1", subject, data: { accountId, ...event.data } };
    case "AccountUnfrozen":
      return { type: "saldo.account.unfrozen.v1", subject, data: { accountId, ...event.data } };
    case "AccountClosed":
      return { type: "saldo.account.closed.v1", subject, data: { accountId } };
    case "CreditsLoaded": {
      const { amountE4, feeE4, currency } = event.data;
      const amounts = { amount: formatAmount(amountE4), fee: formatAmount(feeE4), currency };
      return { type: "saldo.credits.loaded.v1", subject, data: { accountId, ...amounts } };
    }
    default:
      return tellTransfer(event);
  }
}

type TransferEvent = Extract<AccountEvent, { data: Transfer }>;

function tellTransfer(event: TransferEvent): Told {
  const subject = `transfers/${event.data.transferId}`;
  const transfer = transferData(event.data);
  switch (event.type) {
    case "CreditsSent":
      return { type: "saldo.transfer.sent.v1", subject, data: transfer };
    case "CreditsReceived":
      return { type: "saldo.transfer.received.v1", subject, data: transfer };
    case "TransferSettled":
      return { type: "saldo.transfer.settled.v1", subject, data: transfer };
    case "TransferWithdrawn":
      return { type: "saldo.transfer.withdrawn.v1", subject, data: transfer };
    case "TransferCancelled":
      return { type: "saldo.transfer.cancelled.v1", subject, data: transfer };
    case "TransferExpired":
      return { type: "saldo.transfer.expired.v1", subject, data: transfer };
    case "CreditsDeclined":
      return {
        type: "saldo.transfer.declined.v1",
        subject,
        data: { ...transfer, reason: event.data.reason },
      };
    case "TransferRefunded":
      return {
        type: "saldo.transfer.refunded.v1",
        subject,
        data: { ...transfer, reason: event.data.reason },
      };
    case "ScheduledTransferFailed":
      return {
        type: "saldo.transfer.failed.v1",
        subject,
        data: { ...transfer, reason: event.data.reason },
      };
    case "TransferScheduled": {
      const { scheduledFor } = event.data;
      const data = { ...transfer, scheduledFor };
      return { type: "saldo.transfer.scheduled.v1", subject, data };
    }
    case "ApprovalRequested": {
      const data = { ...transfer, expiresAt: event.data.expiresAt };
      return { type: "saldo.transfer.approval_requested.v1", subject, data };
    }
    case "TransferApproved": {
      const { approver, reason } = event.data;
      const data = { ...transfer, approver, ...(reason === undefined ? {} : { reason }) };
      return { type: "saldo.transfer.approved.v1", subject, data };
    }
    case "TransferDenied": {
      const { approver, reason } = event.data;
      return {
        type: "saldo.transfer.denied.v1",
        subject,
        data: { ...transfer, approver, reason },
      };
    }
  }
}

function transferData(transfer: Transfer): TransferData {
  const { transferId, from, to, amountE4, currency, note, isManaged } = transfer;
  return {
    transferId,
    from,
    to,
    amount: formatAmount(amountE4),
    currency,
    ...(note === undefined ? {} : { note }),
    isManaged: isManaged === true,
  };
}

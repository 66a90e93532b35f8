/** What each integration event says, in a sentence, and the data of an example. Each is tested against its schema. */
import type {
  IntegrationData,
  IntegrationEvent,
  IntegrationEventType,
} from "../modules/account/integration-events.ts";
import { parameterExamples } from "./examples.ts";

type Told<Type extends IntegrationEventType> = {
  readonly summary: string;
  /** Whose stream it comes from, by which `sequence` counts. */
  readonly from: "account" | "sender" | "receiver";
  readonly data: IntegrationData[Type];
};

const { accountId, transferId, commandId, instant, traceparent } = parameterExamples;
const approver = "grace@bank.example";
const small = {
  transferId,
  from: accountId,
  to: "b7n1m3k5j7h9g2f4",
  amount: "25.50",
  currency: "EUR",
  note: "pocket money",
  isManaged: false,
};
const large = { ...small, amount: "2500.00", note: "rent", isManaged: true };
const later = "2026-02-01T12:00:00.000Z";

export const eventsTold: { readonly [Type in IntegrationEventType]: Told<Type> } = {
  "saldo.account.opened.v1": {
    summary: "An account was opened.",
    from: "account",
    data: { accountId, currency: "EUR" },
  },
  "saldo.account.frozen.v1": {
    summary: "An operator froze an account: nothing can be taken from it.",
    from: "account",
    data: { accountId, reason: "The card was reported lost." },
  },
  "saldo.account.unfrozen.v1": {
    summary: "An operator opened a frozen account again.",
    from: "account",
    data: { accountId, reason: "The card was found." },
  },
  "saldo.account.closed.v1": {
    summary: "An account was closed, for good.",
    from: "account",
    data: { accountId },
  },
  "saldo.credits.loaded.v1": {
    summary: "Credits were loaded; the fee was taken off the amount.",
    from: "account",
    data: { accountId, amount: "100.00", fee: "0.02", currency: "EUR" },
  },
  "saldo.command.rejected.v1": {
    summary: "A rule said no to a command: nothing has changed.",
    from: "account",
    data: {
      accountId,
      commandId,
      command: "SendCredits",
      code: "insufficient_funds",
      detail: "The available balance is too small.",
    },
  },
  "saldo.transfer.sent.v1": {
    summary: "A transfer is on its way: its amount has left what the sender can spend.",
    from: "sender",
    data: small,
  },
  "saldo.transfer.received.v1": {
    summary: "The receiver can spend the amount.",
    from: "receiver",
    data: small,
  },
  "saldo.transfer.declined.v1": {
    summary: "The receiver's account could not take the transfer.",
    from: "receiver",
    data: { ...small, reason: "receiver_closed" },
  },
  "saldo.transfer.settled.v1": {
    summary: "The transfer has ended: the amount is the receiver's.",
    from: "sender",
    data: small,
  },
  "saldo.transfer.refunded.v1": {
    summary:
      "The transfer has ended: it could not be delivered, the amount is back with the sender.",
    from: "sender",
    data: { ...small, reason: "receiver_closed" },
  },
  "saldo.transfer.scheduled.v1": {
    summary: "A transfer will start at an instant; nothing has moved yet.",
    from: "sender",
    data: { ...small, isManaged: true, scheduledFor: later },
  },
  "saldo.transfer.withdrawn.v1": {
    summary: "The transfer has ended: its sender took it back before it started.",
    from: "sender",
    data: { ...small, isManaged: true },
  },
  "saldo.transfer.failed.v1": {
    summary: "The transfer has ended: it could not start when its instant came.",
    from: "sender",
    data: { ...small, isManaged: true, reason: "insufficient_funds" },
  },
  "saldo.transfer.approval_requested.v1": {
    summary:
      "A person has to decide about a transfer; its amount has left what the sender can spend.",
    from: "sender",
    data: { ...large, expiresAt: later },
  },
  "saldo.transfer.approved.v1": {
    summary: "A person let the transfer go on.",
    from: "sender",
    data: { ...large, approver, reason: "known to us" },
  },
  "saldo.transfer.denied.v1": {
    summary: "The transfer has ended: a person said no, the amount is back with the sender.",
    from: "sender",
    data: { ...large, approver, reason: "not known to us" },
  },
  "saldo.transfer.cancelled.v1": {
    summary: "The transfer has ended: its sender took it back while it waited for a decision.",
    from: "sender",
    data: large,
  },
  "saldo.transfer.expired.v1": {
    summary: "The transfer has ended: nobody decided in time, the amount is back with the sender.",
    from: "sender",
    data: large,
  },
};

/** An event of this type, as it is delivered. */
export function exampleEvent(type: IntegrationEventType): IntegrationEvent {
  const { data, from } = eventsTold[type];
  const stream = `account-${from === "receiver" ? small.to : accountId}`;
  const isRejection = type === "saldo.command.rejected.v1";
  const subject =
    "transferId" in data ? `transfers/${data.transferId}` : `accounts/${data.accountId}`;
  return {
    specversion: "1.0",
    id: `${stream}/${isRejection ? commandId : 3}`,
    source: `/saldo/${stream}`,
    type,
    subject,
    time: instant,
    datacontenttype: "application/json",
    sequence: "0000000003",
    traceparent,
    correlationid: commandId,
    causationid: commandId,
    actor: `account:${accountId}`,
    data,
  } as IntegrationEvent;
}

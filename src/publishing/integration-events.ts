/**
 * What leaves Saldo through Event Grid (docs/events.md): CloudEvents 1.0 with a schema of their own, so that the domain's
 * events may change without anybody outside having to know.
 */

/** A CloudEvent as it is published, and as a subscriber gets it. */
export type IntegrationEvent<Type extends IntegrationEventType = IntegrationEventType> = {
  [T in Type]: {
    /** `{stream}/{version}`, or `{stream}/{commandId}` of a rejected command: the same however often it is sent. */
    readonly id: string;
    readonly specversion: "1.0";
    /** `/saldo/{stream}` */
    readonly source: string;
    readonly type: T;
    /** `transfers/{transferId}` or `accounts/{accountId}` */
    readonly subject: string;
    /** ISO 8601: when it was committed. */
    readonly time: string;
    readonly datacontenttype: "application/json";
    /** The event's version in its stream, ten digits. */
    readonly sequence: string;
    readonly traceparent: string;
    readonly correlationid: string;
    readonly causationid: string;
    readonly actor: string;
    readonly data: IntegrationData[T];
  };
}[Type];

export type IntegrationEventType = keyof IntegrationData;

/** A decimal string with two to four places. */
type Amount = string;

type AccountData = { readonly accountId: string };

/** What every event of a transfer tells. */
export type TransferData = {
  readonly transferId: string;
  readonly from: string;
  readonly to: string;
  readonly amount: Amount;
  readonly currency: string;
  readonly note?: string;
  /** Whether a process leads it: it was scheduled or needs approval. */
  readonly isManaged: boolean;
};

type Reason = { readonly reason: string };

export type IntegrationData = {
  "saldo.account.opened.v1": AccountData & { readonly currency: string };
  "saldo.account.frozen.v1": AccountData & Reason;
  "saldo.account.unfrozen.v1": AccountData & Reason;
  "saldo.account.closed.v1": AccountData;
  "saldo.credits.loaded.v1": AccountData & {
    readonly amount: Amount;
    readonly fee: Amount;
    readonly currency: string;
  };
  "saldo.command.rejected.v1": AccountData & {
    readonly commandId: string;
    /** Its type. */
    readonly command: string;
    readonly code: string;
    readonly detail: string;
  };
  "saldo.transfer.sent.v1": TransferData;
  "saldo.transfer.received.v1": TransferData;
  "saldo.transfer.declined.v1": TransferData & Reason;
  "saldo.transfer.settled.v1": TransferData;
  "saldo.transfer.refunded.v1": TransferData & Reason;
  "saldo.transfer.scheduled.v1": TransferData & { readonly scheduledFor: string };
  "saldo.transfer.withdrawn.v1": TransferData;
  "saldo.transfer.failed.v1": TransferData & Reason;
  "saldo.transfer.approval_requested.v1": TransferData & { readonly expiresAt: string };
  "saldo.transfer.approved.v1": TransferData & {
    readonly approver: string;
    readonly reason?: string;
  };
  "saldo.transfer.denied.v1": TransferData & Reason & { readonly approver: string };
  "saldo.transfer.cancelled.v1": TransferData;
  "saldo.transfer.expired.v1": TransferData;
};

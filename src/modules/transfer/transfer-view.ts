/**
 * A transfer that a process leads, as approvers and operators see it: what waits for a decision, what is scheduled, and
 * what has become of it. Plain transfers have no such document: their two streams tell all there is.
 */
import type { AccountEvent, Transfer } from "../../../domain/account/account.messages.ts";
import { assert } from "../../../domain/kernel/assert.ts";

export type TransferView = {
  /** The transfer id; also the partition key. */
  readonly id: string;
  /** Of the sender's stream, up to the last event of this transfer. */
  readonly version: number;
  readonly stage: "scheduled" | "waiting" | "approved" | "started" | "ended";
  readonly transfer: Transfer;
  readonly requestedAt: string;
  readonly updatedAt: string;
  readonly scheduledFor?: string;
  readonly expiresAt?: string;
  readonly history: readonly TransferMoment[];
  /** Whose consequence everything is that the process does. */
  readonly cause: TransferCause;
  /** Seconds from the last change; only once it has ended. */
  readonly ttl?: number;
};

type TransferMoment = {
  readonly at: string;
  readonly what: TransferHappening;
  readonly by: string;
  readonly reason?: string;
};

export type TransferCause = {
  readonly correlationId: string;
  readonly causationId: string;
  readonly traceparent: string;
};

/** Longer than Event Grid may go on delivering (24 h), and than anybody asks what has become of a transfer they saw wait. */
const keptForSeconds = 90 * 24 * 60 * 60;

const happenings = {
  TransferScheduled: { what: "scheduled", stage: "scheduled" },
  TransferWithdrawn: { what: "withdrawn", stage: "ended" },
  ScheduledTransferFailed: { what: "failed", stage: "ended" },
  ApprovalRequested: { what: "approval_requested", stage: "waiting" },
  TransferApproved: { what: "approved", stage: "approved" },
  TransferDenied: { what: "denied", stage: "ended" },
  TransferCancelled: { what: "cancelled", stage: "ended" },
  TransferExpired: { what: "expired", stage: "ended" },
  CreditsSent: { what: "started", stage: "started" },
  TransferSettled: { what: "settled", stage: "ended" },
  TransferRefunded: { what: "refunded", stage: "ended" },
} as const satisfies Partial<Record<AccountEvent["type"], object>>;

export type TransferHappening = (typeof happenings)[keyof typeof happenings]["what"];

/** What may happen to a transfer that a process leads, on its sender's stream. */
export type LedEvent = Extract<AccountEvent, { type: keyof typeof happenings }>;

export function isLed(event: AccountEvent): event is LedEvent {
  return Object.hasOwn(happenings, event.type) && "isManaged" in event.data;
}

type Context = {
  readonly version: number;
  readonly at: string;
  readonly by: string;
  readonly cause: TransferCause;
};

/** The view after one more event. */
export function projectTransfer(
  view: TransferView | undefined,
  event: LedEvent,
  { version, at, by, cause }: Context,
): TransferView {
  const { what, stage } = happenings[event.type];
  const { data } = event;
  const isFirst = event.type === "TransferScheduled" || event.type === "ApprovalRequested";
  assert(view !== undefined || isFirst, `${event.type} of a transfer that was never requested`);
  const moment = { at, what, by, ...("reason" in data ? { reason: data.reason } : {}) };
  return {
    ...view,
    id: data.transferId,
    version,
    stage,
    transfer: view?.transfer ?? transferIn(event),
    requestedAt: view?.requestedAt ?? at,
    updatedAt: at,
    ...("scheduledFor" in data ? { scheduledFor: data.scheduledFor } : {}),
    ...("expiresAt" in data ? { expiresAt: data.expiresAt } : {}),
    history: [...(view?.history ?? []), moment],
    cause,
    ...(stage === "ended" ? { ttl: keptForSeconds } : {}),
  };
}

function transferIn({ data }: LedEvent): Transfer {
  const { transferId, from, to, amountE4, currency, note } = data;
  const noted = note === undefined ? {} : { note };
  return { transferId, from, to, amountE4, currency, ...noted, isManaged: true };
}

import type { CommandRequest } from "../client/api.ts";
import { formatMoney } from "../money.ts";
import { uuid, type Random } from "../random.ts";

/** What somebody wants from the service; the audit holds the service to it. */
export type Intention =
  OpenAccount | LoadCredits | SendCredits | CancelTransfer | CloseAccount | Malformed;

export type OpenAccount = Common & { kind: "open"; name: string; email: string; currency: string };

export type LoadCredits = Common & { kind: "load"; accountId: string; amountE4: bigint };

export type SendCredits = Common & {
  kind: "send";
  accountId: string;
  to: string;
  amountE4: bigint;
  note: string | undefined;
  /** Absent for at once. */
  scheduledFor?: string;
  /** How the transfer may end once it is accepted. */
  endings: readonly Ending[];
};

/** The sender takes back what is scheduled or waits for approval. */
export type CancelTransfer = Common & { kind: "cancel"; accountId: string; transferId: string };

type CloseAccount = Common & { kind: "close"; accountId: string };

/** A request that must be refused at the door, before anything is stored. */
export type Malformed = Common & { kind: "malformed"; path: string; body: string };

/** Where the money is in the end, and why: the final status, or its reason where it has one. */
export type Ending =
  "settled" | RefundReason | FailureReason | "withdrawn" | "denied" | "cancelled" | "expired";

/** Why a transfer was given back. */
type RefundReason = (typeof REFUND_REASONS)[number];

/** Why a scheduled transfer could not start. */
type FailureReason = (typeof FAILURE_REASONS)[number];

export const REFUND_REASONS = [
  "receiver_not_found",
  "receiver_closed",
  "currency_mismatch",
  "balance_too_large",
] as const;

export const FAILURE_REASONS = ["insufficient_funds", "account_closed", "account_frozen"] as const;

type Common = {
  /** Undefined only for a request that is malformed for lack of it. */
  key: string | undefined;
  duplicate: Duplicate;
  /**
   * The answers that are right: `accepted`, rejection codes and problem codes. Several where the
   * order of concurrent intentions decides.
   */
  expected: readonly string[];
};

/** How an intention is sent again on purpose: twice at once, once more later, or changed. */
export type Duplicate = "none" | "at_once" | "later" | "other_body";

/** What the service finally said to an intention. */
export type Outcome =
  | { kind: "accepted"; resourceId: string; ended: boolean }
  | {
      kind: "rejected";
      code: string;
      resourceId: string;
      acceptedAt: string;
      handledAt: string;
    }
  | { kind: "refused"; code: string }
  /** Not handled within the patience of the client. */
  | { kind: "pending" };

export type Entry = { intention: Intention; outcome: Outcome };

/** What most intentions have in common: a new key, sent once, to be accepted. */
export const plainly = (keys: Random): { key: string } & Omit<Common, "key"> => ({
  key: uuid(keys),
  duplicate: "none",
  expected: ["accepted"],
});

/** The request that carries an intention to the service. */
export const requestOf = (intention: Intention): CommandRequest => ({
  asked: askedFor(intention),
  idempotencyKey: intention.key,
  until: intention.kind === "send" ? "settled" : "visible",
});

const askedFor = (intention: Intention): CommandRequest["asked"] => {
  switch (intention.kind) {
    case "open": {
      const { name, email, currency } = intention;
      return { operation: "openAccount", body: { name, email, currency } };
    }
    case "load": {
      const { accountId, amountE4 } = intention;
      return { operation: "loadCredits", accountId, body: { amount: formatMoney(amountE4) } };
    }
    case "send": {
      const { accountId, to, amountE4, note, scheduledFor } = intention;
      const amount = formatMoney(amountE4);
      const body = {
        ...{ to, amount },
        ...(note === undefined ? {} : { note }),
        ...(scheduledFor === undefined ? {} : { scheduledFor }),
      };
      return { operation: "sendCredits", accountId, body };
    }
    case "cancel": {
      const { accountId, transferId } = intention;
      return { operation: "cancelTransfer", accountId, transferId };
    }
    case "close":
      return { operation: "closeAccount", accountId: intention.accountId };
    case "malformed":
      return { operation: "malformed", path: intention.path, body: intention.body };
  }
};

/** The same key with another body, which the service must refuse. */
export const changed = (intention: Intention): Intention => {
  switch (intention.kind) {
    case "open":
      return { ...intention, name: `${intention.name} again` };
    case "load":
    case "send":
      return { ...intention, amountE4: intention.amountE4 + 1n };
    case "cancel":
    case "close":
    case "malformed":
      throw new RangeError(`There is no other body for "${intention.kind}".`);
  }
};

/** An intention in a few words, for people. */
export const describe = (intention: Intention): string => {
  switch (intention.kind) {
    case "open":
      return `Opening an account for ${intention.name}`;
    case "load":
      return `Loading ${formatMoney(intention.amountE4)} to ${intention.accountId}`;
    case "send": {
      const { accountId, to, amountE4, scheduledFor } = intention;
      const later = scheduledFor === undefined ? "" : ` at ${scheduledFor}`;
      return `Sending ${formatMoney(amountE4)} from ${accountId} to ${to}${later}`;
    }
    case "cancel":
      return `Cancelling ${intention.transferId}`;
    case "close":
      return `Closing ${intention.accountId}`;
    case "malformed":
      return `POST ${intention.path} with ${intention.body.slice(0, 80) || "no body"}`;
  }
};

/**
 * A transfer as the approvers see it. Facts about it arrive at least once and in any order, from
 * events and from look-ups; how it stands is folded from all of them whenever one is added, so
 * that neither order nor repetition matters.
 */

export type Happening =
  "approval_requested" | "approved" | "denied" | "cancelled" | "expired" | "settled" | "refunded";

/** What the parties agreed on: it never changes, and every event repeats it. */
export type Terms = {
  transferId: string;
  from: string;
  to: string;
  /** Decimal string, two to four places. */
  amount: string;
  currency: string;
  note: string | null;
};

/** One thing that happened to a transfer; each happens once at most. */
export type Fact = {
  what: Happening;
  /** ISO 8601 in UTC. */
  at: string;
  /** In whose name, e.g. `approver:grace@bank.example`. */
  by: string | null;
  reason: string | null;
  /** Only of `approval_requested`: until when a decision is possible. */
  expiresAt: string | null;
  /** Its position in the sender's stream; null if it was looked up instead of delivered. */
  sequence: number | null;
};

/** What somebody tells about a transfer, and in which trace (W3C `traceparent`), if in any. */
export type Report = { terms: Terms; facts: readonly Fact[]; traceparent?: string | undefined };

export type TransferStatus =
  "waiting" | "approved" | "denied" | "cancelled" | "expired" | "settled" | "refunded";

/** How a transfer stands; null is what is not known, not yet or never. */
export type Standing = {
  status: TransferStatus;
  requestedAt: string | null;
  expiresAt: string | null;
  /** E-mail of the approver; null if nobody decided, as when it was cancelled or has expired. */
  decidedBy: string | null;
  /** When it ceased to wait. */
  decidedAt: string | null;
  /** What the approver gave as reason. */
  reason: string | null;
};

/** Undefined for a transfer that has never waited for approval, as far as the facts tell. */
export const standingOf = (facts: readonly Fact[]): Standing | undefined => {
  if (facts.every(({ what }) => stages[what] === "arrived")) return undefined;
  const newest = facts.reduce((one, other) => (compare(other, one) > 0 ? other : one));
  const request = facts.find(({ what }) => what === "approval_requested");
  const decision = facts.find(({ what }) => stages[what] === "decided");
  return {
    status: newest.what === "approval_requested" ? "waiting" : newest.what,
    requestedAt: request?.at ?? null,
    expiresAt: request?.expiresAt ?? null,
    decidedBy: approverOf(decision?.by ?? null),
    decidedAt: decision?.at ?? null,
    reason: decision?.reason ?? null,
  };
};

/** Sorts facts into the order in which they happened. */
export const inOrder = (facts: readonly Fact[]): Fact[] => facts.toSorted(compare);

const stages = {
  approval_requested: "asked",
  approved: "decided",
  denied: "decided",
  cancelled: "decided",
  expired: "decided",
  settled: "arrived",
  refunded: "arrived",
} as const satisfies Record<Happening, string>;

const stageOrder = ["asked", "decided", "arrived"] as const;

/** By position in the stream; what was looked up has none and is placed by its stage of life. */
const compare = (one: Fact, other: Fact): number =>
  one.sequence !== null && other.sequence !== null
    ? one.sequence - other.sequence
    : stageOrder.indexOf(stages[one.what]) - stageOrder.indexOf(stages[other.what]);

const approverPrefix = "approver:";

const approverOf = (by: string | null): string | null =>
  by?.startsWith(approverPrefix) === true ? by.slice(approverPrefix.length) : null;

/** What an approver may say; named as in Saldo's paths. */
export type Decision = "approval" | "denial";

/**
 * What became of it: `too_late` if the transfer no longer waited, `own_transfer` if the approver
 * is its sender or receiver, `rejected` if another rule said no.
 */
export type Outcome = "approved" | "denied" | "too_late" | "own_transfer" | "rejected";

/** One person's decision about one transfer, however often it is sent. */
export type Attempt = {
  /** The idempotency key: random, so that nobody else can use it first. */
  key: string;
  transferId: string;
  /** E-mail. */
  approver: string;
  decision: Decision;
  reason: string | null;
  /** ISO 8601 in UTC. */
  at: string;
};

export type Conclusion = { outcome: Outcome; detail: string; at: string };

import type { DatabaseSync } from "node:sqlite";
import type { Attempt, Conclusion, Decision, Outcome } from "../decisions/decision.ts";
import { textOf, textOrNullOf, wordOf, type Row } from "./rows.ts";

/** What each approver has tried to decide, kept before it is sent: a repeat sends the same again. */
export type AttemptStore = {
  /**
   * Keeps the attempt, or gives the same one back as it was made first. One that Saldo has answered with no is over:
   * nothing came of it, and its reason may have passed.
   */
  begin: (attempt: Attempt) => Attempt;
  conclude: (attempt: Attempt, conclusion: Conclusion) => void;
  /** The latest attempt of one person, with its outcome if there is one. */
  latest: (transferId: string, approver: string) => KnownAttempt | undefined;
};

type KnownAttempt = { attempt: Attempt; conclusion: Conclusion | undefined };

export const attemptsIn = (database: DatabaseSync): AttemptStore => {
  const insert = database.prepare(`INSERT INTO attempts
    (transfer_id, approver, decision, reason, attempted_at, idempotency_key)
    VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET reason = excluded.reason, attempted_at = excluded.attempted_at,
      idempotency_key = excluded.idempotency_key, outcome = NULL, detail = NULL
    WHERE outcome IN ('too_late', 'own_transfer', 'rejected')`);
  const find = database.prepare(
    "SELECT * FROM attempts WHERE transfer_id = ? AND approver = ? AND decision = ?",
  );
  const latest = database.prepare(`SELECT * FROM attempts WHERE transfer_id = ? AND approver = ?
    ORDER BY attempted_at DESC LIMIT 1`);
  const conclude = database.prepare(
    "UPDATE attempts SET outcome = ?, detail = ?, attempted_at = ? WHERE idempotency_key = ?",
  );
  return {
    begin: (attempt) => {
      const { key, transferId, approver, decision, reason, at } = attempt;
      insert.run(transferId, approver, decision, reason, at, key);
      const row = find.get(transferId, approver, decision);
      return row === undefined ? attempt : attemptFrom(row);
    },
    conclude: ({ key }, { outcome, detail, at }) => {
      conclude.run(outcome, detail, at, key);
    },
    latest: (transferId, approver) => {
      const row = latest.get(transferId, approver);
      return row && { attempt: attemptFrom(row), conclusion: conclusionFrom(row) };
    },
  };
};

const decisions: readonly Decision[] = ["approval", "denial"];

const outcomes: readonly Outcome[] = ["approved", "denied", "too_late", "own_transfer", "rejected"];

const attemptFrom = (row: Row): Attempt => ({
  key: textOf(row, "idempotency_key"),
  transferId: textOf(row, "transfer_id"),
  approver: textOf(row, "approver"),
  decision: wordOf(row, "decision", decisions),
  reason: textOrNullOf(row, "reason"),
  at: textOf(row, "attempted_at"),
});

const conclusionFrom = (row: Row): Conclusion | undefined =>
  row["outcome"] === null
    ? undefined
    : {
        outcome: wordOf(row, "outcome", outcomes),
        detail: textOf(row, "detail"),
        at: textOf(row, "attempted_at"),
      };

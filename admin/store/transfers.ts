import type { DatabaseSync, StatementSync } from "node:sqlite";
import {
  inOrder,
  standingOf,
  type Fact,
  type Happening,
  type Report,
  type Standing,
  type Terms,
  type TransferStatus,
} from "../transfers/transfer.ts";
import { inTransaction } from "./database.ts";
import { numberOf, numberOrNullOf, textOf, textOrNullOf, wordOf, type Row } from "./rows.ts";

/** A transfer with its parties, as a list shows it; a name is null until it could be asked for. */
export type KnownTransfer = Terms &
  Standing & {
    fromName: string | null;
    toName: string | null;
    fromEmail: string | null;
    toEmail: string | null;
    /** Its latest visible change; the higher, the later, over all transfers. */
    change: number;
  };

/** The transfers that wait for approval or have ever waited. */
export type TransferStore = {
  /** Adds what is told, all or nothing; gives the ids of those that look different now. */
  record: (reports: readonly Report[]) => string[];
  /** Counts all transfers of an account as changed, because its owner's name is known now. */
  touchAccount: (accountId: string) => string[];
  find: (transferId: string) => KnownTransfer | undefined;
  /** The trace in which it was first heard of, if it was in one. */
  traceOf: (transferId: string) => string | undefined;
  /** In the order in which things happened. */
  history: (transferId: string) => Fact[];
  /** What has waited longest comes first; all unless told. */
  waiting: (limit?: number) => KnownTransfer[];
  /** The latest decision comes first. */
  decided: (limit: number) => KnownTransfer[];
  newerThan: (change: number) => KnownTransfer[];
  /** What may still change: waiting, or approved and not yet arrived. */
  unfinished: () => KnownTransfer[];
  countWaiting: () => number;
  lastChange: () => number;
  /** Accounts that take part in a transfer and whose owners are not known. */
  namelessAccounts: (limit: number) => string[];
};

export const transfersIn = (database: DatabaseSync): TransferStore => ({
  ...recordingIn(database),
  ...listsIn(database),
});

const recordingIn = (
  database: DatabaseSync,
): Pick<TransferStore, "record" | "touchAccount" | "history"> => {
  const insertTransfer = database.prepare(`INSERT INTO transfers
    (transfer_id, from_account, to_account, amount, currency, note, change)
    VALUES (?, ?, ?, ?, ?, ?, ${nextChange}) ON CONFLICT DO NOTHING`);
  // What was delivered has a position in the stream and replaces what was looked up.
  const upsertFact = database.prepare(`INSERT INTO facts
    (transfer_id, what, at, by, reason, expires_at, sequence) VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET at = excluded.at, by = excluded.by, reason = excluded.reason,
      expires_at = excluded.expires_at, sequence = excluded.sequence
    WHERE facts.sequence IS NULL AND excluded.sequence IS NOT NULL`);
  const insertTrace = database.prepare(
    "INSERT INTO traces (transfer_id, traceparent) VALUES (?, ?) ON CONFLICT DO NOTHING",
  );
  const factsOf = database.prepare("SELECT * FROM facts WHERE transfer_id = ?");
  const updateStanding = database.prepare(`UPDATE transfers SET
    status = ?1, requested_at = ?2, expires_at = ?3, decided_by = ?4, decided_at = ?5, reason = ?6,
    change = ${nextChange}
    WHERE transfer_id = ?7 AND (status, requested_at, expires_at, decided_by, decided_at, reason)
      IS NOT (?1, ?2, ?3, ?4, ?5, ?6)`);
  const touch = database.prepare(
    `UPDATE transfers SET change = ${nextChange} WHERE transfer_id = ?`,
  );
  const ofAccount = database.prepare(
    "SELECT transfer_id FROM transfers WHERE from_account = ?1 OR to_account = ?1",
  );

  const facts = (transferId: string): Fact[] => factsOf.all(transferId).map(factFrom);

  const recordOne = ({ terms, facts: told, traceparent }: Report): boolean => {
    const { transferId, from, to, amount, currency, note } = terms;
    insertTransfer.run(transferId, from, to, amount, currency, note);
    if (traceparent !== undefined) insertTrace.run(transferId, traceparent);
    for (const { what, at, by, reason, expiresAt, sequence } of told)
      upsertFact.run(transferId, what, at, by, reason, expiresAt, sequence);
    const now = standingOf(facts(transferId));
    if (now === undefined) return false;
    const { status, requestedAt, expiresAt, decidedBy, decidedAt, reason } = now;
    const standing = [status, requestedAt, expiresAt, decidedBy, decidedAt, reason];
    return updateStanding.run(...standing, transferId).changes > 0;
  };

  return {
    record: (reports) =>
      inTransaction(database, () => reports.filter(recordOne).map(({ terms }) => terms.transferId)),
    touchAccount: (accountId) =>
      inTransaction(database, () => {
        const ids = ofAccount.all(accountId).map((row) => textOf(row, "transfer_id"));
        for (const id of ids) touch.run(id);
        return ids;
      }),
    history: (transferId) => inOrder(facts(transferId)),
  };
};

const listsIn = (
  database: DatabaseSync,
): Omit<TransferStore, "record" | "touchAccount" | "history"> => {
  const select = (rest: string): StatementSync => database.prepare(`${selectTransfers} ${rest}`);
  const one = select("WHERE t.transfer_id = ? AND t.status IS NOT NULL");
  const trace = database.prepare("SELECT traceparent FROM traces WHERE transfer_id = ?");
  const waiting = select(
    "WHERE t.status = 'waiting' ORDER BY t.requested_at, t.transfer_id LIMIT ?",
  );
  const decided = select(
    "WHERE t.status <> 'waiting' ORDER BY t.decided_at DESC, t.transfer_id LIMIT ?",
  );
  const newer = select("WHERE t.change > ? AND t.status IS NOT NULL ORDER BY t.change");
  const unfinished = select("WHERE t.status IN ('waiting', 'approved') ORDER BY t.requested_at");
  const countWaiting = database.prepare(
    "SELECT count(*) AS count FROM transfers WHERE status = 'waiting'",
  );
  const lastChange = database.prepare("SELECT coalesce(max(change), 0) AS change FROM transfers");
  const nameless = database.prepare(`
    SELECT from_account AS account FROM transfers WHERE status IS NOT NULL
    UNION SELECT to_account FROM transfers WHERE status IS NOT NULL
    EXCEPT SELECT account_id FROM accounts LIMIT ?`);

  return {
    find: (transferId) => {
      const row = one.get(transferId);
      return row && transferFrom(row);
    },
    traceOf: (transferId) => {
      const row = trace.get(transferId);
      return row && textOf(row, "traceparent");
    },
    waiting: (limit = noLimit) => waiting.all(limit).map(transferFrom),
    decided: (limit) => decided.all(limit).map(transferFrom),
    newerThan: (change) => newer.all(change).map(transferFrom),
    unfinished: () => unfinished.all().map(transferFrom),
    countWaiting: () => numberOf(countWaiting.get() ?? {}, "count"),
    lastChange: () => numberOf(lastChange.get() ?? {}, "change"),
    namelessAccounts: (limit) => nameless.all(limit).map((row) => textOf(row, "account")),
  };
};

const noLimit = -1;

const nextChange = "(SELECT coalesce(max(change), 0) + 1 FROM transfers)";

const selectTransfers = `SELECT t.*, f.name AS from_name, f.email AS from_email,
    r.name AS to_name, r.email AS to_email
  FROM transfers t
  LEFT JOIN accounts f ON f.account_id = t.from_account
  LEFT JOIN accounts r ON r.account_id = t.to_account`;

const statuses: readonly TransferStatus[] = [
  "waiting",
  "approved",
  "denied",
  "cancelled",
  "expired",
  "settled",
  "refunded",
];

const happenings: readonly Happening[] = [
  "approval_requested",
  "approved",
  "denied",
  "cancelled",
  "expired",
  "settled",
  "refunded",
];

const transferFrom = (row: Row): KnownTransfer => ({
  transferId: textOf(row, "transfer_id"),
  from: textOf(row, "from_account"),
  fromName: textOrNullOf(row, "from_name"),
  fromEmail: textOrNullOf(row, "from_email"),
  to: textOf(row, "to_account"),
  toName: textOrNullOf(row, "to_name"),
  toEmail: textOrNullOf(row, "to_email"),
  amount: textOf(row, "amount"),
  currency: textOf(row, "currency"),
  note: textOrNullOf(row, "note"),
  status: wordOf(row, "status", statuses),
  requestedAt: textOrNullOf(row, "requested_at"),
  expiresAt: textOrNullOf(row, "expires_at"),
  decidedBy: textOrNullOf(row, "decided_by"),
  decidedAt: textOrNullOf(row, "decided_at"),
  reason: textOrNullOf(row, "reason"),
  change: numberOf(row, "change"),
});

const factFrom = (row: Row): Fact => ({
  what: wordOf(row, "what", happenings),
  at: textOf(row, "at"),
  by: textOrNullOf(row, "by"),
  reason: textOrNullOf(row, "reason"),
  expiresAt: textOrNullOf(row, "expires_at"),
  sequence: numberOrNullOf(row, "sequence"),
});

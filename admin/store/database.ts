import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { keepComputedKeys } from "./computed-keys.ts";

/**
 * Opens the app's own store, one SQLite file: creates its tables if they are not there, and brings those of an earlier
 * version up to date. Throws if the file belongs to a newer version of this app.
 */
export const openDatabase = (file: string): DatabaseSync => {
  mkdirSync(dirname(file), { recursive: true });
  const database = new DatabaseSync(file);
  // FULL: a delivery is acknowledged only once it would survive a power cut.
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000");
  try {
    inTransaction(database, () => {
      const stored = Number(database.prepare("PRAGMA user_version").get()?.["user_version"]);
      if (stored > schemaVersion)
        throw new Error(`${file} was written by a newer version of the admin app.`);
      if (stored === 1) keepComputedKeys(database, schema);
      else database.exec(schema);
    });
  } catch (error) {
    database.close();
    throw error;
  }
  return database;
};

/** All of the work, or nothing of it. */
export const inTransaction = <Result>(database: DatabaseSync, work: () => Result): Result => {
  database.exec("BEGIN IMMEDIATE");
  try {
    const result = work();
    database.exec("COMMIT");
    return result;
  } catch (error) {
    database.exec("ROLLBACK");
    throw error;
  }
};

const schemaVersion = 2;

const schema = `
  CREATE TABLE IF NOT EXISTS transfers (
    transfer_id TEXT PRIMARY KEY,
    from_account TEXT NOT NULL, to_account TEXT NOT NULL,
    amount TEXT NOT NULL, currency TEXT NOT NULL, note TEXT,
    -- folded from the facts; no status: it has never waited for approval
    status TEXT, requested_at TEXT, expires_at TEXT,
    decided_by TEXT, decided_at TEXT, reason TEXT,
    -- grows with every visible change of any transfer: a live view asks for what is newer
    change INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS transfers_by_status ON transfers (status, requested_at);
  CREATE INDEX IF NOT EXISTS transfers_by_decision ON transfers (decided_at);
  CREATE INDEX IF NOT EXISTS transfers_by_sender ON transfers (from_account);
  CREATE INDEX IF NOT EXISTS transfers_by_receiver ON transfers (to_account);
  CREATE UNIQUE INDEX IF NOT EXISTS transfers_by_change ON transfers (change);

  CREATE TABLE IF NOT EXISTS facts (
    transfer_id TEXT NOT NULL, what TEXT NOT NULL,
    at TEXT NOT NULL, by TEXT, reason TEXT, expires_at TEXT, sequence INTEGER,
    PRIMARY KEY (transfer_id, what)
  ) STRICT, WITHOUT ROWID;

  -- the trace in which a transfer was first heard of: what is decided about it continues that
  CREATE TABLE IF NOT EXISTS traces (
    transfer_id TEXT PRIMARY KEY, traceparent TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE IF NOT EXISTS accounts (
    account_id TEXT PRIMARY KEY, name TEXT NOT NULL, email TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE IF NOT EXISTS sessions (
    token_hash TEXT PRIMARY KEY, email TEXT NOT NULL, expires_at_ms INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE IF NOT EXISTS attempts (
    transfer_id TEXT NOT NULL, approver TEXT NOT NULL, decision TEXT NOT NULL,
    reason TEXT, attempted_at TEXT NOT NULL, outcome TEXT, detail TEXT,
    idempotency_key TEXT NOT NULL UNIQUE,
    PRIMARY KEY (transfer_id, approver, decision)
  ) STRICT, WITHOUT ROWID;

  PRAGMA user_version = ${schemaVersion};
`;

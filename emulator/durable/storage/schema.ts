import type { DatabaseSync } from "node:sqlite";

/** Of the tables below; kept in the file as `user_version`. */
const schemaVersion = 2;

const schema = `
  CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
  CREATE TABLE instances (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    execution_id TEXT NOT NULL,
    status TEXT NOT NULL,
    input TEXT,
    output TEXT,
    custom_status TEXT,
    created_ms INTEGER NOT NULL,
    updated_ms INTEGER NOT NULL,
    parent TEXT,
    traceparent TEXT
  ) STRICT;
  CREATE INDEX instances_unstarted ON instances (number)
    WHERE status IN ('Pending', 'ContinuedAsNew');
  CREATE TABLE history (
    instance INTEGER NOT NULL,
    position INTEGER NOT NULL,
    event TEXT NOT NULL,
    PRIMARY KEY (instance, position)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE inbox (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    instance INTEGER NOT NULL,
    message TEXT NOT NULL
  ) STRICT;
  CREATE INDEX inbox_instance ON inbox (instance, number);
  CREATE TABLE activities (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    instance INTEGER NOT NULL,
    instance_id TEXT NOT NULL,
    execution_id TEXT NOT NULL,
    task_id INTEGER NOT NULL,
    name TEXT NOT NULL,
    input TEXT,
    traceparent TEXT
  ) STRICT;
`;

/** Timers that have not fired. */
const timers = `
  CREATE TABLE timers (
    instance INTEGER NOT NULL,
    task_id INTEGER NOT NULL,
    due_ms INTEGER NOT NULL,
    PRIMARY KEY (instance, task_id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX timers_due ON timers (due_ms);
`;

/**
 * From the tables of the first release, which had no number. It kept beside the history what the
 * orchestrators had asked for; that is replayed now. Timers stay due when they were.
 */
const fromUnnumbered = `
  ${timers}
  INSERT INTO timers SELECT instance, task_id, due_ms FROM open_tasks WHERE due_ms IS NOT NULL;
  DROP TABLE open_tasks;
  DROP TABLE scheduled;
  ALTER TABLE instances DROP COLUMN next_task_id;
`;

/**
 * Creates the tables in an empty file, or brings those of an earlier release up to date. Must run
 * inside a transaction.
 * @throws Error for tables of another program or a newer release
 */
export function prepareSchema(database: DatabaseSync): void {
  const version = Number(database.prepare("PRAGMA user_version").get()?.["user_version"]);
  if (version === schemaVersion) return;
  if (version > schemaVersion) {
    throw new Error(`it was written by a newer release (its schema is ${version})`);
  }
  const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all();
  const names = new Set(tables.map(({ name }) => name));
  if (names.size === 0) database.exec(`${schema} ${timers}`);
  else if (names.has("open_tasks") && names.has("scheduled")) database.exec(fromUnnumbered);
  else throw new Error("its tables are not those of a task hub");
  database.exec(`PRAGMA user_version = ${schemaVersion}`);
}

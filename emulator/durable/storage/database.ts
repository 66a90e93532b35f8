import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

const schema = `
  CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS instances (
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
    traceparent TEXT,
    next_task_id INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE INDEX IF NOT EXISTS instances_unstarted ON instances (number)
    WHERE status IN ('Pending', 'ContinuedAsNew');
  CREATE TABLE IF NOT EXISTS history (
    instance INTEGER NOT NULL,
    position INTEGER NOT NULL,
    event TEXT NOT NULL,
    PRIMARY KEY (instance, position)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS scheduled (
    instance INTEGER NOT NULL,
    task_id INTEGER NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (instance, task_id)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS open_tasks (
    instance INTEGER NOT NULL,
    task_id INTEGER NOT NULL,
    task TEXT NOT NULL,
    due_ms INTEGER,
    PRIMARY KEY (instance, task_id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS open_tasks_due ON open_tasks (due_ms) WHERE due_ms IS NOT NULL;
  CREATE TABLE IF NOT EXISTS inbox (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    instance INTEGER NOT NULL,
    message TEXT NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS inbox_instance ON inbox (instance, number);
  CREATE TABLE IF NOT EXISTS activities (
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

/** Answer of SQLite to the second process that opens an exclusively locked file. */
const busy = 5;

/**
 * Opens the file of a task hub and locks it for this process; the lock ends with the process,
 * however it ends.
 * @param directory in memory when undefined
 * @throws Error when another host has the file
 */
export function openDatabase(directory: string | undefined, hubName: string): DatabaseSync {
  if (directory === undefined) return prepare(new DatabaseSync(":memory:"));
  mkdirSync(join(directory, "durable"), { recursive: true });
  const file = join(directory, "durable", `${hubName}.sqlite`);
  const database = new DatabaseSync(file);
  try {
    return prepare(database);
  } catch (error) {
    database.close();
    if (!isBusy(error)) throw error;
    throw new Error(`The task hub file ${file} is in use by another host: a hub has one host.`, {
      cause: error,
    });
  }
}

/** WAL with a sync at each commit: what was acknowledged survives a crash of the machine. */
function prepare(database: DatabaseSync): DatabaseSync {
  database.exec("PRAGMA locking_mode = EXCLUSIVE");
  database.exec("PRAGMA journal_mode = WAL");
  database.exec("PRAGMA synchronous = FULL");
  // Takes the lock, which is otherwise taken by the first write only.
  database.exec(`BEGIN EXCLUSIVE; ${schema}; COMMIT`);
  return database;
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && "errcode" in error && error.errcode === busy;
}

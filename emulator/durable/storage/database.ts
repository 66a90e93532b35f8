import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { prepareSchema } from "./schema.ts";

/** Answer of SQLite to the second process that opens an exclusively locked file. */
const busy = 5;

/**
 * Answers of SQLite that say nothing about what was to be written: locked, no memory, read-only,
 * interrupted, the disk, a broken or full file (source: sqlite.org, "Result and Error Codes").
 */
const environmental = new Set([busy, 6, 7, 8, 9, 10, 11, 13, 14, 26]);

/**
 * Opens the file of a task hub and locks it for this process; the lock ends with the process,
 * however it ends. A file of an earlier release is brought up to date.
 * @param directory in memory when undefined
 * @throws Error when another host has the file, or it cannot be used, with what to do then
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
    throw new Error(refusal(file, error), { cause: error });
  }
}

function refusal(file: string, error: unknown): string {
  if (isBusy(error))
    return `The task hub file ${file} is in use by another host: a hub has one host.`;
  const reason = error instanceof Error ? error.message : String(error);
  return (
    `The task hub file ${file} cannot be used: ${reason}. Move the file away to begin with an ` +
    "empty task hub, or start the release that wrote it."
  );
}

/** WAL with a sync at each commit: what was acknowledged survives a crash of the machine. */
function prepare(database: DatabaseSync): DatabaseSync {
  database.exec("PRAGMA locking_mode = EXCLUSIVE");
  database.exec("PRAGMA journal_mode = WAL");
  database.exec("PRAGMA synchronous = FULL");
  // Takes the lock, which is otherwise taken by the first write only.
  database.exec("BEGIN EXCLUSIVE");
  prepareSchema(database);
  database.exec("COMMIT");
  return database;
}

/** Whether the same may succeed later, since what failed was the file or the machine. */
export function isOfEnvironment(error: unknown): boolean {
  return environmental.has(primaryCode(error) ?? 0);
}

function isBusy(error: unknown): boolean {
  return primaryCode(error) === busy;
}

/** An extended code has the primary one in its lowest byte. */
function primaryCode(error: unknown): number | undefined {
  const code = error instanceof Error && "errcode" in error ? error.errcode : undefined;
  return typeof code === "number" ? code & 0xff : undefined;
}

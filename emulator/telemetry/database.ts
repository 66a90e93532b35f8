import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** Attributes up to this length can be searched for; longer ones are only shown. */
export const searchableLength = 200;

const schema = `
  CREATE TABLE IF NOT EXISTS spans (
    id INTEGER PRIMARY KEY AUTOINCREMENT, received_ms INTEGER NOT NULL,
    at_ms REAL NOT NULL, duration_ms REAL NOT NULL,
    trace_id TEXT NOT NULL, span_id TEXT NOT NULL, parent_id TEXT NOT NULL,
    name TEXT NOT NULL, kind TEXT NOT NULL, service TEXT NOT NULL, instance TEXT NOT NULL,
    is_failed INTEGER NOT NULL, code TEXT NOT NULL, type TEXT NOT NULL, target TEXT NOT NULL,
    detail TEXT NOT NULL, attributes TEXT NOT NULL, links TEXT NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS spans_by_time ON spans (at_ms);
  CREATE INDEX IF NOT EXISTS spans_by_trace ON spans (trace_id, at_ms);

  CREATE TABLE IF NOT EXISTS span_attributes (
    span INTEGER NOT NULL REFERENCES spans (id) ON DELETE CASCADE,
    name TEXT NOT NULL, value TEXT NOT NULL,
    PRIMARY KEY (span, name)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS span_attributes_by_value ON span_attributes (value, name);

  CREATE TABLE IF NOT EXISTS logs (
    id INTEGER PRIMARY KEY AUTOINCREMENT, received_ms INTEGER NOT NULL, at_ms REAL NOT NULL,
    kind TEXT NOT NULL, trace_id TEXT NOT NULL, span_id TEXT NOT NULL, service TEXT NOT NULL,
    severity INTEGER NOT NULL, message TEXT NOT NULL, type TEXT NOT NULL, stack TEXT NOT NULL,
    attributes TEXT NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS logs_by_time ON logs (at_ms);
  CREATE INDEX IF NOT EXISTS logs_by_trace ON logs (trace_id) WHERE trace_id <> '';

  CREATE TABLE IF NOT EXISTS metric_points (
    id INTEGER PRIMARY KEY AUTOINCREMENT, received_ms INTEGER NOT NULL, at_ms REAL NOT NULL,
    name TEXT NOT NULL, service TEXT NOT NULL,
    -- JSON with sorted keys: equal dimensions are equal texts
    dimensions TEXT NOT NULL,
    value REAL NOT NULL, count REAL, min REAL, max REAL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS metric_points_by_name ON metric_points (name, at_ms);
`;

/** Telemetry is not worth waiting for a disk: what was received in the last moments before a power cut may be lost. */
export function openDatabase(file: string): DatabaseSync {
  mkdirSync(dirname(file), { recursive: true });
  const database = new DatabaseSync(file);
  database.exec(
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON;" + schema,
  );
  return database;
}

import type { DatabaseSync } from "node:sqlite";
import { searchableLength } from "./database.ts";
import type { Item, LogItem, MetricPoint, Span } from "./items.ts";

export type Retention = {
  /** How many spans, logs and metric points to keep, of each. */
  readonly keepItems: number;
  /** How long to keep them, in hours since they were received. */
  readonly keepHours: number;
};

export type Store = {
  /** All of them in one transaction. */
  add(items: readonly Item[], receivedMs: number): void;
};

/** Writes what was received, and forgets what is too old or too much. */
export function createStore(database: DatabaseSync, { keepItems, keepHours }: Retention): Store {
  const write = writerTo(database);
  const tables = ["spans", "logs", "metric_points"].map((table) => ({
    tooMany: database.prepare(
      `DELETE FROM ${table} WHERE id <= (SELECT max(id) FROM ${table}) - ?`,
    ),
    tooOld: database.prepare(
      `DELETE FROM ${table} WHERE id <= (SELECT max(id) FROM ${table} WHERE received_ms < ?)`,
    ),
  }));
  /** Not for every request: forgetting costs as much as keeping. */
  const itemsBetween = Math.max(1, Math.floor(keepItems / 20));
  const msBetween = 60_000;
  let added = itemsBetween;
  let forgotAtMs = 0;

  const forget = (nowMs: number): void => {
    for (const { tooMany, tooOld } of tables) {
      tooMany.run(keepItems);
      tooOld.run(nowMs - keepHours * 3_600_000);
    }
    added = 0;
    forgotAtMs = nowMs;
  };

  return {
    add: (items, receivedMs) => {
      database.exec("BEGIN IMMEDIATE");
      try {
        for (const item of items) write(item, receivedMs);
        added += items.length;
        if (added >= itemsBetween || receivedMs - forgotAtMs >= msBetween) forget(receivedMs);
        database.exec("COMMIT");
      } catch (error) {
        database.exec("ROLLBACK");
        throw error;
      }
    },
  };
}

function writerTo(database: DatabaseSync): (item: Item, receivedMs: number) => void {
  const insertSpan = database.prepare(
    `INSERT INTO spans (received_ms, at_ms, duration_ms, trace_id, span_id, parent_id, name, kind,
       service, instance, is_failed, code, type, target, detail, attributes, links)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const insertAttribute = database.prepare(
    "INSERT OR IGNORE INTO span_attributes (span, name, value) VALUES (?, ?, ?)",
  );
  const insertLog = database.prepare(
    `INSERT INTO logs (received_ms, at_ms, kind, trace_id, span_id, service, severity, message,
       type, stack, attributes)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const insertPoint = database.prepare(
    `INSERT INTO metric_points (received_ms, at_ms, name, service, dimensions, value, count, min,
       max)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );

  const writeSpan = (span: Span, receivedMs: number): void => {
    const { atMs, durationMs, traceId, spanId, parentId, name, kind, service, instance } = span;
    const { isFailed, code, type, target, detail, attributes, links } = span;
    const { lastInsertRowid } = insertSpan.run(
      ...[receivedMs, atMs, durationMs, traceId, spanId, parentId, name, kind, service, instance],
      ...[Number(isFailed), code, type, target, detail],
      ...[JSON.stringify(attributes), JSON.stringify(links)],
    );
    for (const [attribute, value] of Object.entries(attributes))
      if (value.length <= searchableLength) insertAttribute.run(lastInsertRowid, attribute, value);
  };

  const writeLog = (log: LogItem, receivedMs: number): void => {
    const { atMs, kind, traceId, spanId, service, severity, message, type, stack } = log;
    insertLog.run(
      ...[receivedMs, atMs, kind, traceId, spanId, service, severity, message, type, stack],
      JSON.stringify(log.attributes),
    );
  };

  const writePoint = (point: MetricPoint, receivedMs: number): void => {
    const { atMs, name, service, dimensions, value, count, min, max } = point;
    insertPoint.run(
      ...[receivedMs, atMs, name, service, sortedJson(dimensions), value],
      ...[count ?? null, min ?? null, max ?? null],
    );
  };

  return (item, receivedMs) => {
    switch (item.kind) {
      case "span":
        writeSpan(item.span, receivedMs);
        break;
      case "log":
        writeLog(item.log, receivedMs);
        break;
      case "metrics":
        for (const point of item.points) writePoint(point, receivedMs);
    }
  };
}

function sortedJson(dimensions: Readonly<Record<string, string>>): string {
  const entries = Object.entries(dimensions).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify(Object.fromEntries(entries));
}

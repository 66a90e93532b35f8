/** What can be asked of the sink. Everything is answered newest first, but for the items of one trace. */
import type { DatabaseSync, SQLOutputValue } from "node:sqlite";
import type { LogItem, MetricPoint, Span } from "./items.ts";

export type TraceFilter = {
  /** A part of the name of one of its spans, in any case. */
  readonly name?: string | undefined;
  /** Whether one of its spans has failed. */
  readonly isFailed?: boolean | undefined;
  readonly minDurationMs?: number | undefined;
  readonly service?: string | undefined;
  /** `name=value`, or a value alone: what one of its spans has. */
  readonly attribute?: string | undefined;
  /** Of spans that began in this time, ms since the epoch. */
  readonly sinceMs?: number | undefined;
  readonly untilMs?: number | undefined;
  readonly limit: number;
};

/** All filters but `isFailed` hold for one and the same span of the trace. */
type TraceSummary = {
  readonly traceId: string;
  /** Of its root; of the span that began first if the root is not (yet, or no longer) here. */
  readonly name: string;
  readonly service: string;
  readonly services: readonly string[];
  readonly startedMs: number;
  /** From the first beginning to the last end. */
  readonly durationMs: number;
  readonly spans: number;
  readonly failedSpans: number;
};

type MetricSeries = {
  readonly service: string;
  readonly dimensions: Readonly<Record<string, string>>;
  /** Oldest first. */
  readonly points: readonly Pick<MetricPoint, "atMs" | "value" | "count" | "min" | "max">[];
};

type SeriesFilter = {
  readonly name: string;
  readonly sinceMs: number;
  /** All of them hold. */
  readonly dimensions: Readonly<Record<string, string>>;
};

export type LogFilter = {
  readonly traceId?: string | undefined;
  readonly kind?: string | undefined;
  readonly minSeverity?: number | undefined;
  readonly service?: string | undefined;
  /** A part of the message or the exception's type, in any case. */
  readonly text?: string | undefined;
  readonly limit: number;
};

export type Queries = {
  traces(filter: TraceFilter): readonly TraceSummary[];
  spans(traceId: string): readonly Span[];
  metrics(): readonly { readonly name: string; readonly lastMs: number }[];
  series(filter: SeriesFilter): readonly MetricSeries[];
  logs(filter: LogFilter): readonly LogItem[];
  counts(): { readonly spans: number; readonly logs: number; readonly metricPoints: number };
};

type Row = Record<string, SQLOutputValue>;
type Bound = string | number;

export function createQueries(database: DatabaseSync): Queries {
  const all = (sql: string, bound: readonly Bound[]): Row[] => database.prepare(sql).all(...bound);

  return {
    traces: (filter) => {
      const { where, bound } = spanConditions(filter);
      const rows = all(
        `WITH found AS (
           SELECT trace_id, max(at_ms) AS latest FROM spans WHERE ${where}
           GROUP BY trace_id ORDER BY latest DESC LIMIT ?
         )
         SELECT s.trace_id, min(s.at_ms) AS started, max(s.at_ms + s.duration_ms) AS ended,
           count(*) AS spans, sum(s.is_failed) AS failed,
           json_group_array(DISTINCT s.service) AS services,
           (SELECT json_array(r.name, r.service) FROM spans r WHERE r.trace_id = s.trace_id
            ORDER BY r.parent_id <> '', r.at_ms, r.id LIMIT 1) AS root
         FROM found f JOIN spans s ON s.trace_id = f.trace_id
         GROUP BY s.trace_id ORDER BY f.latest DESC`,
        [...bound, filter.limit],
      );
      return rows.map(toSummary);
    },
    spans: (traceId) =>
      all("SELECT * FROM spans WHERE trace_id = ? ORDER BY at_ms, id", [traceId]).map(toSpan),
    metrics: () =>
      all("SELECT name, max(at_ms) AS last FROM metric_points GROUP BY name ORDER BY name", []).map(
        (row) => ({ name: text(row, "name"), lastMs: number(row, "last") }),
      ),
    series: ({ name, sinceMs, dimensions }) => {
      const conditions = Object.entries(dimensions);
      const where = conditions.map(
        () => " AND EXISTS (SELECT 1 FROM json_each(dimensions) d WHERE d.key = ? AND d.value = ?)",
      );
      const rows = all(
        `SELECT * FROM metric_points WHERE name = ? AND at_ms >= ?${where.join("")}
         ORDER BY at_ms, id`,
        [name, sinceMs, ...conditions.flat()],
      );
      return toSeries(rows);
    },
    logs: (filter) => {
      const { where, bound } = logConditions(filter);
      const sql = `SELECT * FROM logs WHERE ${where} ORDER BY at_ms DESC, id DESC LIMIT ?`;
      return all(sql, [...bound, filter.limit]).map(toLog);
    },
    counts: () => {
      const count = (table: string): number =>
        number(all(`SELECT count(*) AS n FROM ${table}`, [])[0] ?? {}, "n");
      return {
        spans: count("spans"),
        logs: count("logs"),
        metricPoints: count("metric_points"),
      };
    },
  };
}

type Conditions = { readonly where: string; readonly bound: readonly Bound[] };

function conditionsOf(parts: readonly (readonly [sql: string, ...bound: Bound[]])[]): Conditions {
  return {
    where: ["TRUE", ...parts.map(([sql]) => sql)].join(" AND "),
    bound: parts.flatMap(([, ...bound]) => bound),
  };
}

function spanConditions(filter: TraceFilter): Conditions {
  const { name, isFailed, minDurationMs, service, attribute, sinceMs, untilMs } = filter;
  const [, attributeName, value] = /^([\w.]+)=(.+)$/.exec(attribute ?? "") ?? [];
  return conditionsOf([
    ...(name === undefined ? [] : ([["instr(lower(name), lower(?)) > 0", name]] as const)),
    ...(isFailed === undefined
      ? []
      : ([
          [`trace_id ${isFailed ? "" : "NOT "}IN (SELECT trace_id FROM spans WHERE is_failed)`],
        ] as const)),
    ...(minDurationMs === undefined ? [] : ([["duration_ms >= ?", minDurationMs]] as const)),
    ...(service === undefined ? [] : ([["service = ?", service]] as const)),
    ...(sinceMs === undefined ? [] : ([["at_ms >= ?", sinceMs]] as const)),
    ...(untilMs === undefined ? [] : ([["at_ms < ?", untilMs]] as const)),
    ...(attribute === undefined || attributeName !== undefined
      ? []
      : ([["id IN (SELECT span FROM span_attributes WHERE value = ?)", attribute]] as const)),
    ...(attributeName === undefined || value === undefined
      ? []
      : ([[`id IN (${byNameAndValue})`, value, attributeName]] as const)),
  ]);
}

const byNameAndValue = "SELECT span FROM span_attributes WHERE value = ? AND name = ?";

function logConditions({ traceId, kind, minSeverity, service, text: part }: LogFilter): Conditions {
  return conditionsOf([
    ...(traceId === undefined ? [] : ([["trace_id = ?", traceId]] as const)),
    ...(kind === undefined ? [] : ([["kind = ?", kind]] as const)),
    ...(minSeverity === undefined ? [] : ([["severity >= ?", minSeverity]] as const)),
    ...(service === undefined ? [] : ([["service = ?", service]] as const)),
    ...(part === undefined
      ? []
      : ([["instr(lower(message || ' ' || type), lower(?)) > 0", part]] as const)),
  ]);
}

function toSummary(row: Row): TraceSummary {
  const [name = "", service = ""] = JSON.parse(text(row, "root")) as string[];
  const startedMs = number(row, "started");
  return {
    traceId: text(row, "trace_id"),
    name,
    service,
    services: JSON.parse(text(row, "services")) as string[],
    startedMs,
    durationMs: number(row, "ended") - startedMs,
    spans: number(row, "spans"),
    failedSpans: number(row, "failed"),
  };
}

function toSpan(row: Row): Span {
  return {
    atMs: number(row, "at_ms"),
    durationMs: number(row, "duration_ms"),
    traceId: text(row, "trace_id"),
    spanId: text(row, "span_id"),
    parentId: text(row, "parent_id"),
    name: text(row, "name"),
    kind: text(row, "kind") as Span["kind"],
    service: text(row, "service"),
    instance: text(row, "instance"),
    isFailed: number(row, "is_failed") === 1,
    code: text(row, "code"),
    type: text(row, "type"),
    target: text(row, "target"),
    detail: text(row, "detail"),
    attributes: JSON.parse(text(row, "attributes")) as Span["attributes"],
    links: JSON.parse(text(row, "links")) as Span["links"],
  };
}

function toLog(row: Row): LogItem {
  return {
    atMs: number(row, "at_ms"),
    kind: text(row, "kind") as LogItem["kind"],
    traceId: text(row, "trace_id"),
    spanId: text(row, "span_id"),
    service: text(row, "service"),
    severity: number(row, "severity") as LogItem["severity"],
    message: text(row, "message"),
    type: text(row, "type"),
    stack: text(row, "stack"),
    attributes: JSON.parse(text(row, "attributes")) as LogItem["attributes"],
  };
}

function toSeries(rows: readonly Row[]): readonly MetricSeries[] {
  const series = Map.groupBy(rows, (row) => `${text(row, "service")} ${text(row, "dimensions")}`);
  return [...series.values()].map((points) => ({
    service: text(points[0] ?? {}, "service"),
    dimensions: JSON.parse(text(points[0] ?? {}, "dimensions")) as MetricSeries["dimensions"],
    points: points.map((row) => ({
      atMs: number(row, "at_ms"),
      value: number(row, "value"),
      ...(row["count"] === null ? {} : { count: number(row, "count") }),
      ...(row["min"] === null ? {} : { min: number(row, "min") }),
      ...(row["max"] === null ? {} : { max: number(row, "max") }),
    })),
  }));
}

function text(row: Row, column: string): string {
  const value = row[column];
  if (typeof value !== "string") throw new TypeError(`${column} is not text.`);
  return value;
}

function number(row: Row, column: string): number {
  const value = row[column];
  if (typeof value !== "number") throw new TypeError(`${column} is not a number.`);
  return value;
}

import type { LogFilter, Queries, TraceFilter } from "./queries.ts";

export type Answer = { readonly status: number; readonly body: object };

/**
 * The questions, by path below the root:
 *
 *   GET /                 how much is kept
 *   GET /traces           ?name= &failed=true &minDurationMs= &service= &attribute= &since= &until= &limit=
 *   GET /traces/{id}      its spans, oldest first, and what was logged in it
 *   GET /metrics          the names
 *   GET /metrics/{name}   ?since= and one parameter for each dimension that must hold, e.g. &feed=commands
 *   GET /logs             ?traceId= &kind= &minSeverity= &service= &text= &limit=
 *
 * `since` and `until`: ISO 8601 or ms since the epoch; `since` of metrics is an hour ago unless told.
 */
export function answerQuery(queries: Queries, url: URL, nowMs: number): Answer {
  const [first = "", second, ...rest] = url.pathname.split("/").slice(1).map(decodeURIComponent);
  const asked = url.searchParams;
  if (rest.length > 0) return nothingHere(url);
  switch (first) {
    case "":
      return ok({ ...queries.counts() });
    case "traces":
      if (second === undefined) return ok({ traces: queries.traces(traceFilter(asked)) });
      return oneTrace(queries, second);
    case "metrics": {
      if (second === undefined) return ok({ metrics: queries.metrics() });
      const { since, ...dimensions } = Object.fromEntries(asked);
      const sinceMs = instant(since, "since") ?? nowMs - 3_600_000;
      return ok({ name: second, series: queries.series({ name: second, sinceMs, dimensions }) });
    }
    case "logs":
      if (second === undefined) return ok({ logs: queries.logs(logFilter(asked)) });
      return nothingHere(url);
    default:
      return nothingHere(url);
  }
}

function oneTrace(queries: Queries, traceId: string): Answer {
  const spans = queries.spans(traceId);
  const logs = queries.logs({ traceId, limit: mostItems }).toReversed();
  if (spans.length > 0 || logs.length > 0) return ok({ traceId, spans, logs });
  return { status: 404, body: { message: `Nothing is kept of the trace ${traceId}.` } };
}

function ok(body: object): Answer {
  return { status: 200, body };
}

function nothingHere({ pathname }: URL): Answer {
  return { status: 404, body: { message: `There is no ${pathname} here.` } };
}

function traceFilter(asked: URLSearchParams): TraceFilter {
  const failed = given(asked, "failed");
  return {
    name: given(asked, "name"),
    isFailed: failed === undefined ? undefined : failed === "true",
    minDurationMs: numberIn(asked, "minDurationMs"),
    service: given(asked, "service"),
    attribute: given(asked, "attribute"),
    sinceMs: instant(given(asked, "since"), "since"),
    untilMs: instant(given(asked, "until"), "until"),
    limit: limitIn(asked),
  };
}

function logFilter(asked: URLSearchParams): LogFilter {
  return {
    traceId: given(asked, "traceId"),
    kind: given(asked, "kind"),
    minSeverity: numberIn(asked, "minSeverity"),
    service: given(asked, "service"),
    text: given(asked, "text"),
    limit: limitIn(asked),
  };
}

function given(asked: URLSearchParams, name: string): string | undefined {
  const value = asked.get(name) ?? "";
  return value === "" ? undefined : value;
}

/** @throws TypeError that says what is wrong */
function numberIn(asked: URLSearchParams, name: string): number | undefined {
  const value = given(asked, name);
  if (value === undefined) return undefined;
  if (Number.isFinite(Number(value))) return Number(value);
  throw new TypeError(`${name} is a number.`);
}

/** @throws TypeError that says what is wrong */
function instant(value: string | undefined, name: string): number | undefined {
  if (value === undefined || value === "") return undefined;
  const ms = /^\d+$/.test(value) ? Number(value) : Date.parse(value);
  if (!Number.isNaN(ms)) return ms;
  throw new TypeError(`${name} is an instant: ISO 8601, or ms since the epoch.`);
}

const mostItems = 1_000;

function limitIn(asked: URLSearchParams): number {
  const limit = numberIn(asked, "limit") ?? 50;
  return Math.min(mostItems, Math.max(1, Math.floor(limit)));
}

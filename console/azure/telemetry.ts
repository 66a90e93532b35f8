import { jsonApi, SourceFailed, type JsonApi } from "./source.ts";

/** The telemetry sink's questions (docs/emulator-telemetry.md). */
export type Telemetry = {
  traces(filter: TraceFilter): Promise<readonly TraceSummary[]>;
  trace(traceId: string): Promise<Trace | undefined>;
  /** The newest point of each series that is not older than so much. */
  latest(metric: string, withinMs: number): Promise<readonly LatestPoint[]>;
};

/** As the form of the page has it; empty: whatever. */
export type TraceFilter = Readonly<
  Record<"name" | "service" | "attribute" | "minDurationMs" | "failed", string>
>;

export type TraceSummary = {
  readonly traceId: string;
  readonly name: string;
  readonly service: string;
  readonly services: readonly string[];
  readonly startedMs: number;
  readonly durationMs: number;
  readonly spans: number;
  readonly failedSpans: number;
};

export type Trace = {
  readonly traceId: string;
  readonly spans: readonly Span[];
  readonly logs: readonly LogItem[];
};

export type Span = {
  readonly spanId: string;
  readonly parentId: string;
  readonly name: string;
  readonly kind: string;
  readonly type: string;
  readonly service: string;
  readonly atMs: number;
  readonly durationMs: number;
  readonly isFailed: boolean;
  readonly code: string;
  readonly attributes: Readonly<Record<string, string>>;
};

export type LogItem = {
  readonly atMs: number;
  readonly kind: string;
  readonly severity: number;
  readonly spanId: string;
  readonly service: string;
  readonly message: string;
  readonly type: string;
  readonly stack: string;
};

export type LatestPoint = {
  readonly dimensions: Readonly<Record<string, string>>;
  readonly value: number;
  readonly count?: number;
};

const nothingSent = (): Promise<never> =>
  Promise.reject(new SourceFailed("There is no telemetry sink: nothing is traced or measured."));

const noSink: Pick<JsonApi, "get" | "find"> = { get: nothingSent, find: nothingSent };

type Series = { readonly dimensions: LatestPoint["dimensions"]; readonly points: LatestPoint[] };

export const telemetryAt = (telemetryUrl: string | undefined): Telemetry => {
  const api = telemetryUrl === undefined ? noSink : jsonApi("The telemetry sink", telemetryUrl);
  return {
    traces: async (filter) => {
      const given = Object.entries(filter).filter(([, value]) => value !== "");
      const query = new URLSearchParams([...given, ["limit", "100"]]).toString();
      const { traces } = (await api.get(`/traces?${query}`)) as { traces: TraceSummary[] };
      return traces;
    },
    trace: async (traceId) =>
      (await api.find(`/traces/${encodeURIComponent(traceId)}`)) as Trace | undefined,
    latest: async (metric, withinMs) => {
      const path = `/metrics/${encodeURIComponent(metric)}?since=${Date.now() - withinMs}`;
      const { series } = (await api.get(path)) as { series: Series[] };
      return series.flatMap(({ dimensions, points }) => {
        const last = points.at(-1);
        return last === undefined ? [] : [{ ...last, dimensions }];
      });
    },
  };
};

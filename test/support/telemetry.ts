/** What the telemetry sink has got from the system under test. */
import { randomBytes } from "node:crypto";
import { type Client, nobody } from "./client.ts";
import { eventually } from "./eventually.ts";

export type SentSpan = {
  readonly spanId: string;
  readonly parentId: string;
  readonly traceId: string;
  readonly name: string;
  readonly kind: "request" | "dependency";
  readonly code: string;
  readonly isFailed: boolean;
  readonly atMs: number;
  readonly durationMs: number;
  readonly attributes: Readonly<Record<string, string>>;
};

type SentException = { readonly spanId: string; readonly type: string; readonly message: string };

type Point = { readonly atMs: number; readonly value: number; readonly count: number };

export type SentSeries = {
  readonly dimensions: Readonly<Record<string, string>>;
  readonly points: readonly Point[];
};

export type Telemetry = {
  /** The spans of a trace that have arrived so far, by when they began. */
  spans(traceId: string): Promise<readonly SentSpan[]>;
  /** The spans once all of these names are among them, as often as they are given. */
  spansWith(traceId: string, names: readonly string[]): Promise<readonly SentSpan[]>;
  /** What was thrown in spans of a trace; each comes with its span. */
  exceptions(traceId: string): Promise<readonly SentException[]>;
  /** The id of the trace that has a span with this attribute, `name=value`, once there is one. */
  traceWith(attribute: string): Promise<string>;
  series(metric: string): Promise<readonly SentSeries[]>;
  /**
   * Resolves once a request made from now on has been traced, and the trace has come: telemetry has started (it does so after
   * the app), and all spans that have ended until now are here, as they are sent in order.
   */
  caughtUp(client: Client): Promise<void>;
};

export function telemetryAt(url: string | undefined): Telemetry {
  if (url === undefined) throw new Error("The system runs without telemetry.");
  const ask = async (path: string): Promise<unknown> => {
    const response = await fetch(url + path);
    return response.status === 404 ? undefined : response.json();
  };
  const spans = async (traceId: string): Promise<readonly SentSpan[]> =>
    ((await ask(`/traces/${traceId}`)) as { spans: SentSpan[] } | undefined)?.spans ?? [];
  return {
    spans,
    spansWith: async (traceId, names) => {
      let missing = names;
      try {
        return await eventually("all spans have arrived", async () => {
          const found = await spans(traceId);
          missing = without(names, found);
          return missing.length === 0 && found;
        });
      } catch (error) {
        throw new Error(`missing: ${missing.join("; ")}`, { cause: error });
      }
    },
    exceptions: async (traceId) =>
      ((await ask(`/logs?kind=exception&traceId=${traceId}`)) as { logs: SentException[] }).logs,
    traceWith: (attribute) =>
      eventually(`a span has ${attribute}`, async () => {
        const path = `/traces?attribute=${encodeURIComponent(attribute)}`;
        const { traces } = (await ask(path)) as { traces: readonly { traceId: string }[] };
        return traces[0]?.traceId;
      }),
    series: async (metric) => {
      const path = `/metrics/${encodeURIComponent(metric)}?since=0`;
      return ((await ask(path)) as { series: SentSeries[] }).series;
    },
    caughtUp: async (client) => {
      const since = Date.now();
      await eventually("telemetry has caught up", async () => {
        await client.get(`/accounts/${nobody}`);
        const path = `/traces?name=${encodeURIComponent("GET /api/accounts/")}&since=${since}`;
        return ((await ask(path)) as { traces: readonly object[] }).traces.length > 0;
      });
    },
  };
}

function without(names: readonly string[], found: readonly SentSpan[]): readonly string[] {
  const left = [...names];
  for (const { name } of found) {
    const index = left.indexOf(name);
    if (index !== -1) left.splice(index, 1);
  }
  return left;
}

/** The context of a caller that traces: its span is the parent of whatever it causes. */
export function newTrace(flags = "01"): {
  readonly traceparent: string;
  readonly traceId: string;
  readonly spanId: string;
} {
  const [traceId, spanId] = [randomBytes(16).toString("hex"), randomBytes(8).toString("hex")];
  return { traceparent: `00-${traceId}-${spanId}-${flags}`, traceId, spanId };
}

/** The sum of all points of the series that have these dimensions. */
export function totalOf(
  series: readonly SentSeries[],
  dimensions: Readonly<Record<string, string>> = {},
): number {
  return series
    .filter((one) =>
      Object.entries(dimensions).every(([name, value]) => one.dimensions[name] === value),
    )
    .flatMap(({ points }) => points)
    .reduce((sum, { value }) => sum + value, 0);
}

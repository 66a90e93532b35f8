import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  startTelemetrySink,
  type TelemetrySink,
  type TelemetrySinkOptions,
} from "../../../../emulator/telemetry/index.ts";

export type Sink = TelemetrySink & {
  /** Posts a body to the ingestion endpoint. */
  track(body: string | Uint8Array, options?: TrackOptions): Promise<TrackReply>;
  get(path: string): Promise<{ readonly status: number; readonly body: Json }>;
};

export type Json = Readonly<Record<string, unknown>>;

type TrackOptions = { readonly path?: string; readonly headers?: Record<string, string> };

export type TrackReply = {
  readonly status: number;
  readonly body: {
    readonly itemsReceived: number;
    readonly itemsAccepted: number;
    readonly errors: readonly { index: number; statusCode: number; message: string }[];
  };
};

/** A test, or a file of tests. */
type Lasting = { after(work: () => Promise<void>): void };

/** A folder for a sink's file, gone when the test ends. */
export async function folderFor(test: Lasting): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "telemetry-"));
  test.after(() => rm(folder, { recursive: true }));
  return folder;
}

/** A sink on a free port, closed when the test ends. */
export async function givenSink(
  test: Lasting,
  options: Partial<TelemetrySinkOptions> = {},
): Promise<Sink> {
  const file = options.file ?? join(await folderFor(test), "telemetry.sqlite");
  const sink = await startTelemetrySink({ port: 0, ...options, file });
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => (closed ??= sink.close());
  test.after(close);
  return {
    ...sink,
    close,
    track: async (body, { path = "/v2.1/track", headers = {} } = {}) => {
      const sent = typeof body === "string" ? body : Buffer.from(body);
      const response = await fetch(sink.url + path, { method: "POST", headers, body: sent });
      return { status: response.status, body: (await response.json()) as TrackReply["body"] };
    },
    get: async (path) => {
      const response = await fetch(sink.url + path);
      return { status: response.status, body: (await response.json()) as Json };
    },
  };
}

const iKey = "00000000-0000-4000-8000-000000000000";

type Tags = Record<string, string>;

/** An envelope in the form that @azure/monitor-opentelemetry-exporter 1.0.0-beta.45 was seen to send. */
export function envelope(
  baseType: string,
  baseData: object,
  { tags = {}, time = "2026-11-21T12:44:24.400Z" }: { tags?: Tags; time?: string } = {},
): object {
  return {
    ver: 1,
    name: `Microsoft.ApplicationInsights.${baseType.replace("Data", "")}`,
    time,
    sampleRate: 100,
    iKey,
    tags: { "ai.cloud.role": "shop", "ai.cloud.roleInstance": "one", ...tags },
    data: { baseType, baseData: { ver: 2, ...baseData } },
  };
}

type RequestFields = {
  readonly traceId: string;
  readonly id?: string;
  readonly name?: string;
  readonly duration?: string;
  readonly success?: boolean;
  readonly properties?: Record<string, string>;
  readonly time?: string;
  readonly service?: string;
};

export function request(fields: RequestFields): object {
  const { traceId, id = "0000000000000001", name = "GET /orders", time } = fields;
  const { duration = "00:00:00.0100000", success = true, properties = {}, service } = fields;
  const tags = {
    "ai.operation.id": traceId,
    ...(service === undefined ? {} : { "ai.cloud.role": service }),
  };
  const base = { id, name, duration, success, responseCode: "200", url: "", properties };
  return envelope(
    "RequestData",
    { ...base, measurements: {} },
    { tags, ...(time ? { time } : {}) },
  );
}

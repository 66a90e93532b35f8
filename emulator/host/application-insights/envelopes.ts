/**
 * What the real host sends to Application Insights, in the schema of its ingestion endpoint (sources: Azure/azure-webjobs-sdk,
 * ApplicationInsightsLogger.cs and WebJobsTelemetryInitializer.cs; Azure/azure-functions-host, ScriptTelemetryInitializer.cs).
 */
import type { InvocationScope, LogEntry, LogLevel } from "../log.ts";
import { spanIn } from "../trace-context.ts";

/** Who sends: the same in all envelopes of a host. */
export type Sender = {
  readonly instrumentationKey: string;
  /** Empty where the app settings name none. */
  readonly roleName: string;
  readonly instanceName: string;
  readonly processId: number;
};

/** How an invocation went. */
export type InvocationRecord = {
  readonly scope: InvocationScope;
  /** Milliseconds since the epoch. */
  readonly startedMs: number;
  readonly durationMs: number;
  /** What the handler threw, if it threw. */
  readonly failure: { readonly error: unknown } | undefined;
  /** Of an HTTP function. */
  readonly http: HttpRecord | undefined;
  /** `traceparent` of spans that it is linked to. */
  readonly links: readonly string[];
};

export type HttpRecord = {
  readonly method: string;
  /** Scheme and host. */
  readonly origin: string;
  /** Without the query, which is not sent. */
  readonly path: string;
  readonly resultCode: number;
};

/** Without `sampleRate`, which the sender adds. */
export type Envelope = {
  readonly time: string;
  readonly iKey: string;
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly data: { readonly baseType: string; readonly baseData: object };
};

type Content = {
  readonly type: "Request" | "Message" | "Exception";
  readonly timeMs: number;
  readonly tags: Readonly<Record<string, string>>;
  readonly data: object;
};

/** An invocation has succeeded when its handler did not throw, whatever an HTTP function answered. */
export function requestEnvelope(sender: Sender, record: InvocationRecord): Envelope {
  const { scope, startedMs, durationMs, failure, http } = record;
  const { name, trace } = scope;
  return envelope(sender, {
    type: "Request",
    timeMs: startedMs,
    tags: operationTags(scope, trace.parentId),
    data: {
      id: trace.spanId,
      name,
      duration: durationText(durationMs),
      success: failure === undefined,
      responseCode: String(http?.resultCode ?? 0),
      ...(http !== undefined && { url: http.origin + http.path }),
      properties: {
        ...commonProperties(sender, scope, "Host.Results"),
        LogLevel: failure === undefined ? "Information" : "Error",
        FullName: `Functions.${name}`,
        FunctionExecutionTimeMs: String(durationMs),
        ...(http !== undefined && {
          HttpMethod: http.method,
          HttpPath: http.path,
        }),
        ...linkProperty(record.links),
      },
    },
  });
}

export function exceptionEnvelope(
  sender: Sender,
  record: InvocationRecord,
  error: unknown,
): Envelope {
  const { scope, startedMs, durationMs } = record;
  // What an app throws may have a message that is no text.
  const thrown: { readonly name: unknown; readonly message: unknown; readonly stack?: unknown } =
    error instanceof Error ? error : new Error(String(error));
  const [typeName, message] = [String(thrown.name), String(thrown.message)];
  const stack = typeof thrown.stack === "string" ? thrown.stack : "";
  return envelope(sender, {
    type: "Exception",
    timeMs: startedMs + durationMs,
    tags: operationTags(scope, scope.trace.spanId),
    data: {
      severityLevel: "Error",
      exceptions: [{ id: 1, typeName, message, hasFullStack: true, stack }],
      properties: { ...commonProperties(sender, scope, "Host.Results"), LogLevel: "Error" },
    },
  });
}

export function traceEnvelope(sender: Sender, entry: LogEntry, timeMs: number): Envelope {
  const { level, category, message, scope } = entry;
  return envelope(sender, {
    type: "Message",
    timeMs,
    tags: scope === undefined ? {} : operationTags(scope, scope.trace.spanId),
    data: {
      message,
      severityLevel: severities[level],
      properties: {
        ...commonProperties(sender, scope, category),
        LogLevel: level.charAt(0).toUpperCase() + level.slice(1),
      },
    },
  });
}

const severities: Readonly<Record<LogLevel, string>> = {
  trace: "Verbose",
  debug: "Verbose",
  information: "Information",
  warning: "Warning",
  error: "Error",
  critical: "Critical",
};

function envelope(sender: Sender, { type, timeMs, tags, data }: Content): Envelope {
  const { instrumentationKey, roleName, instanceName } = sender;
  return {
    time: new Date(timeMs).toISOString(),
    iKey: instrumentationKey,
    name: `Microsoft.ApplicationInsights.${instrumentationKey.replaceAll("-", "")}.${type}`,
    tags: {
      ...(roleName !== "" && { "ai.cloud.role": roleName }),
      "ai.cloud.roleInstance": instanceName,
      ...tags,
    },
    data: { baseType: `${type}Data`, baseData: { ver: 2, ...data } },
  };
}

function operationTags(
  scope: InvocationScope,
  parentId: string | undefined,
): Record<string, string> {
  return {
    "ai.operation.id": scope.trace.traceId,
    "ai.operation.name": scope.name,
    ...(parentId !== undefined && { "ai.operation.parentId": parentId }),
  };
}

function commonProperties(
  { instanceName, processId }: Sender,
  scope: InvocationScope | undefined,
  category: string,
): Record<string, string> {
  return {
    Category: category,
    HostInstanceId: instanceName,
    ProcessId: String(processId),
    ...(scope !== undefined && { InvocationId: scope.invocationId }),
  };
}

/** Links travel as a property that holds JSON. */
function linkProperty(links: readonly string[]): Record<string, string> {
  const spans = links.map(spanIn).filter((span) => span !== undefined);
  if (spans.length === 0) return {};
  const linked = spans.map(({ traceId, spanId }) => ({ operation_Id: traceId, id: spanId }));
  return { "_MS.links": JSON.stringify(linked) };
}

/** `d.hh:mm:ss.fffffff`, as .NET writes a time span. */
function durationText(ms: number): string {
  const twoDigits = (value: number): string => String(Math.floor(value)).padStart(2, "0");
  const days = Math.floor(ms / 86_400_000);
  const time = `${twoDigits((ms / 3_600_000) % 24)}:${twoDigits((ms / 60_000) % 60)}`;
  const seconds = ((ms / 1000) % 60).toFixed(7).padStart(10, "0");
  return `${days === 0 ? "" : `${days}.`}${time}:${seconds}`;
}

import type { LogEntry } from "../log.ts";
import { openChannel } from "./channel.ts";
import {
  exceptionEnvelope,
  requestEnvelope,
  traceEnvelope,
  type Envelope,
  type InvocationRecord,
  type Sender,
} from "./envelopes.ts";
import { createSampler, type SamplingSettings, type TelemetryType } from "./sampling.ts";

/** What the host itself tells Application Insights, beside what the app does. */
export type HostTelemetry = {
  /** A request for each invocation, and an exception if it failed. */
  recordInvocation(record: InvocationRecord): void;
  /** A trace for each line of the log. */
  recordLine(entry: LogEntry): void;
  /** Sends what waits. */
  close(): Promise<void>;
};

export type TelemetryOptions = {
  readonly connectionString: string;
  readonly sampling: SamplingSettings;
  readonly roleName: string;
  readonly instanceName: string;
  readonly warn: (message: string) => void;
};

/** @throws Error when the connection string has no instrumentation key */
export function openTelemetry(options: TelemetryOptions): HostTelemetry {
  const { instrumentationKey, endpoint } = parseConnectionString(options.connectionString);
  const { roleName, instanceName, sampling, warn } = options;
  const sender: Sender = { instrumentationKey, roleName, instanceName, processId: process.pid };
  const channel = openChannel({ endpoint, warn });
  const sample = createSampler(sampling, Date.now);

  const add = (type: TelemetryType, operationId: string, make: () => Envelope): void => {
    const sampleRate = sample(type, operationId);
    if (sampleRate !== undefined) channel.add(JSON.stringify({ ...make(), sampleRate }));
  };

  return {
    recordInvocation: (record) => {
      const { failure, scope } = record;
      const { traceId } = scope.trace;
      add("Request", traceId, () => requestEnvelope(sender, record));
      if (failure === undefined) return;
      add("Exception", traceId, () => exceptionEnvelope(sender, record, failure.error));
    },
    recordLine: (entry) => {
      const operationId = entry.scope?.trace.traceId ?? entry.message;
      add("Trace", operationId, () => traceEnvelope(sender, entry, Date.now()));
    },
    close: channel.close,
  };
}

/** Documentation: "Connection strings in Application Insights". */
function parseConnectionString(text: string): { instrumentationKey: string; endpoint: string } {
  const part = (name: string): string | undefined =>
    new RegExp(`(?:^|;)\\s*${name}=([^;]+)`, "i").exec(text)?.[1];
  const instrumentationKey = part("InstrumentationKey");
  if (instrumentationKey === undefined) {
    throw new Error("APPLICATIONINSIGHTS_CONNECTION_STRING has no InstrumentationKey.");
  }
  const base = part("IngestionEndpoint") ?? "https://dc.services.visualstudio.com/";
  return { instrumentationKey, endpoint: new URL("v2/track", base.replace(/\/?$/, "/")).href };
}

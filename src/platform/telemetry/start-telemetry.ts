/**
 * Sends spans and metrics to Application Insights. The SDK takes longer to load than everything else together, so it is
 * loaded after the functions are there: the first requests of a cold start are not traced, and not held up either.
 */
import { setTimeout as delay } from "node:timers/promises";
import type { Settings } from "../settings.ts";
import { isRecording, startRecording } from "./recording.ts";

/** After the host has had time to begin its work. */
const startAfterMs = 100;

export function startTelemetry(settings: Settings): void {
  if (settings.telemetryConnection === undefined) return;
  start(settings.telemetryConnection, settings.telemetryRatio).catch((error: unknown) => {
    process.emitWarning(`No telemetry is sent: ${String(error)}`);
  });
}

/** Sends what has been gathered; at the end of the process nobody would do it otherwise. */
export async function flushTelemetry(): Promise<void> {
  if (!isRecording()) return;
  const { flushAzureMonitor } = await import("applicationinsights");
  await flushAzureMonitor();
}

async function start(connection: string, samplingRatio: number): Promise<void> {
  await delay(startAfterMs);
  process.env["OTEL_SERVICE_NAME"] ??= process.env["WEBSITE_SITE_NAME"] ?? "saldo-functions";
  // Statistics about the SDK for its makers are none of ours.
  process.env["APPLICATION_INSIGHTS_NO_STATSBEAT"] ??= "1";
  process.env["APPLICATIONINSIGHTS_SDKSTATS_DISABLED"] ??= "true";
  const { useAzureMonitor } = await import("applicationinsights");
  const off = { enabled: false };
  useAzureMonitor({
    azureMonitorExporterOptions: exporterOptions(connection),
    // The default keeps five traces a second and drops the others without a word.
    tracesPerSecond: 0,
    samplingRatio,
    enableStandardMetrics: false,
    enablePerformanceCounters: false,
    enableAutoCollectExceptions: false,
    enableAutoCollectPerformance: false,
    instrumentationOptions: {
      azureSdk: off,
      http: off,
      mongoDb: off,
      mySql: off,
      postgreSql: off,
      redis: off,
      redis4: off,
      bunyan: off,
      winston: off,
      console: off,
    },
  });
  startRecording();
}

/**
 * The exporter makes https:// of whatever endpoint a connection string names, so that a sink on this machine has to be told
 * apart from it.
 */
function exporterOptions(connectionString: string): {
  connectionString: string;
  endpoint?: string;
  allowInsecureConnection?: boolean;
  disableOfflineStorage: boolean;
} {
  const endpoint = /IngestionEndpoint=(http:\/\/[^;]+)/.exec(connectionString)?.[1];
  const common = { connectionString, disableOfflineStorage: true };
  if (endpoint === undefined) return common;
  return {
    ...common,
    endpoint: `${endpoint.replace(/\/$/, "")}/v2.1`,
    allowInsecureConnection: true,
  };
}

/**
 * Sends spans and metrics to Application Insights. The SDK takes longer to load than everything else together, so it is
 * loaded after the functions are there: the first requests of a cold start are not traced by themselves, but what follows
 * from them is, under the operation that they began.
 */
import { setTimeout as delay } from "node:timers/promises";
import type { DefaultAzureCredential } from "@azure/identity";
import type * as Sdk from "applicationinsights";
import type { Settings } from "../settings.ts";
import { isRecording, startRecording, stopRecording } from "./recording.ts";

/** After the host has had time to begin its work. */
const startAfterMs = 100;

export function startTelemetry(settings: Settings): void {
  const { telemetryConnection } = settings;
  if (telemetryConnection === undefined) return;
  start(telemetryConnection, settings).catch((error: unknown) => {
    process.emitWarning(`No telemetry is sent: ${String(error)}`);
  });
}

/** Sends what has been gathered, and ends: at the end of the process nobody would do it otherwise. */
export async function flushTelemetry(): Promise<void> {
  if (!isRecording()) return;
  stopRecording();
  await (await loadSdk()).shutdownAzureMonitor();
}

async function start(connection: string, settings: Settings): Promise<void> {
  await delay(startAfterMs);
  Object.assign(process.env, { ...sdkSettings(settings), ...process.env });
  const { useAzureMonitor } = await loadSdk();
  const off = { enabled: false };
  useAzureMonitor({
    azureMonitorExporterOptions: {
      ...exporterOptions(connection),
      ...(await credentialFor(settings.telemetryAuthentication)),
    },
    // The default keeps five traces a second and drops the others without a word.
    tracesPerSecond: 0,
    samplingRatio: settings.telemetryRatio,
    // It asks a service of its own every few seconds whether somebody looks on.
    enableLiveMetrics: false,
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

/** A CommonJS package: in the bundle, a chunk with a default export and nothing else. */
async function loadSdk(): Promise<typeof Sdk.default> {
  return (await import("applicationinsights")).default;
}

/** What the SDK takes from the environment alone; whatever is set there already has the last word. */
function sdkSettings({ telemetryIntervalMs }: Settings): Readonly<Record<string, string>> {
  return {
    OTEL_SERVICE_NAME: process.env["WEBSITE_SITE_NAME"] ?? "saldo-functions",
    OTEL_METRIC_EXPORT_INTERVAL: String(telemetryIntervalMs),
    OTEL_BSP_SCHEDULE_DELAY: String(Math.min(longestSpanDelayMs, telemetryIntervalMs)),
    OTEL_BSP_MAX_QUEUE_SIZE: String(mostSpansWaiting),
    // Statistics about the SDK for its makers are none of ours.
    APPLICATION_INSIGHTS_NO_STATSBEAT: "1",
    APPLICATIONINSIGHTS_SDKSTATS_DISABLED: "true",
  };
}

const longestSpanDelayMs = 5_000;

/**
 * Spans beyond these are dropped, whichever they are, and traces have holes: enough for bursts (about 40 MB). Who has more
 * transfers a second than the exporter can send takes a lower TELEMETRY_RATIO, which drops whole traces.
 */
const mostSpansWaiting = 32_768;

async function credentialFor(
  authentication: string | undefined,
): Promise<{ credential?: DefaultAzureCredential }> {
  if (authentication === undefined) return {};
  const { DefaultAzureCredential } = await import("@azure/identity");
  const clientId = /ClientId=([^;]+)/i.exec(authentication)?.[1];
  const options = clientId === undefined ? {} : { managedIdentityClientId: clientId };
  return { credential: new DefaultAzureCredential(options) };
}

/**
 * The exporter makes https:// of whatever endpoint a connection string names, so that a sink on this machine has to be told
 * apart from it; and a sink that is away for longer is gone, so nothing is kept for it on disk.
 */
function exporterOptions(connectionString: string): {
  connectionString: string;
  endpoint?: string;
  allowInsecureConnection?: boolean;
  disableOfflineStorage?: boolean;
} {
  const endpoint = /IngestionEndpoint=(http:\/\/[^;]+)/.exec(connectionString)?.[1];
  if (endpoint === undefined) return { connectionString };
  return {
    connectionString,
    endpoint: `${endpoint.replace(/\/$/, "")}/v2.1`,
    allowInsecureConnection: true,
    disableOfflineStorage: true,
  };
}

/** Types of telemetry as host.json names them. */
export type TelemetryType = "Request" | "Trace" | "Exception";

/** host.json `logging.applicationInsights.samplingSettings` (documentation: "host.json reference"). */
export type SamplingSettings = {
  readonly isEnabled: boolean;
  readonly maxTelemetryItemsPerSecond: number;
  /** Those that are sampled. */
  readonly types: ReadonlySet<TelemetryType>;
};

/** The percentage to send with an item that is kept; undefined for one that is left out. */
export type Sampler = (type: TelemetryType, operationId: string) => number | undefined;

/**
 * Keeps about so many items a second, and whole operations where it can: which of them is decided by a hash of their
 * id. The real one adapts to a moving average of 15 seconds, this one to the rate of the last second and of the present one.
 */
export function createSampler(settings: SamplingSettings, now: () => number): Sampler {
  const { isEnabled, maxTelemetryItemsPerSecond: most, types } = settings;
  let second = 0;
  let count = 0;
  let share = 1;

  return (type, operationId) => {
    if (!isEnabled || !types.has(type)) return 100;
    const present = Math.floor(now() / 1000);
    if (present !== second) {
      share = present === second + 1 ? shareOf(most, count) : 1;
      second = present;
      count = 0;
    }
    count += 1;
    share = Math.min(share, shareOf(most, count));
    return scoreOf(operationId) < share ? share * 100 : undefined;
  };
}

function shareOf(most: number, count: number): number {
  return count <= most ? 1 : most / count;
}

/** From 0 to 1, as the SDKs have it, so that all agree (source: npm:@azure/monitor-opentelemetry, its sampler). */
function scoreOf(operationId: string): number {
  let hash = 5381;
  for (let index = 0; index < operationId.length; index += 1) {
    hash = ((hash << 5) + hash + operationId.charCodeAt(index)) | 0;
  }
  return Math.abs(hash === -(2 ** 31) ? 2 ** 31 - 1 : hash) / (2 ** 31 - 1);
}

/** Of the storage provider, which the extension hands out to the library; in ms. */
export type TimerLimits = {
  /** A timer that is farther away is made of several. */
  readonly maximumShortTimerMs: number;
  /** How long each of them is. */
  readonly longTimerIntervalMs: number;
};

const dayMs = 86_400_000;

/** Of Azure Storage (source: azure-functions-durable-extension, AzureStorageDurabilityProvider.cs). */
export const azureStorageLimits: TimerLimits = {
  maximumShortTimerMs: 6 * dayMs,
  longTimerIntervalMs: 3 * dayMs,
};

/** When a timer fires. */
export function dueMs(fireAtMs: number): number {
  return Math.ceil(fireAtMs);
}

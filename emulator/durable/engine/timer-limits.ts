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

/**
 * When a timer fires: its queue message is hidden for whole seconds, cut off, so it comes up to one
 * second early, and at once if less than a second was left (documentation: "Put Message (REST API)",
 * visibilitytimeout; source: Azure/durabletask, AzureStorage, TaskHubQueue.cs).
 * @param turnMs when the turn that creates it began
 * @param savedMs when that turn is saved and the message sent
 */
export function dueMs(fireAtMs: number, turnMs: number, savedMs: number): number {
  // Never in the instant in which the turn began: of whole seconds asked for, one is always lost.
  const sentMs = Math.max(savedMs, turnMs + 1);
  const delayMs = Math.max(0, fireAtMs - sentMs);
  return sentMs + Math.floor(delayMs / 1_000) * 1_000;
}

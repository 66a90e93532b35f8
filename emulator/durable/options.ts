import { isJsonObject, objectAt, stringAt, type JsonObject } from "../shared/json.ts";
import { resolveSettings, type HostConfiguration } from "../host/settings.ts";
import { azureStorageLimits, type TimerLimits } from "./engine/timer-limits.ts";
import { parseTimeSpan } from "./time-span.ts";

/** What host.json's `extensions.durableTask` says, as far as it matters here. */
export type DurableOptions = {
  readonly hubName: string;
  readonly maxConcurrentActivities: number;
  readonly maxConcurrentOrchestrators: number;
  readonly timerLimits: TimerLimits;
};

/** Core Tools' name for a hub that has none. */
const defaultHubName = "TestHubName";

/** Azure's default is ten for each core. */
const defaultConcurrency = 10;

/** @throws Error that says which setting of host.json cannot be used, and what it must be */
export function readDurableOptions({ extensions }: HostConfiguration): DurableOptions {
  const section = sectionAt(extensions, "durableTask", "");
  return {
    hubName: readHubName(section),
    maxConcurrentActivities: readLimit(section, "maxConcurrentActivityFunctions"),
    maxConcurrentOrchestrators: readLimit(section, "maxConcurrentOrchestratorFunctions"),
    timerLimits: readTimerLimits(sectionAt(section, "emulator", "durableTask.")),
  };
}

function sectionAt(parent: JsonObject, key: string, path: string): JsonObject {
  const value = parent[key];
  if (value === undefined || isJsonObject(value)) return objectAt(parent, key);
  throw new Error(`host.json: "${path}${key}" must be an object.`);
}

function readHubName(section: JsonObject): string {
  const value = section["hubName"];
  if (value !== undefined && typeof value !== "string") {
    throw new Error('host.json: "durableTask.hubName" must be a string.');
  }
  const hubName = resolveSettings(stringAt(section, "hubName") ?? defaultHubName) as string;
  if (/^[a-z][a-z0-9]{2,44}$/i.test(hubName)) return hubName;
  throw new Error(
    `host.json: the task hub name "${hubName}" must be 3 to 45 letters and digits, a letter first.`,
  );
}

function readLimit(section: JsonObject, key: string): number {
  const value = section[key] ?? defaultConcurrency;
  if (typeof value === "number" && Number.isInteger(value) && value >= 1) return value;
  throw new Error(`host.json: "durableTask.${key}" must be a whole number of at least 1.`);
}

/**
 * Of the emulated storage, for tests that cannot wait for days. In Azure they are those of the
 * storage provider, and no setting; the extension there does not look at this section.
 */
function readTimerLimits(section: JsonObject): TimerLimits {
  const { maximumShortTimerMs, longTimerIntervalMs } = azureStorageLimits;
  const limits: TimerLimits = {
    maximumShortTimerMs: readTimeSpan(section, "maximumShortTimerDuration", maximumShortTimerMs),
    longTimerIntervalMs: readTimeSpan(
      section,
      "longRunningTimerIntervalDuration",
      longTimerIntervalMs,
    ),
  };
  if (limits.longTimerIntervalMs <= limits.maximumShortTimerMs) return limits;
  throw new Error(
    'host.json: "durableTask.emulator.longRunningTimerIntervalDuration" must not be longer than ' +
      '"maximumShortTimerDuration".',
  );
}

function readTimeSpan(section: JsonObject, key: string, fallbackMs: number): number {
  const value = section[key];
  if (value === undefined) return fallbackMs;
  const ms = typeof value === "string" ? parseTimeSpan(value) : undefined;
  if (ms !== undefined && ms >= 1_000) return ms;
  throw new Error(
    `host.json: "durableTask.emulator.${key}" must be a time span of at least a second, ` +
      'e.g. "00:01:00" or "3.00:00:00".',
  );
}

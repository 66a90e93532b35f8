import { objectAt, stringAt } from "../shared/json.ts";
import { resolveSettings, type HostConfiguration } from "../host/settings.ts";

/** What host.json's `extensions.durableTask` says, as far as it matters here. */
export type DurableOptions = {
  readonly hubName: string;
  readonly maxConcurrentActivities: number;
  readonly maxConcurrentOrchestrators: number;
};

/** Core Tools' name for a hub that has none. */
const defaultHubName = "TestHubName";

/** Azure's default is ten for each core. */
const defaultConcurrency = 10;

/** @throws Error for a hub name that Azure Storage would refuse, or a limit below 1 */
export function readDurableOptions({ extensions }: HostConfiguration): DurableOptions {
  const section = objectAt(extensions, "durableTask");
  const hubName = resolveSettings(stringAt(section, "hubName") ?? defaultHubName) as string;
  if (!/^[a-z][a-z0-9]{2,44}$/i.test(hubName)) {
    throw new Error(
      `host.json: the task hub name "${hubName}" must be 3 to 45 letters and digits, a letter first.`,
    );
  }
  const limit = (key: string): number => {
    const value = section[key] ?? defaultConcurrency;
    if (typeof value === "number" && value >= 1) return value;
    throw new Error(`host.json: "durableTask.${key}" must be a number of at least 1.`);
  };
  return {
    hubName,
    maxConcurrentActivities: limit("maxConcurrentActivityFunctions"),
    maxConcurrentOrchestrators: limit("maxConcurrentOrchestratorFunctions"),
  };
}

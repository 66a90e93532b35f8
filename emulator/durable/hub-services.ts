import type { HostFunction } from "../host/functions.ts";
import type { HostServices } from "../host/trigger-kind.ts";
import type { DurableFaults } from "./faults.ts";
import type { Call } from "./engine/instance.ts";
import type { TimerLimits } from "./engine/timer-limits.ts";
import type { Store } from "./storage/store.ts";

/** What the parts of a task hub share. */
export type HubServices = Pick<HostServices, "clock" | "logger" | "invoker"> & {
  readonly store: Store;
  readonly functions: DurableFunctions;
  readonly timerLimits: TimerLimits;
  readonly faults: DurableFaults | undefined;
  /** Aborted when the host stops: nothing new is begun. */
  readonly stopping: AbortSignal;
};

/** The registered orchestrators and activities; names ignore case. */
export type DurableFunctions = {
  add(kind: Call["kind"], target: HostFunction): void;
  find(kind: Call["kind"], name: string): HostFunction | undefined;
  has(kind: Call["kind"], name: string): boolean;
  readonly size: number;
};

export const logCategory = "Host.Triggers.DurableTask";

/** Before something is tried again that failed for a reason of the host's own. */
export const repairDelayMs = 1_000;

export function createDurableFunctions(): DurableFunctions {
  const functions = new Map<string, HostFunction>();
  const key = (kind: Call["kind"], name: string): string => `${kind}/${name.toLowerCase()}`;
  return {
    add: (kind, target) => {
      functions.set(key(kind, target.name), target);
    },
    find: (kind, name) => functions.get(key(kind, name)),
    has: (kind, name) => functions.has(key(kind, name)),
    get size() {
      return functions.size;
    },
  };
}

import type { HostFunction } from "../host/functions.ts";
import type { HubServices } from "./hub-services.ts";
import { logCategory } from "./hub-services.ts";
import type { HistoryEvent } from "./engine/history.ts";
import { isFresh, type Instance } from "./engine/instance.ts";
import { hasRepeatedTask, readFailure, readOutcome, type Outcome } from "./engine/outcome.ts";

/** Replays an orchestrator function over its history. */
export type OrchestratorCall = (
  target: HostFunction,
  instance: Instance,
  opening: readonly HistoryEvent[],
) => Promise<Outcome>;

/** So long that the library splits no timer, which the host would have to number. */
const longestTimer = "6000.00:00:00";

export function createOrchestratorCall({ invoker, logger }: HubServices): OrchestratorCall {
  const warned = new Set<string>();

  /** Looks at what the function returns while its objects can still be told apart. */
  const watch = (target: HostFunction, { id }: Instance): HostFunction => ({
    ...target,
    callback: async (...args) => {
      const state = await target.callback(...args);
      if (hasRepeatedTask(state) && !warned.has(target.name)) {
        warned.add(target.name);
        const message =
          `Orchestrator '${target.name}' (instance '${id}') awaits a task again that it has ` +
          "awaited before, in another Task.any or Task.all. It will hang or get wrong results, " +
          "here as in Azure: create a new task each time, or wait again for events only.";
        logger.write("error", logCategory, message);
      }
      return state;
    },
  });

  return async (target, instance, opening) => {
    const data = { string: triggerText(instance, opening) };
    const { traceparent } = instance;
    try {
      const response = await invoker.invoke(watch(target, instance), { data, traceparent });
      return readOutcome(response.returnValue?.json ?? response.returnValue?.string ?? "null");
    } catch (error) {
      return readFailure(error);
    }
  };
}

/** As the extension sends it (source: RemoteOrchestratorContext.cs; the misspelling is its own). */
function triggerText(instance: Instance, opening: readonly HistoryEvent[]): string {
  const events = [...instance.history, ...opening.map((event) => JSON.stringify(event))];
  const rest = JSON.stringify({
    instanceId: instance.id,
    isReplaying: !isFresh(instance),
    parentInstanceId: instance.parent?.id ?? null,
    upperSchemaVersion: 1,
    upperSchemaVersionNew: 2,
    longRunningTimerIntervalDuration: longestTimer,
    maximumShortTimerDuration: longestTimer,
    defaultHttpAsyncRequestSleepTimeMillseconds: 30_000,
  });
  return `{"history":[${events.join(",")}],"input":${instance.input ?? "null"},${rest.slice(1)}`;
}

import type { HostFunction } from "../host/functions.ts";
import type { HubServices } from "./hub-services.ts";
import { logCategory } from "./hub-services.ts";
import type { HistoryEvent } from "./engine/history.ts";
import { hasRepeatedTask } from "./engine/actions.ts";
import { isFresh, type Instance } from "./engine/instance.ts";
import { broken, readFailure, readOutcome, type Outcome } from "./engine/outcome.ts";
import type { TimerLimits } from "./engine/timer-limits.ts";
import { formatTimeSpan } from "./time-span.ts";

/** Replays an orchestrator function over its history. */
export type OrchestratorCall = (
  target: HostFunction,
  instance: Instance,
  opening: readonly HistoryEvent[],
) => Promise<Outcome>;

/**
 * What the extension makes of a worker that is killed during a turn; the turn is not taken again
 * (source: azure-functions-host, WorkerProcess.cs; azure-functions-durable-extension,
 * TaskOrchestrationShim.cs).
 */
const workerDied = broken("One or more errors occurred. (node exited with code 137 (0x89))");

export function createOrchestratorCall({
  invoker,
  logger,
  timerLimits,
  faults,
}: HubServices): OrchestratorCall {
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
    const turn = { orchestrator: target.name, instanceId: instance.id };
    if (faults?.killsWorker(turn) === true) return workerDied;
    const data = { string: triggerText(instance, opening, timerLimits) };
    const { traceparent } = instance;
    try {
      const response = await invoker.invoke(watch(target, instance), { data, traceparent });
      return readOutcome(response.returnValue?.json ?? response.returnValue?.string ?? "null");
    } catch (error) {
      return readFailure(error);
    }
  };
}

/**
 * As the extension sends it (source: OrchestrationTriggerAttributeBindingProvider.cs; the misspelling
 * is its own).
 */
function triggerText(
  instance: Instance,
  opening: readonly HistoryEvent[],
  { maximumShortTimerMs, longTimerIntervalMs }: TimerLimits,
): string {
  const news = opening.map((event) => JSON.stringify(event));
  const events = isFresh(instance) ? news : [instance.historyText, ...news];
  const rest = JSON.stringify({
    instanceId: instance.id,
    isReplaying: !isFresh(instance),
    parentInstanceId: instance.parent?.id ?? null,
    sourceInstanceId: null,
    upperSchemaVersion: 1,
    upperSchemaVersionNew: 3,
    longRunningTimerIntervalDuration: formatTimeSpan(longTimerIntervalMs),
    maximumShortTimerDuration: formatTimeSpan(maximumShortTimerMs),
    defaultHttpAsyncRequestSleepTimeMillseconds: 30_000,
  });
  return `{"history":[${events.join(",")}],"input":${instance.input ?? "null"},${rest.slice(1)}`;
}

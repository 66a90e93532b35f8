import type { Batch, EndedTask } from "./batch.ts";
import { eventType, type HistoryEvent } from "./history.ts";
import type { Call, Instance, OpenTask, RetryPolicy, ScheduledAction } from "./instance.ts";
import type { Action, Failure } from "./outcome.ts";

/** The tasks of one turn, numbered as the library does. */
type Ledger = {
  /** Events of the tasks that were begun, in order. */
  readonly events: readonly HistoryEvent[];
  /** Closes an ended task; begins what its retry policy says. */
  close(ended: EndedTask): void;
  /** Compares with what was asked for before, and begins what is new. */
  schedule(actions: readonly Action[], isFunction: FunctionCheck): Failure | undefined;
  isIdle(): boolean;
  changes(): TaskChanges;
};

/** What a turn does to the tasks of its instance. */
export type TaskChanges = {
  readonly scheduled: readonly ScheduledAction[];
  readonly opened: ReadonlyMap<number, OpenTask>;
  /** Ended or cancelled. */
  readonly closed: readonly number[];
  readonly nextTaskId: number;
};

/** Tells whether a function of this name is registered, for the check of what is called. */
export type FunctionCheck = (kind: Call["kind"], name: string) => boolean;

/** Begins with the tasks that are open before the turn. */
export function openLedger(instance: Instance, { event, nowMs }: Batch): Ledger {
  const events: HistoryEvent[] = [];
  const scheduled: ScheduledAction[] = [];
  const opened = new Map<number, OpenTask>();
  const closed: number[] = [];
  const open = new Set(instance.openTasks.keys());
  let nextTaskId = instance.nextTaskId;

  const begin = (task: OpenTask): number => {
    const taskId = nextTaskId;
    nextTaskId += 1;
    opened.set(taskId, task);
    open.add(taskId);
    if (task.kind === "call") {
      const { name, input, kind } = task.call;
      const { taskScheduled, subOrchestrationCreated } = eventType;
      const type = kind === "activity" ? taskScheduled : subOrchestrationCreated;
      const child =
        task.call.kind === "activity"
          ? {}
          : { InstanceId: childId(instance.executionId, taskId, task.call.instanceId) };
      events.push(event(type, { taskId, Name: name, Input: input, ...child }));
    } else {
      const FireAt = new Date(task.fireAtMs).toISOString();
      events.push(event(eventType.timerCreated, { taskId, FireAt }));
    }
    return taskId;
  };

  const end = (taskId: number): void => {
    if (!open.delete(taskId)) return;
    if (!opened.delete(taskId)) closed.push(taskId);
  };

  return {
    events,
    close: ({ taskId, task, hasFailed }) => {
      end(taskId);
      if (task.kind === "call" && hasFailed && task.retry !== undefined) {
        const { policy, attempt } = task.retry;
        const isLast = attempt >= policy.maxAttempts;
        begin({
          kind: "retry-timer",
          // After the last attempt a timer without delay (source: durabletask, RetryInterceptor.cs).
          fireAtMs: nowMs + (isLast ? 0 : delayMs(policy, attempt)),
          ...(!isLast && { next: { call: task.call, retry: { policy, attempt: attempt + 1 } } }),
        });
      }
      if (task.kind === "retry-timer" && task.next !== undefined) {
        begin({ kind: "call", ...task.next });
      }
    },
    schedule: (actions, isFunction) => {
      for (const [index, action] of actions.entries()) {
        const known = instance.scheduled[index];
        const problem =
          known === undefined ? refusal(action, isFunction) : deviation(known, action);
        if (problem !== undefined) return problem;
        const taskId = known?.taskId ?? begin(toTask(action));
        if (known === undefined) scheduled.push({ taskId, ...describe(action) });
        if (action.kind === "timer" && action.isCanceled) end(taskId);
      }
      const missing = instance.scheduled[actions.length];
      return missing === undefined ? undefined : deviation(missing, undefined);
    },
    isIdle: () => open.size === 0,
    changes: () => ({ scheduled, opened, closed, nextTaskId }),
  };
}

/** Id of a sub-orchestration (source: Azure/durabletask, TaskOrchestrationContext.cs). */
export function childId(executionId: string, taskId: number, given: string | undefined): string {
  return given ?? `${executionId}:${taskId}`;
}

function delayMs(policy: RetryPolicy, attempt: number): number {
  const { firstIntervalMs, backoffCoefficient, maxIntervalMs } = policy;
  return Math.min(firstIntervalMs * backoffCoefficient ** (attempt - 1), maxIntervalMs);
}

function toTask(action: Action): OpenTask {
  if (action.kind === "timer") return { kind: "timer", fireAtMs: action.fireAtMs };
  if (action.kind === "unsupported") throw new Error(`${action.what} cannot be begun.`);
  const { call, policy } = action;
  return { kind: "call", call, ...(policy && { retry: { policy, attempt: 1 } }) };
}

function describe(action: Action | undefined): Pick<ScheduledAction, "kind" | "name"> {
  return action?.kind === "call"
    ? { kind: action.call.kind, name: action.call.name }
    : { kind: "timer", name: "" };
}

function refusal(action: Action, isFunction: FunctionCheck): Failure | undefined {
  if (action.kind === "unsupported") {
    const message = `The embedded Durable Functions runtime does not support ${action.what}.`;
    return { message, details: "" };
  }
  if (action.kind === "timer") return undefined;
  const { kind, name } = action.call;
  if (isFunction(kind, name)) return undefined;
  return { message: missingFunction(kind, name), details: "" };
}

/** Case does not count in names (source: durabletask, TaskOrchestrationContext.cs). */
function deviation(known: ScheduledAction, action: Action | undefined): Failure | undefined {
  const now = describe(action);
  const isSame = known.kind === now.kind && known.name.toLowerCase() === now.name.toLowerCase();
  if (action !== undefined && action.kind !== "unsupported" && isSame) return undefined;
  const text = ({ kind, name }: Pick<ScheduledAction, "kind" | "name">): string =>
    name === "" ? kind : `${kind} '${name}'`;
  const instead = action === undefined ? "none" : text(now);
  return {
    message:
      `Non-Deterministic workflow detected: a previous execution scheduled the ${text(known)} ` +
      `with sequence ID ${known.taskId}, but the current replay scheduled ${instead} in its place.` +
      " Was a change made to the orchestrator code after this instance had already started?",
    details: "",
  };
}

/** As Azure says it (source: azure-functions-durable-extension, DurableTaskExtension.cs). */
export function missingFunction(kind: Call["kind"], name: string): string {
  const what = kind === "activity" ? "an activity" : "an orchestrator";
  return `The function '${name}' doesn't exist, is disabled, or is not ${what} function.`;
}

import type { Batch, EndedTask, Taken } from "./batch.ts";
import { eventType, type HistoryEvent } from "./history.ts";
import {
  isFresh,
  type Call,
  type Instance,
  type OpenTask,
  type RetryPolicy,
  type ScheduledAction,
} from "./instance.ts";
import type { Action, Outcome } from "./outcome.ts";

/** How an instance ends. */
export type Ending = {
  readonly status: "Completed" | "Failed" | "Terminated";
  /** JSON; of a failure or termination its text. */
  readonly output: string | null;
  /** Of a failure: what the parent's orchestrator sees beside the reason. */
  readonly details: string;
};

/** What a turn changes; everything in it is saved in one transaction. */
export type Turn = {
  readonly events: readonly HistoryEvent[];
  readonly scheduled: readonly ScheduledAction[];
  readonly opened: ReadonlyMap<number, OpenTask>;
  /** Ended or cancelled. */
  readonly closed: readonly number[];
  readonly nextTaskId: number;
  readonly customStatus: string | undefined;
  readonly ending: Ending | undefined;
  readonly continueAsNew:
    | {
        readonly input: string | null;
        readonly carriedOver: readonly number[];
        readonly lost: number;
      }
    | undefined;
};

/** Tells whether a function of this name is registered, for the check of what is called. */
export type FunctionCheck = (kind: Call["kind"], name: string) => boolean;

/** The events the library processes in a turn, the first being its start. */
export function openingEvents(instance: Instance, { event, taken }: Batch): HistoryEvent[] {
  const started = { Name: instance.name, Input: instance.input };
  return [
    event(eventType.orchestratorStarted),
    ...(isFresh(instance) ? [event(eventType.executionStarted, started)] : []),
    ...taken.map((entry) => entry.event),
  ];
}

/** A turn without a replay: what was suspended or resumed is noted. */
export function noteControls({ nextTaskId }: Instance, { controls }: Batch): Turn {
  return { ...unchanged, events: controls, nextTaskId };
}

/** Ends an instance from outside, whatever its tasks. */
export function terminate(batch: Batch, reason: string): Turn {
  const event = batch.event(eventType.executionTerminated, { Reason: reason });
  const ending: Ending = { status: "Terminated", output: JSON.stringify(reason), details: "" };
  return { ...unchanged, events: [...batch.controls, event], ending };
}

/** Ends an instance whose orchestrator function is not registered (any more). */
export function abandon({ name }: Instance, batch: Batch): Turn {
  const output = JSON.stringify(missingFunction("sub-orchestration", name));
  const fields = { OrchestrationStatus: "Failed", Result: output };
  const event = batch.event(eventType.executionCompleted, fields);
  const ending: Ending = { status: "Failed", output, details: "" };
  return { ...unchanged, events: [...batch.controls, event], ending };
}

/** As Azure says it (source: azure-functions-durable-extension, DurableTaskExtension.cs). */
export function missingFunction(kind: Call["kind"], name: string): string {
  const what = kind === "activity" ? "an activity" : "an orchestrator";
  return `The function '${name}' doesn't exist, is disabled, or is not ${what} function.`;
}

const unchanged: Omit<Turn, "events"> = {
  scheduled: [],
  opened: new Map(),
  closed: [],
  nextTaskId: 0,
  customStatus: undefined,
  ending: undefined,
  continueAsNew: undefined,
};

/**
 * Turns what the orchestrator answered into changes: new tasks get their ids in the order in which
 * the library numbers them; the retries it counts on are begun; the instance ends when the
 * function is done and no task is open any more - as in Azure a forgotten timer or activity keeps
 * it running (source: Azure/durabletask, TaskOrchestrationExecutor.cs).
 */
export function completeTurn(
  instance: Instance,
  batch: Batch,
  outcome: Outcome,
  isFunction: FunctionCheck,
): Turn {
  const ledger = openLedger(instance, batch);
  for (const { ended } of batch.taken) if (ended !== undefined) ledger.close(ended);
  const violation = ledger.schedule(outcome.actions, isFunction);
  const isIdle = ledger.isIdle();
  const failure = violation ?? (isIdle ? outcome.failure : undefined);
  const continues = isIdle && failure === undefined ? outcome.continueAsNew : undefined;
  const ending =
    failure !== undefined
      ? fail(instance, failure)
      : isIdle && outcome.isDone && continues === undefined
        ? ({ status: "Completed", output: outcome.output, details: "" } as const)
        : undefined;
  const { event, controls } = batch;
  const closing = ending && {
    OrchestrationStatus: ending.status,
    Result: ending.output,
  };
  return {
    ...ledger.changes(),
    events: [
      ...controls,
      ...openingEvents(instance, batch),
      ...ledger.events,
      ...(closing === undefined ? [] : [event(eventType.executionCompleted, closing)]),
      event(eventType.orchestratorCompleted),
    ],
    customStatus: outcome.customStatus,
    ending,
    continueAsNew: continues && {
      input: continues.input,
      ...unreadEvents(instance, batch, outcome.awaitedEvents),
    },
  };
}

function fail({ name }: Instance, failure: { message: string; details: string }): Ending {
  const message = `Orchestrator function '${name}' failed: ${failure.message}`;
  return { status: "Failed", output: JSON.stringify(message), details: failure.details };
}

type Violation = { readonly message: string; readonly details: string };

/** The tasks of one turn, numbered as the library does. */
type Ledger = {
  /** Events of the tasks that were begun, in order. */
  readonly events: readonly HistoryEvent[];
  /** Closes an ended task; begins what its retry policy says. */
  close(ended: EndedTask): void;
  /** Compares with what was asked for before, and begins what is new. */
  schedule(actions: readonly Action[], isFunction: FunctionCheck): Violation | undefined;
  isIdle(): boolean;
  changes(): Pick<Turn, "scheduled" | "opened" | "closed" | "nextTaskId">;
};

function openLedger(instance: Instance, { event, nowMs }: Batch): Ledger {
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

function refusal(action: Action, isFunction: FunctionCheck): Violation | undefined {
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
function deviation(known: ScheduledAction, action: Action | undefined): Violation | undefined {
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

/**
 * External events nobody has read when the instance continues as new. Azure keeps those that came
 * after the event which made it do so and loses the earlier (issue: durabletask-dotnet #387).
 * Which event that was cannot be seen from outside; when in doubt an event counts as lost.
 */
function unreadEvents(
  { history }: Instance,
  { taken }: Batch,
  awaited: readonly string[],
): { readonly carriedOver: readonly number[]; readonly lost: number } {
  const waiters = new Map<string, number>();
  for (const name of awaited) waiters.set(name, (waiters.get(name) ?? 0) + 1);
  const isRead = ({ EventType, Name = "" }: HistoryEvent): boolean => {
    if (EventType !== eventType.eventRaised) return true;
    const left = waiters.get(Name) ?? 0;
    waiters.set(Name, left - 1);
    return left > 0;
  };
  const earlier = history.map((text) => JSON.parse(text) as HistoryEvent);
  const lostBefore = earlier.filter((event) => !isRead(event)).length;
  const flags = taken.map(({ event }: Taken) => isRead(event));
  const tail = flags.lastIndexOf(true) + 1;
  const lostNow = flags.slice(0, tail).filter((flag) => !flag).length;
  return {
    carriedOver: taken.slice(tail).map(({ number }) => number),
    lost: lostBefore + lostNow,
  };
}

import type { Batch, Taken } from "./batch.ts";
import { eventType, type HistoryEvent } from "./history.ts";
import { isFresh, type Instance } from "./instance.ts";
import { missingFunction, openLedger, type FunctionCheck, type TaskChanges } from "./ledger.ts";
import type { Failure, Outcome } from "./outcome.ts";

/** How an instance ends. */
export type Ending = {
  readonly status: "Completed" | "Failed" | "Terminated";
  /** JSON; of a failure or termination its text. */
  readonly output: string | null;
  /** Of a failure: what the parent's orchestrator sees beside the reason. */
  readonly details: string;
};

/** What a turn changes; everything in it is saved in one transaction. */
export type Turn = TaskChanges & {
  readonly events: readonly HistoryEvent[];
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

function fail({ name }: Instance, failure: Failure): Ending {
  const message = `Orchestrator function '${name}' failed: ${failure.message}`;
  return { status: "Failed", output: JSON.stringify(message), details: failure.details };
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

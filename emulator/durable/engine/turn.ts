import type { Batch } from "./batch.ts";
import type { Continuation } from "./external-events.ts";
import { missingFunction } from "./failures.ts";
import { eventType, type EventFactory, type HistoryEvent } from "./history.ts";
import { isFresh, type Instance, type NumberedTask } from "./instance.ts";
import type { Outcome } from "./outcome.ts";
import { replay, type ReplayEnding, type ReplayOptions } from "./replay.ts";

/** How an instance ends. */
export type Ending = {
  readonly status: "Completed" | "Failed" | "Terminated";
  /** JSON; of a failure or termination its text. */
  readonly output: string | null;
  /** Of a failure: what the parent's orchestrator sees beside the reason; null: nothing at all. */
  readonly details: string | null;
};

/** What a turn changes; everything in it is saved in one transaction. */
export type Turn = {
  readonly events: readonly HistoryEvent[];
  readonly begun: readonly NumberedTask[];
  /** JSON; undefined when nothing was replayed. */
  readonly customStatus: string | null | undefined;
  readonly ending: Ending | undefined;
  readonly continueAsNew: Continuation | undefined;
};

/** The events the library processes in a turn, the first being its start. */
export function openingEvents(instance: Instance, { event, taken }: Batch): HistoryEvent[] {
  const started = { Name: instance.name, Input: instance.input };
  return [
    event(eventType.orchestratorStarted),
    ...(isFresh(instance) ? [event(eventType.executionStarted, started)] : []),
    ...taken,
  ];
}

/** A turn without a replay: what was suspended or resumed is noted. */
export function noteControls({ controls }: Batch): Turn {
  return { ...unchanged, events: controls };
}

/** Ends an instance from outside, whatever its tasks. */
export function terminate(batch: Batch, reason: string): Turn {
  const event = batch.event(eventType.executionTerminated, { Reason: reason });
  const ending: Ending = { status: "Terminated", output: JSON.stringify(reason), details: null };
  return { ...unchanged, events: [...batch.controls, event], ending };
}

/** Ends an instance whose orchestrator function is not registered (any more). */
export function abandon({ name }: Instance, batch: Batch): Turn {
  return failWithoutReplay(batch, missingFunction("sub-orchestration", name));
}

/** Ends an instance whose turn cannot be replayed or saved. */
export function failWithoutReplay(batch: Batch, message: string): Turn {
  const output = JSON.stringify(message);
  const fields = { OrchestrationStatus: "Failed", Result: output };
  const event = batch.event(eventType.executionCompleted, fields);
  const ending: Ending = { status: "Failed", output, details: "" };
  return { ...unchanged, events: [...batch.controls, event], ending };
}

const unchanged: Omit<Turn, "events"> = {
  begun: [],
  customStatus: undefined,
  ending: undefined,
  continueAsNew: undefined,
};

/** Turns what the orchestrator answered into changes. */
export function completeTurn(
  instance: Instance,
  batch: Batch,
  outcome: Outcome,
  options: Omit<ReplayOptions, "name">,
): Turn {
  const { event, controls } = batch;
  const opening = openingEvents(instance, batch);
  const { name, executionId, history } = instance;
  const { begun, ending } = replay([...history, ...opening], outcome, { name, ...options });
  const end = endingOf(ending);
  return {
    begun,
    events: [
      ...controls,
      ...opening,
      ...begun.map((task) => toEvent(executionId, task, event)),
      ...(end === undefined
        ? []
        : [
            event(eventType.executionCompleted, {
              OrchestrationStatus: end.status,
              Result: end.output,
            }),
          ]),
      event(eventType.orchestratorCompleted),
    ],
    customStatus: outcome.kind === "answer" ? outcome.customStatus : undefined,
    ending: end,
    continueAsNew: ending?.kind === "continued-as-new" ? ending.continuation : undefined,
  };
}

function endingOf(ending: ReplayEnding | undefined): Ending | undefined {
  switch (ending?.kind) {
    case "completed":
      return { status: "Completed", output: ending.output, details: "" };
    case "failed": {
      const { message, details } = ending.failure;
      return { status: "Failed", output: JSON.stringify(message), details };
    }
    case "continued-as-new":
    case undefined:
      return undefined;
  }
}

function toEvent(
  executionId: string,
  { taskId, task }: NumberedTask,
  event: EventFactory,
): HistoryEvent {
  if (task.kind === "timer") {
    const FireAt = new Date(task.fireAtMs).toISOString();
    return event(eventType.timerCreated, { taskId, FireAt });
  }
  const { name: Name, input: Input } = task;
  if (task.kind === "activity") return event(eventType.taskScheduled, { taskId, Name, Input });
  const InstanceId = childId(executionId, taskId, task.instanceId);
  return event(eventType.subOrchestrationCreated, { taskId, Name, Input, InstanceId });
}

/** Id of a sub-orchestration (source: Azure/durabletask, TaskOrchestrationContext.cs). */
export function childId(executionId: string, taskId: number, given: string | undefined): string {
  return given ?? `${executionId}:${taskId}`;
}

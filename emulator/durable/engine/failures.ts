import type { HistoryEvent } from "./history.ts";
import type { Call, DurableTask } from "./instance.ts";
import type { Failure } from "./outcome.ts";

/** Tells whether a function of this name is registered, for the check of what is called. */
export type FunctionCheck = (kind: Call["kind"], name: string) => boolean;

/** What the embedded runtime does not do, and what in Azure would leave the instance waiting for ever. */
export class Refusal extends Error {
  readonly failure: Failure;

  constructor(message: string) {
    super(message);
    this.failure = { message, details: "" };
  }
}

/** As Azure says it (source: azure-functions-durable-extension, DurableTaskExtension.cs). */
export function missingFunction(kind: Call["kind"], name: string): string {
  const what = kind === "activity" ? "an activity" : "an orchestrator";
  return `The function '${name}' doesn't exist, is disabled, or is not ${what} function.`;
}

/**
 * A replay that begins other tasks than the history has (source and texts: Azure/durabletask,
 * TaskOrchestrationContext.cs, NonDeterministicOrchestrationException.cs).
 */
export class NonDeterminism extends Error {
  readonly failure: Failure;

  /** @param instead what this replay begins under the number; absent: nothing, or not yet */
  constructor(
    event: HistoryEvent,
    recorded: DurableTask["kind"],
    instead: DurableTask | undefined,
  ) {
    const what = instead === undefined ? missing(event, recorded) : other(event, recorded, instead);
    const question =
      " Was a change made to the orchestrator code after this instance had already started running?";
    const message = `Non-Deterministic workflow detected: A previous execution of this orchestration scheduled ${what}${question}`;
    super(message);
    this.failure = { message, details: "" };
  }
}

function missing(event: HistoryEvent, recorded: DurableTask["kind"]): string {
  const not = "but the current replay execution hasn't (yet?) scheduled this task.";
  const { EventId: id, Name: name = "" } = event;
  switch (recorded) {
    case "activity":
      return `an activity task with sequence ID ${id} and name '${name}' (version ''), ${not}`;
    case "sub-orchestration":
      return `${subOrchestration(event)}, ${not}`;
    case "timer":
      return `a timer task with sequence number ${id} ${not}`;
  }
}

function other(event: HistoryEvent, recorded: DurableTask["kind"], instead: DurableTask): string {
  const { EventId: id, Name: name = "" } = event;
  const produced = `but the current orchestration replay instead produced a ${className[instead.kind]} action`;
  const isSameKind = instead.kind === recorded;
  switch (recorded) {
    case "activity": {
      const before = `an activity task with sequence number ${id} named '${name}', `;
      if (!isSameKind || instead.kind === "timer") {
        return `${before}${produced} with this sequence number.`;
      }
      return (
        `${before}but the current orchestration replay instead scheduled an activity task named ` +
        `'${instead.name}' with this sequence number. `
      );
    }
    case "sub-orchestration":
      if (!isSameKind || instead.kind === "timer") {
        return `${subOrchestration(event)}, ${produced} at this sequence number.`;
      }
      return (
        `${subOrchestration(event)}, but the current orchestration replay instead scheduled a ` +
        `sub-orchestration task with name ${instead.name} at this sequence number.`
      );
    case "timer":
      return `a timer task with sequence number ${id} named ${produced} with this sequence number.`;
  }
}

function subOrchestration({ EventId, Name = "", InstanceId = "" }: HistoryEvent): string {
  return (
    `a sub-orchestration task with sequence ID ${EventId} and name '${Name}' ` +
    `(version '', instance ID '${InstanceId}')`
  );
}

const className: Readonly<Record<DurableTask["kind"], string>> = {
  activity: "ScheduleTaskOrchestratorAction",
  "sub-orchestration": "CreateSubOrchestrationAction",
  timer: "CreateTimerOrchestratorAction",
};

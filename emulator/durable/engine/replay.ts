import { createActionRunner } from "./action-runner.ts";
import type { Continuation } from "./external-events.ts";
import { NonDeterminism, Refusal, type FunctionCheck } from "./failures.ts";
import { eventType, type HistoryEvent } from "./history.ts";
import type { NumberedTask } from "./instance.ts";
import type { Failure, Outcome } from "./outcome.ts";
import { openTaskLedger } from "./task-ledger.ts";
import type { TimerLimits } from "./timer-limits.ts";

/** What comes of an execution when the extension replays what its orchestrator function answered. */
export type Replay = {
  /** Tasks that no earlier turn has begun, in the order of their numbers. */
  readonly begun: readonly NumberedTask[];
  /** Absent while a task is open or the function waits. */
  readonly ending: ReplayEnding | undefined;
};

export type ReplayEnding =
  | { readonly kind: "completed"; readonly output: string | null }
  | { readonly kind: "failed"; readonly failure: Failure }
  | { readonly kind: "continued-as-new"; readonly continuation: Continuation };

export type ReplayOptions = {
  /** Name of the orchestrator function. */
  readonly name: string;
  readonly limits: TimerLimits;
  readonly isFunction: FunctionCheck;
};

/**
 * Replays an orchestrator's actions over the whole history as the extension does (source:
 * azure-functions-durable-extension, OutOfProcOrchestrationShim.cs; Azure/durabletask,
 * TaskOrchestrationExecutor.cs): one action after the other, each awaited before the next is begun.
 * Tasks are numbered as they are begun, and must be those which the history says were begun. The
 * library numbers by itself, in its own order: where the two disagree the instance fails, as there.
 *
 * An execution ends when no task is open any more: a forgotten timer keeps it running.
 */
export function replay(
  history: readonly HistoryEvent[],
  outcome: Outcome,
  { name, limits, isFunction }: ReplayOptions,
): Replay {
  const ledger = openTaskLedger();
  const runner = createActionRunner({ ledger, limits, isFunction });
  let ending: ReplayEnding | undefined;

  const fail = ({ message, details }: Failure): ReplayEnding => {
    const failure = { message: `Orchestrator function '${name}' failed: ${message}`, details };
    return { kind: "failed", failure };
  };
  const start = (): void => {
    if (outcome.kind === "broken") {
      ending = fail(outcome.failure);
      return;
    }
    const { failure, isDone, output } = outcome;
    runner.runAll(outcome.actions, () => {
      if (failure !== undefined) ending = fail(failure);
      else if (isDone) ending = { kind: "completed", output };
    });
  };
  const processEvent = (event: HistoryEvent): void => {
    switch (event.EventType) {
      case eventType.orchestratorStarted:
        ledger.setTime(Date.parse(event.Timestamp));
        break;
      case eventType.executionStarted:
        start();
        break;
      case eventType.eventRaised:
        runner.events.raise({ kind: "event", name: event.Name ?? "", input: event.Input ?? null });
        break;
      default:
        ledger.process(event);
    }
  };

  try {
    for (const event of history) processEvent(event);
  } catch (error) {
    // They end the instance at once, whatever is open.
    const begun = ledger.begun();
    if (error instanceof NonDeterminism) {
      return { begun, ending: { kind: "failed", failure: error.failure } };
    }
    if (error instanceof Refusal) return { begun, ending: fail(error.failure) };
    throw error;
  }
  if (ledger.hasOpenTasks()) return { begun: ledger.begun(), ending: undefined };
  const continuation = runner.events.continuation();
  const isContinued = continuation !== undefined && ending?.kind === "completed";
  return {
    begun: ledger.begun(),
    ending: isContinued ? { kind: "continued-as-new", continuation } : ending,
  };
}

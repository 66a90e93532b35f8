import type { Action, CallAction } from "./actions.ts";
import { settled, whenAll, whenAny, type Deferred } from "./deferred.ts";
import { createExternalEvents, type ExternalEvents } from "./external-events.ts";
import { missingFunction, Refusal, type FunctionCheck } from "./failures.ts";
import { callWithRetries } from "./retries.ts";
import type { TaskLedger } from "./task-ledger.ts";
import { createTimerActions } from "./timer-actions.ts";
import type { TimerLimits } from "./timer-limits.ts";

/** Does what an orchestrator function has asked for. */
export type ActionRunner = {
  /**
   * One after the other, each awaited, whether it fails or not; `done` is called after the last.
   * @throws Refusal, here or while an event is processed
   */
  runAll(actions: readonly Action[], done: () => void): void;
  readonly events: ExternalEvents;
};

type RunnerOptions = {
  readonly ledger: TaskLedger;
  readonly limits: TimerLimits;
  readonly isFunction: FunctionCheck;
};

export function createActionRunner({ ledger, limits, isFunction }: RunnerOptions): ActionRunner {
  const events = createExternalEvents();
  const createTimer = createTimerActions(ledger, limits);

  const call = ({ call: target, policy }: CallAction): Deferred => {
    if (!isFunction(target.kind, target.name)) {
      throw new Refusal(missingFunction(target.kind, target.name));
    }
    if (policy === undefined) return ledger.begin(target).ended;
    const { maximumShortTimerMs } = limits;
    if (Math.max(policy.firstIntervalMs, policy.maxIntervalMs) > maximumShortTimerMs) {
      throw new Refusal(delayTooLong(maximumShortTimerMs));
    }
    return callWithRetries(ledger, target, policy);
  };

  const run = (action: Action): Deferred => {
    switch (action.kind) {
      case "call":
        return call(action);
      case "timer":
        return createTimer(action);
      case "wait-for-event":
        return events.wait(action.name);
      case "continue-as-new":
        events.continueAsNew(action.input);
        return settled();
      case "when-all":
        return whenAll(action.actions.map(run));
      case "when-any":
        return whenAny(action.actions.map(run));
      case "unsupported":
        throw new Refusal(
          `The embedded Durable Functions runtime does not support ${action.what}.`,
        );
    }
  };

  return {
    events,
    runAll: (actions, done) => {
      let next = 0;
      const goOn = (): void => {
        while (next < actions.length) {
          const action = actions[next];
          next += 1;
          const task = action === undefined ? settled() : run(action);
          if (!task.isSettled) {
            task.onSettled(goOn);
            return;
          }
        }
        done();
      };
      goOn();
    },
  };
}

/** Source: azure-functions-durable-extension, AzureStorageDurabilityProvider.cs. */
function delayTooLong(maximumMs: number): string {
  const days = maximumMs / 86_400_000;
  return `The Azure Storage provider supports a maximum of ${days} days for time-based delays`;
}

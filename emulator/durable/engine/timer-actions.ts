import type { TimerAction } from "./actions.ts";
import { createDeferred, type Deferred } from "./deferred.ts";
import type { TaskLedger } from "./task-ledger.ts";
import type { TimerLimits } from "./timer-limits.ts";

/**
 * Creates the timers of one replay (source: azure-functions-durable-extension,
 * DurableOrchestrationContext.cs, CreateTimer). One that is too far away is made of several, one
 * after the other, each of which gets a number. The library does the same by itself. Cancelled, it
 * ends with the first of them however many the history has, and the instance fails.
 */
export function createTimerActions(
  ledger: TaskLedger,
  limits: TimerLimits,
): (action: TimerAction) => Deferred {
  const { maximumShortTimerMs, longTimerIntervalMs } = limits;
  /** As there, one for all timers of the execution: after a cancelled long one it stays. */
  let isLong = false;

  const createPieces = (action: TimerAction, firstMs: number, done: Deferred): void => {
    const piece = (fireAtMs: number): void => {
      const { ended, cancel } = ledger.begin({ kind: "timer", fireAtMs });
      ended.onSettled((how) => {
        const leftMs = action.fireAtMs - ledger.nowMs;
        if (how === "failed") done.settle(how);
        else if (leftMs <= 0) finish(done);
        else piece(ledger.nowMs + Math.min(leftMs, longTimerIntervalMs));
      });
      if (action.isCanceled) cancel();
    };
    if (ledger.nowMs < action.fireAtMs) piece(firstMs);
    else finish(done);
  };
  const finish = (done: Deferred): void => {
    isLong = false;
    done.settle("completed");
  };

  return (action) => {
    const { fireAtMs, isCanceled } = action;
    const done = createDeferred();
    const isTooFar = fireAtMs - ledger.nowMs > maximumShortTimerMs;
    isLong ||= isTooFar;
    if (isLong) {
      createPieces(action, isTooFar ? ledger.nowMs + longTimerIntervalMs : fireAtMs, done);
      return done;
    }
    const { ended, cancel } = ledger.begin({ kind: "timer", fireAtMs });
    ended.onSettled((how) => {
      if (how === "failed") done.settle(how);
      else finish(done);
    });
    if (isCanceled) cancel();
    return done;
  };
}

import { createDeferred, type Deferred } from "./deferred.ts";
import type { Call, RetryPolicy } from "./instance.ts";
import type { TaskLedger } from "./task-ledger.ts";

/** Calls until it succeeds or the policy ends it (source: Azure/durabletask, RetryInterceptor.cs). */
export function callWithRetries(ledger: TaskLedger, call: Call, policy: RetryPolicy): Deferred {
  const done = createDeferred();
  const firstAttemptMs = ledger.nowMs;
  const fail = (): void => {
    done.settle("failed");
  };

  const attempt = (count: number): void => {
    if (count >= policy.maxAttempts) {
      done.settle("completed");
      return;
    }
    ledger.begin(call).ended.onSettled((how) => {
      if (how === "completed") done.settle(how);
      else repeat(count);
    });
  };
  const repeat = (count: number): void => {
    if (count + 1 === policy.maxAttempts) {
      // A timer without delay, which an early release of Azure's set and its histories have.
      ledger.begin({ kind: "timer", fireAtMs: ledger.nowMs }).ended.onSettled(fail);
      return;
    }
    const delayMs = nextDelayMs(policy, count, ledger.nowMs - firstAttemptMs);
    if (delayMs === 0) {
      fail();
      return;
    }
    const fireAtMs = Math.max(firstDateMs, ledger.nowMs + delayMs);
    ledger.begin({ kind: "timer", fireAtMs }).ended.onSettled(() => {
      attempt(count + 1);
    });
  };

  attempt(0);
  return done;
}

/** Of .NET's DateTime, for a delay far below zero. */
const firstDateMs = Date.parse("0001-01-01T00:00:00Z");

/** About the longest TimeSpan of .NET, in which a tick is 100 ns. */
const longestDelayMs = 2 ** 63 / 1e4;
const ticksPerMs = 1e4;

/** 0 when there is no further attempt. */
function nextDelayMs(policy: RetryPolicy, attempt: number, elapsedMs: number): number {
  const { firstIntervalMs, backoffCoefficient, maxIntervalMs, timeoutMs = Infinity } = policy;
  if (elapsedMs >= timeoutMs) return 0;
  const delayMs = firstIntervalMs * backoffCoefficient ** attempt;
  if (!(delayMs < maxIntervalMs)) return maxIntervalMs;
  if (delayMs < -longestDelayMs) return 0;
  return Math.trunc(delayMs * ticksPerMs) / ticksPerMs;
}

import type { Clock } from "../shared/clock.ts";
import type { HostFunction } from "./functions.ts";
import type { InvocationRequest, Invoker, RetryContext } from "./invocation.ts";
import type { Logger } from "./log.ts";

/**
 * `succeeded`; `failed` for good; `interrupted` = the host is stopping and somebody else is to
 * repeat it.
 */
export type Outcome = "succeeded" | "failed" | "interrupted";

export type RetryServices = {
  readonly invoker: Invoker;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Aborted when the host stops: a pending delay ends at once. */
  readonly stopping: AbortSignal;
};

/** Invokes a function, and again as its retry policy says; what it throws is logged, not thrown. */
export async function invokeWithRetries(
  target: HostFunction,
  request: InvocationRequest,
  services: RetryServices,
): Promise<Outcome> {
  const { invoker, clock, logger, stopping } = services;
  const category = `Function.${target.name}`;
  const { retry: policy } = target;
  const isStopping = (): boolean => stopping.aborted;
  let retryContext: RetryContext | undefined;

  for (let retry = 1; ; retry += 1) {
    try {
      await invoker.invoke(target, { ...request, ...(retryContext && { retryContext }) });
      return "succeeded";
    } catch (error) {
      retryContext = toRetryContext(error, retry, policy?.maxRetryCount ?? 0);
    }
    if (isStopping()) return "interrupted";
    if (policy === undefined) return "failed";
    if (policy.maxRetryCount !== -1 && retry > policy.maxRetryCount) {
      logger.write("error", category, "All retries have been exhausted.");
      return "failed";
    }
    const delayMs = policy.delayMs(retry);
    logger.write(
      "information",
      category,
      `Waiting ${Math.round(delayMs)} ms before retry ${retry} of ${policy.maxRetryCount}.`,
    );
    await clock.sleep(delayMs, stopping);
    if (isStopping()) return "interrupted";
  }
}

function toRetryContext(error: unknown, retryCount: number, maxRetryCount: number): RetryContext {
  const { message, stack, name } = error instanceof Error ? error : new Error(String(error));
  return {
    retryCount,
    maxRetryCount,
    exception: { message, source: name, stackTrace: stack ?? "" },
  };
}

import type { Clock } from "../shared/clock.ts";
import type { RetryOptions } from "./core-module.ts";
import type { HostFunction } from "./functions.ts";
import type { InvocationRequest, Invoker, RetryContext } from "./invocation.ts";
import type { Logger } from "./log.ts";

/**
 * How often and when the host calls a failed function again with the same data (documentation:
 * "Azure Functions error handling and retries"). Only timer and Cosmos DB triggers have one.
 */
export type RetryPolicy = {
  /** -1 = for ever. */
  readonly maxRetryCount: number;
  /** Milliseconds before repetition number `retry`, counted from 1. */
  delayMs(retry: number): number;
};

export function toRetryPolicy(options: RetryOptions | undefined): RetryPolicy | undefined {
  if (options?.retryStrategy === undefined) return undefined;
  const maxRetryCount = options.maxRetryCount ?? 0;
  switch (options.retryStrategy) {
    case "fixedDelay": {
      const delayMs = milliseconds(options.delayInterval);
      return { maxRetryCount, delayMs: () => delayMs };
    }
    case "exponentialBackoff": {
      const minimumMs = milliseconds(options.minimumInterval);
      const maximumMs = milliseconds(options.maximumInterval);
      return { maxRetryCount, delayMs: (retry) => backoffMs(retry, minimumMs, maximumMs) };
    }
  }
}

/** Azure/azure-webjobs-sdk, RandomizedExponentialBackoffStrategy.cs, whose delta is the minimum. */
function backoffMs(retry: number, minimumMs: number, maximumMs: number): number {
  const spread = 0.8 + Math.random() * 0.4;
  return Math.min(minimumMs + spread * 2 ** (retry - 1) * minimumMs, maximumMs);
}

function milliseconds(interval: { readonly seconds?: number } | undefined): number {
  return (interval?.seconds ?? 0) * 1000;
}

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

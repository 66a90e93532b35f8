import type { RetryOptions } from "./core-module.ts";

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

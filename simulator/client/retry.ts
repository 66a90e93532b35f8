import { setTimeout as pause } from "node:timers/promises";
import type { Random } from "../random.ts";
import { ContractBreach } from "./json.ts";
import type { HttpAnswer, HttpRequest, SendRequest } from "./http.ts";

/** The service did not answer for as long as the client had patience. */
export class ServiceUnreachable extends Error {
  override name = "ServiceUnreachable";
}

export type RetryPolicy = {
  /**
   * How long a request that fails is sent again and again. Of what takes longer than the longest pause, no more than that
   * counts: on a busy machine the client itself stands still, and has not asked in vain for so long.
   */
  patienceMs: number;
  /** Scatters the retries, so that clients that failed together do not come back together. */
  random: Random;
  onRetry: () => void;
};

/**
 * Sends the same request, with the same Idempotency-Key, until there is an answer that is about
 * the request and not about the state of the service: network errors, 429 and 5xx are retried
 * with growing pauses, or after as long as `Retry-After` asks for.
 *
 * @throws ServiceUnreachable when the patience is over
 * @throws ContractBreach when it is over and the service kept answering 500, which says that the
 *   service is there but broken
 */
export const withRetries =
  (send: SendRequest, policy: RetryPolicy): SendRequest =>
  async (request: HttpRequest) => {
    let spentMs = 0;
    for (let failures = 0; ; failures++) {
      const sentAtMs = performance.now();
      const attempt = await tryOnce(send, request);
      if (attempt.kind === "answered") return attempt.answer;
      const tookMs = performance.now() - sentAtMs;
      const delayMs = retryDelayMs(failures, attempt.retryAfterMs, policy.random);
      // The first attempt was not in vain yet.
      spentMs += (failures === 0 ? 0 : Math.min(tookMs, LONGEST_DELAY_MS)) + delayMs;
      if (spentMs > policy.patienceMs) {
        const failed = attempt.statusCode === 500 ? ContractBreach : ServiceUnreachable;
        throw new failed(
          `${request.method} ${request.path} had no answer for ${policy.patienceMs / 1000} s: ` +
            attempt.reason,
        );
      }
      policy.onRetry();
      await pause(delayMs);
    }
  };

type Attempt =
  | { kind: "answered"; answer: HttpAnswer }
  | { kind: "failed"; reason: string; statusCode: number | undefined; retryAfterMs: number };

const tryOnce = async (send: SendRequest, request: HttpRequest): Promise<Attempt> => {
  try {
    const answer = await send(request);
    const { statusCode, headers } = answer;
    if (statusCode !== 429 && statusCode < 500) return { kind: "answered", answer };
    return {
      kind: "failed",
      reason: `the last answer was ${statusCode}.`,
      statusCode,
      retryAfterMs: retryAfterMs(headers["retry-after"], Date.now()),
    };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { kind: "failed", reason, statusCode: undefined, retryAfterMs: 0 };
  }
};

const FIRST_DELAY_MS = 50;
const LONGEST_DELAY_MS = 2_000;

/** Half of the delay is certain, half is left to chance; never sooner than the service asked for. */
const retryDelayMs = (failures: number, askedForMs: number, random: Random): number => {
  const growingMs = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** failures);
  const scatterMs = random.below(growingMs / 2 + 1);
  return Math.max(growingMs / 2, askedForMs) + scatterMs;
};

/** `Retry-After` is a number of seconds or an HTTP date (RFC 9110, 10.2.3). */
const retryAfterMs = (header: string | undefined, nowMs: number): number => {
  if (header === undefined) return 0;
  if (/^\d+$/.test(header)) return Number(header) * 1000;
  const atMs = Date.parse(header);
  return Number.isNaN(atMs) ? 0 : Math.max(0, atMs - nowMs);
};

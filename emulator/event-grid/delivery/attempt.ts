import type { Clock } from "../../shared/clock.ts";
import type { HttpClient, OutgoingRequest } from "./http-client.ts";
import { outcomeOf, type Outcome } from "./retry-schedule.ts";

export type Attempt = {
  readonly outcome: Outcome;
  readonly status?: number;
  /** After a time-out: resolves to whether the endpoint accepted the request after all. */
  readonly late?: Promise<boolean>;
};

/** Documentation: "Event Grid message delivery and retry", retry schedule. */
const answerWithinMs = 30_000;
const lateAnswerWithinMs = 180_000;

/**
 * Sends one delivery request and waits up to 30 seconds for its answer. The request itself is kept
 * up to three minutes: an answer until then still counts.
 */
export async function attempt(
  request: OutgoingRequest,
  { client, clock }: { readonly client: HttpClient; readonly clock: Clock },
): Promise<Attempt> {
  const abandon = new AbortController();
  const ended = new AbortController();
  const answer = client
    .send(request, abandon.signal)
    .then(({ status }): Attempt => ({ outcome: outcomeOf(status), status }), failed)
    .finally(() => {
      ended.abort();
    });
  const timeout = clock
    .sleep(answerWithinMs, ended.signal)
    .then((): Attempt => ({ outcome: "TimedOut" }));
  const first = await Promise.race([answer, timeout]);
  if (ended.signal.aborted) return answer;

  const rest = lateAnswerWithinMs - answerWithinMs;
  void clock.sleep(rest, ended.signal).then(() => {
    abandon.abort();
  });
  return { ...first, late: answer.then(({ outcome }) => outcome === "Delivered") };
}

function failed(error: unknown): Attempt {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  const isUnresolved = code === "ENOTFOUND" || code === "EAI_AGAIN";
  return { outcome: isUnresolved ? "ResolutionError" : "SocketError" };
}

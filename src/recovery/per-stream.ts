/**
 * How both feed stages treat a batch: stream by stream, with a catch around each. Nothing of a batch is ever lost: a
 * message is handled, or parked, or (if the platform is to blame) the whole batch is thrown back to the host, whose
 * endless retry brings it again. Azure would drop a batch that throws without a retry policy, and skip a poison
 * message once retries are used up (azure-webjobs-sdk-extensions issues 412 and 837): hence no reliance on either.
 */
import type { Clock } from "../platform/clock.ts";
import { PlatformFault } from "../platform/platform-fault.ts";
import { count } from "../platform/telemetry/metrics.ts";
import type { DeadLetters, ParkedMessage, Stage } from "./dead-letters.ts";

export type StageWork<M> = {
  readonly stage: Stage;
  /** Handles messages of one stream in order. Must be harmless to repeat. */
  readonly handle: (stream: string, messages: readonly M[]) => Promise<void>;
  readonly identify: (message: M) => Pick<ParkedMessage, "id" | "traceparent">;
};

export type PerStream = <M extends object>(
  work: StageWork<M>,
  byStream: ReadonlyMap<string, readonly M[]>,
) => Promise<void>;

/** Attempts at a message before it is parked, and at a platform fault before it goes to the host. */
const mostAttempts = 3;
const platformRetryDelaysMs = [50, 200, 800];

export function perStream(deadLetters: DeadLetters, clock: Clock): PerStream {
  return async (work, byStream) => {
    const ends = await Promise.allSettled(
      [...byStream].map(([stream, messages]) => handleOrPark(work, stream, messages)),
    );
    const failed = ends.find((end) => end.status === "rejected");
    if (failed !== undefined) throw failed.reason;
  };

  async function handleOrPark<M extends object>(
    work: StageWork<M>,
    stream: string,
    messages: readonly M[],
  ): Promise<void> {
    const { stage } = work;
    if (await persistently(stage, () => deadLetters.isParked(stage, stream))) {
      const reason = "waits behind a parked message of its stream";
      const letters = parked(work, messages, reason, 0);
      await persistently(stage, () => deadLetters.park(stage, stream, letters));
      return;
    }
    const failure = await attempt(work, stream, messages);
    if (failure === undefined) return;
    await oneByOne(work, stream, messages);
  }

  /** Finds the message that cannot be handled; parks it and what comes after it. */
  async function oneByOne<M extends object>(
    work: StageWork<M>,
    stream: string,
    messages: readonly M[],
  ): Promise<void> {
    for (const [index, message] of messages.entries()) {
      let failure: Error | undefined;
      for (let attempts = 0; attempts < mostAttempts; attempts += 1) {
        failure = await attempt(work, stream, [message]);
        if (failure === undefined) break;
      }
      if (failure === undefined) continue;
      const behind = parked(work, messages.slice(index + 1), `waits behind ${failure.name}`, 0);
      const letters = [...parked(work, [message], describe(failure), mostAttempts), ...behind];
      await persistently(work.stage, () => deadLetters.park(work.stage, stream, letters));
      return;
    }
  }

  /** Answers what went wrong with the messages; throws what went wrong with the platform. */
  async function attempt<M extends object>(
    work: StageWork<M>,
    stream: string,
    messages: readonly M[],
  ): Promise<Error | undefined> {
    try {
      await persistently(work.stage, () => work.handle(stream, messages));
      return undefined;
    } catch (error) {
      if (error instanceof PlatformFault) throw error;
      return error instanceof Error ? error : new Error(String(error));
    }
  }

  /** Rides out short platform faults; lets a longer one out. */
  async function persistently<Result>(
    stage: Stage,
    action: () => Promise<Result>,
  ): Promise<Result> {
    for (const delayMs of platformRetryDelaysMs)
      try {
        return await action();
      } catch (error) {
        if (!(error instanceof PlatformFault)) throw error;
        count("saldo.retries", { stage });
        await clock.sleep(Math.max(delayMs * (0.5 + Math.random()), error.retryAfterMs ?? 0));
      }
    return action();
  }
}

function parked<M extends object>(
  work: StageWork<M>,
  messages: readonly M[],
  reason: string,
  attempts: number,
): ParkedMessage[] {
  return messages.map((message) => ({ ...work.identify(message), message, reason, attempts }));
}

function describe(error: Error): string {
  return `${error.name}: ${error.message}`.slice(0, 500);
}

/** Groups a batch by stream, keeping each stream's order. */
export function groupByStream<M extends { readonly stream: string }>(
  messages: readonly M[],
): ReadonlyMap<string, readonly M[]> {
  return Map.groupBy(messages, ({ stream }) => stream);
}

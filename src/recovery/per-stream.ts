/**
 * How both feed stages treat a batch: stream by stream, with a catch around each. Nothing of a batch is ever lost: a
 * message is handled, or parked, or (if the platform is to blame) the whole batch is thrown back to the host, whose
 * endless retry brings it again. Azure would drop a batch that throws without a retry policy, and skip a poison
 * message once retries are used up (azure-webjobs-sdk-extensions issues 412 and 837): hence no reliance on either.
 *
 * What a feed hands over may be anything that somebody has stored. It is checked here, before it is handled; what is not
 * the message it should be is parked like one that cannot be handled.
 */
import type { Clock } from "../platform/clock.ts";
import { Malformed } from "../platform/malformed.ts";
import { PlatformFault } from "../platform/platform-fault.ts";
import type { DeadLetters, ParkedMessage, Stage } from "./dead-letters.ts";
import { persistence } from "./persistence.ts";

export type StageWork<M extends object> = {
  readonly stage: Stage;
  /** The message that something stored is. Throws, for example `Malformed`, if it is none. */
  readonly read: (stored: object) => M;
  /** Handles messages of one stream in order. Must be harmless to repeat. */
  readonly handle: (stream: string, messages: readonly M[]) => Promise<void>;
  readonly identify: (stored: object) => Identity;
};

/** What can be told of something stored, whatever it is. */
export type Identity = Pick<ParkedMessage, "id" | "source" | "traceparent"> & {
  /** Whose order it has to keep. */
  readonly stream: string;
};

export type PerStream = <M extends object>(
  work: StageWork<M>,
  stored: readonly object[],
) => Promise<void>;

/** Attempts at a message before it is parked. */
const mostAttempts = 3;

type Arrival = { readonly stored: object; readonly identity: Identity };

type Failure = { readonly error: Error; readonly attempts: number };

export function perStream(deadLetters: DeadLetters, clock: Clock): PerStream {
  const persistently = persistence(clock);

  return async (work, stored) => {
    const arrivals = stored.map((each) => ({ stored: each, identity: work.identify(each) }));
    const byStream = Map.groupBy(arrivals, ({ identity }) => identity.stream);
    const ends = await Promise.allSettled(
      [...byStream].map(([stream, ofOne]) => handleOrPark(work, stream, ofOne)),
    );
    const failed = ends.find((end) => end.status === "rejected");
    if (failed !== undefined) throw failed.reason;
  };

  async function handleOrPark<M extends object>(
    work: StageWork<M>,
    stream: string,
    arrivals: readonly Arrival[],
  ): Promise<void> {
    const { stage } = work;
    if (await persistently(stage, () => deadLetters.isParked(stage, stream))) {
      const letters = parked(arrivals, "waits behind a parked message of its stream", 0);
      await persistently(stage, () => deadLetters.park(stage, stream, letters));
      return;
    }
    if ((await attempt(work, stream, arrivals)) !== undefined)
      await oneByOne(work, stream, arrivals);
  }

  /** Finds the message that cannot be handled; parks it and what comes after it. */
  async function oneByOne<M extends object>(
    work: StageWork<M>,
    stream: string,
    arrivals: readonly Arrival[],
  ): Promise<void> {
    for (const [index, arrival] of arrivals.entries()) {
      const failure = await repeatedly(work, stream, arrival);
      if (failure === undefined) continue;
      const { error, attempts } = failure;
      const behind = parked(arrivals.slice(index + 1), `waits behind ${error.name}`, 0);
      const letters = [...parked([arrival], describe(error), attempts), ...behind];
      await persistently(work.stage, () => deadLetters.park(work.stage, stream, letters));
      return;
    }
  }

  /** Answers why a message cannot be handled; one that is malformed stays so and is tried once. */
  async function repeatedly<M extends object>(
    work: StageWork<M>,
    stream: string,
    arrival: Arrival,
  ): Promise<Failure | undefined> {
    for (let attempts = 1; ; attempts += 1) {
      const error = await attempt(work, stream, [arrival]);
      if (error === undefined) return undefined;
      if (error instanceof Malformed || attempts === mostAttempts) return { error, attempts };
    }
  }

  /** Answers what went wrong with the messages; throws what went wrong with the platform. */
  async function attempt<M extends object>(
    work: StageWork<M>,
    stream: string,
    arrivals: readonly Arrival[],
  ): Promise<Error | undefined> {
    try {
      const messages = arrivals.map(({ stored }) => work.read(stored));
      await persistently(work.stage, () => work.handle(stream, messages));
      return undefined;
    } catch (error) {
      if (error instanceof PlatformFault) throw error;
      return error instanceof Error ? error : new Error(String(error));
    }
  }
}

function parked(arrivals: readonly Arrival[], reason: string, attempts: number): ParkedMessage[] {
  return arrivals.map(({ stored, identity: { stream: _, ...named } }) => ({
    ...named,
    message: stored,
    reason,
    attempts,
  }));
}

/** Fits into a dead letter, whatever the error tells. */
export function describe(error: unknown): string {
  const told = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return told.slice(0, 500).toWellFormed();
}

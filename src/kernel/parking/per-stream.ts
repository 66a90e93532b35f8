/**
 * How both feed stages treat a batch: stream by stream, with a catch around each. Nothing of a batch is ever lost: a
 * message is handled, or parked, or (if the platform is to blame) the whole batch is thrown back to the host, whose
 * endless retry brings it again. Azure would drop a batch that throws without a retry policy, and skip a poison
 * message once retries are used up (azure-webjobs-sdk-extensions issues 412 and 837): hence no reliance on either.
 *
 * What a feed hands over may be anything that somebody has stored. It is checked here, before it is handled; what is not
 * the message it should be is parked like one that cannot be handled.
 */
import { MalformedCommit } from "../store/history.ts";
import type { Clock } from "../../platform/clock.ts";
import { type Arrival, type Attempts, attemptsAt } from "./attempts.ts";
import { causeToPark } from "./cause.ts";
import type { DeadLetters } from "./dead-letters.ts";
import type { ParkedMessage, Stage } from "./letter.ts";
import type { StageWork } from "./stage-work.ts";
import { persistence } from "./persistence.ts";

export type PerStream = <M extends object>(
  work: StageWork<M>,
  stored: readonly object[],
) => Promise<void>;

export function perStream(deadLetters: DeadLetters, clock: Clock): PerStream {
  const persistently = persistence(clock);

  return async (work, stored) => {
    const attempts = attemptsAt(work, persistently);
    const arrivals = stored.map((each) => ({ stored: each, identity: work.identify(each) }));
    const byStream = Map.groupBy(arrivals, ({ identity }) => identity.stream);
    const ends = await Promise.allSettled(
      [...byStream].map(([stream, ofOne]) => handleOrPark({ ...work, attempts }, stream, ofOne)),
    );
    const failed = ends.find((end) => end.status === "rejected");
    if (failed !== undefined) throw failed.reason;
  };

  async function handleOrPark(
    work: Working,
    stream: string,
    arrivals: readonly Arrival[],
  ): Promise<void> {
    const { stage, attempts } = work;
    if (await persistently(stage, () => deadLetters.isParked(stage, stream))) {
      const letters = parked(arrivals, "waits behind a parked message of its stream", 0);
      await persistently(stage, () => deadLetters.park(stage, stream, letters));
      return;
    }
    if ((await attempts.together(stream, arrivals)) !== undefined)
      await oneByOne(work, stream, arrivals);
  }

  /** Finds the message that cannot be handled; parks it and what comes after it. */
  async function oneByOne(
    { stage, attempts }: Working,
    stream: string,
    arrivals: readonly Arrival[],
  ): Promise<void> {
    for (const [index, arrival] of arrivals.entries()) {
      const failure = await attempts.alone(stream, arrival);
      if (failure === undefined) continue;
      const { error } = failure;
      await parkCause(stage, arrival, error);
      const behind = parked(arrivals.slice(index + 1), `waits behind ${error.name}`, 0);
      const letters = [...parked([arrival], describe(error), failure.attempts), ...behind];
      await persistently(stage, () => deadLetters.park(stage, stream, letters));
      return;
    }
  }

  /** What a message stumbles over may have passed its feed long ago: it is parked where it can be decided about. */
  async function parkCause(stage: Stage, { identity }: Arrival, error: Error): Promise<void> {
    if (!(error instanceof MalformedCommit)) return;
    if (stage === "projecting" && identity.id === error.document.id) return;
    await persistently("projecting", () =>
      deadLetters.park("projecting", error.stream, [causeToPark(error)]),
    );
  }
}

type Working = { readonly stage: Stage; readonly attempts: Attempts };

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

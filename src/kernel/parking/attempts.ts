/** Attempts at messages, and how they fail. */
import { Malformed } from "../../platform/malformed.ts";
import { PlatformFault } from "../../platform/platform-fault.ts";
import type { Persistence } from "./persistence.ts";
import type { Identity, StageWork } from "./stage-work.ts";

/** Something that a feed has handed over. */
export type Arrival = { readonly stored: object; readonly identity: Identity };

type Failure = { readonly error: Error; readonly attempts: number };

export type Attempts = {
  /** Answers what went wrong with the messages; throws what went wrong with the platform. */
  together(stream: string, arrivals: readonly Arrival[]): Promise<Error | undefined>;
  /** Answers why a message cannot be handled, nor what an operator has decided about it. */
  alone(stream: string, arrival: Arrival): Promise<Failure | undefined>;
};

/** At a message before it is parked; one that is malformed stays so and is tried once. */
const mostAttempts = 3;

export function attemptsAt<M extends object>(
  work: StageWork<M>,
  persistently: Persistence,
): Attempts {
  const attempt = async (stream: string, read: () => readonly M[]): Promise<Error | undefined> => {
    try {
      const messages = read();
      await persistently(work.stage, () => work.handle(stream, messages));
      return undefined;
    } catch (error) {
      if (error instanceof PlatformFault) throw error;
      return error instanceof Error ? error : new Error(String(error));
    }
  };

  const isDoneWith = async (stream: string, { stored, identity }: Arrival): Promise<boolean> => {
    const messages = await persistently(work.stage, () => work.decided(stored, identity));
    return messages !== undefined && (await attempt(stream, () => messages)) === undefined;
  };

  return {
    together: (stream, arrivals) =>
      attempt(stream, () => arrivals.map(({ stored }) => work.read(stored))),
    async alone(stream, arrival) {
      for (let attempts = 1; ; attempts += 1) {
        const error = await attempt(stream, () => [work.read(arrival.stored)]);
        if (error === undefined) return undefined;
        if (!(error instanceof Malformed) && attempts < mostAttempts) continue;
        return (await isDoneWith(stream, arrival)) ? undefined : { error, attempts };
      }
    },
  };
}

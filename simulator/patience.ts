import { setTimeout as pause } from "node:timers/promises";

/** Looks at something until it is right, or the time is over; gives what was seen last. */
export type LookAgain = <Seen>(
  look: () => Promise<Seen>,
  isRight: (seen: Seen) => boolean,
) => Promise<Seen>;

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1_000;

/**
 * Patience with what is right only after a while. The time is one for all that is looked at: a
 * service that has lost a thousand things is not waited for a thousand times.
 */
export const patience = (timeMs: number): LookAgain => {
  const deadlineMs = performance.now() + timeMs;
  return async (look, isRight) => {
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2)) {
      const seen = await look();
      if (isRight(seen) || performance.now() > deadlineMs) return seen;
      await pause(pauseMs);
    }
  };
};

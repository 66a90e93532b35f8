/** Slows guessing down: so many wrong passwords for one address from one place, then a pause. */
export type FailedAttempts = {
  /** Counts an attempt before its password is looked at; false if there were too many. */
  begin: (email: string, place: string) => boolean;
  /** The password was right: what was counted is forgotten. */
  succeed: (email: string, place: string) => void;
};

export const createFailedAttempts = (now: () => number): FailedAttempts => {
  const attempts = new Map<string, { count: number; untilMs: number }>();

  const forgetOld = (): void => {
    for (const [key, { untilMs }] of attempts) if (untilMs <= now()) attempts.delete(key);
  };

  return {
    begin: (email, place) => {
      const key = keyOf(email, place);
      if (attempts.size >= keptAtMost) forgetOld();
      const known = attempts.get(key);
      const isNew = known === undefined || known.untilMs <= now();
      if (isNew && attempts.size >= keptAtMost) return false;
      const attempt = isNew ? { count: 0, untilMs: now() + pauseMs } : known;
      if (attempt.count >= allowedCount) return false;
      attempts.set(key, { ...attempt, count: attempt.count + 1 });
      return true;
    },
    succeed: (email, place) => {
      attempts.delete(keyOf(email, place));
    },
  };
};

/** From the first attempt on; afterwards as many are allowed again. */
export const pauseMs = 5 * 60_000;

const allowedCount = 10;
const keptAtMost = 10_000;

const keyOf = (email: string, place: string): string => JSON.stringify([email, place]);

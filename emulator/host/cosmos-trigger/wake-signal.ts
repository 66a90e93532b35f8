import type { Clock } from "../../shared/clock.ts";

/** Lets a feed sleep until its poll delay is over or somebody knows of a change. */
export type WakeSignal = {
  readonly notify: () => void;
  /** Forgets earlier notifications: call it before reading what they announced. */
  reset(): void;
  /** Resolves after `ms`, at the next `notify`, or at once if there was one since `reset`. */
  wait(ms: number): Promise<void>;
};

export function createWakeSignal(clock: Clock): WakeSignal {
  let isNotified = false;
  let sleeper: AbortController | undefined;

  return {
    notify: () => {
      isNotified = true;
      sleeper?.abort();
    },
    reset: () => {
      isNotified = false;
    },
    wait: async (ms) => {
      if (isNotified) return;
      sleeper = new AbortController();
      await clock.sleep(ms, sleeper.signal);
      sleeper = undefined;
    },
  };
}

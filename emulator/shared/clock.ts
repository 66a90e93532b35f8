/** Time as the emulated services see it. Tests move it by the control door instead of sleeping. */
export type Clock = {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Resolves after `ms` of this clock's time, or at once when the signal is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
};

export type AdjustableClock = Clock & {
  /** Moves time forward; every sleeper whose time has come wakes, the others have less to wait. */
  advance(ms: number): void;
  /** Tells by how much the time was moved, after the sleepers woke; gives the call that ends it. */
  onAdvance(listener: (ms: number) => void): () => void;
};

/** The longest time a timer of the platform can take; longer sleeps take several. */
const longestTimerMs = 2_147_483_647;

/** Runs with the machine's time, plus whatever it was advanced by. */
export function createClock(): AdjustableClock {
  let offsetMs = 0;
  const rearms = new Set<() => void>();
  const listeners = new Set<(ms: number) => void>();
  const now = (): number => Date.now() + offsetMs;

  const sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      const dueAt = now() + ms;
      let timer: NodeJS.Timeout | undefined;
      const wake = (): void => {
        clearTimeout(timer);
        rearms.delete(rearm);
        signal?.removeEventListener("abort", wake);
        resolve();
      };
      /** Sets the timer for what is left, or wakes if nothing is. */
      const rearm = (): void => {
        clearTimeout(timer);
        const leftMs = dueAt - now();
        if (leftMs <= 0) wake();
        else timer = setTimeout(rearm, Math.min(leftMs, longestTimerMs));
      };
      rearms.add(rearm);
      signal?.addEventListener("abort", wake, { once: true });
      timer = setTimeout(rearm, Math.min(ms, longestTimerMs));
      if (signal?.aborted === true) wake();
    });

  const advance = (ms: number): void => {
    offsetMs += ms;
    for (const rearm of [...rearms]) rearm();
    for (const listener of [...listeners]) listener(ms);
  };

  const onAdvance = (listener: (ms: number) => void): (() => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };

  return { now, sleep, advance, onAdvance };
}

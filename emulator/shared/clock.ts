/** Time as the emulated services see it. Tests move it by the control door instead of sleeping. */
export type Clock = {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Resolves after `ms` of this clock's time, or at once when the signal is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
};

export type AdjustableClock = Clock & {
  /** Moves time forward; every sleeper whose time has come wakes. */
  advance(ms: number): void;
};

type Sleeper = { readonly dueAt: number; readonly wake: () => void };

/** Runs with the machine's time, plus whatever it was advanced by. */
export function createClock(): AdjustableClock {
  let offsetMs = 0;
  const sleepers = new Set<Sleeper>();
  const now = (): number => Date.now() + offsetMs;

  const sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      if (signal?.aborted === true) {
        resolve();
        return;
      }
      const wake = (): void => {
        clearTimeout(timer);
        sleepers.delete(sleeper);
        signal?.removeEventListener("abort", wake);
        resolve();
      };
      const sleeper: Sleeper = { dueAt: now() + ms, wake };
      const timer = setTimeout(wake, Math.min(ms, 2_147_483_647));
      sleepers.add(sleeper);
      signal?.addEventListener("abort", wake, { once: true });
    });

  const advance = (ms: number): void => {
    offsetMs += ms;
    for (const sleeper of [...sleepers]) if (sleeper.dueAt <= now()) sleeper.wake();
  };

  return { now, sleep, advance };
}

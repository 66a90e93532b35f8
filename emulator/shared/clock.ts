import { readFileSync, renameSync, writeFileSync } from "node:fs";

/** Time as the emulated services see it. Tests move it by the control door instead of sleeping. */
export type Clock = {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Resolves after `ms` of this clock's time, or at once when the signal is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
};

export type AdjustableClock = Clock & {
  /** By how much this time is ahead of the machine's. */
  aheadMs(): number;
  /**
   * Moves time forward; every sleeper whose time has come wakes, the others have less to wait.
   * @throws TypeError unless it is a whole number of ms, not negative, and leads no further than `mostAheadMs`
   */
  advance(ms: number): void;
  /** Tells by how much the time was moved, after the sleepers woke; gives the call that ends it. */
  onAdvance(listener: (ms: number) => void): () => void;
};

const mostAheadYears = 7_000;

/** Further ahead, dates would soon need a fifth digit of the year: RFC 3339 has four, as do the dates of .NET. */
export const mostAheadMs = mostAheadYears * 365.25 * 86_400_000;

/** The longest time a timer of the platform can take; longer sleeps take several. */
const longestTimerMs = 2_147_483_647;

export type ClockOptions = {
  /**
   * Where the clock keeps by how much it was advanced; one that is created with the same file later
   * goes on in the advanced time. Without it, that is forgotten with the process.
   */
  readonly file?: string;
};

/**
 * Runs with the machine's time, plus whatever it was advanced by.
 * @throws Error when the file holds something else than the advance of a clock: its name, and what to do
 */
export function createClock({ file }: ClockOptions = {}): AdjustableClock {
  let offsetMs = file === undefined ? 0 : readOffset(file);
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
    checkAdvance(ms, offsetMs);
    // Before anyone wakes: what is done in the advanced time must find it again after a restart.
    if (file !== undefined) writeOffset(file, offsetMs + ms);
    offsetMs += ms;
    for (const rearm of [...rearms]) rearm();
    for (const listener of [...listeners]) listener(ms);
  };

  const onAdvance = (listener: (ms: number) => void): (() => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };

  return { now, sleep, aheadMs: () => offsetMs, advance, onAdvance };
}

function checkAdvance(ms: number, aheadMs: number): void {
  if (!Number.isSafeInteger(ms) || ms < 0)
    throw new TypeError("A clock is advanced by a whole number of ms, not negative.");
  if (aheadMs + ms <= mostAheadMs) return;
  throw new TypeError(
    `A clock is at most ${mostAheadYears} years ahead of the machine's time (${mostAheadMs} ms); ` +
      `this one is ahead by ${aheadMs} ms.`,
  );
}

/** What the file holds: milliseconds. */
type Kept = { readonly offsetMs: number };

function readOffset(file: string): number {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return 0;
    throw error;
  }
  const offsetMs = offsetIn(text);
  if (offsetMs !== undefined) return offsetMs;
  throw new Error(
    `${file} does not tell how far the clock was advanced: {"offsetMs": ms}, a whole number from 0 to ${mostAheadMs}. ` +
      "Correct the number, or delete the file to return to the machine's time.",
  );
}

function offsetIn(text: string): number | undefined {
  try {
    const { offsetMs = Number.NaN } = JSON.parse(text) as Partial<Kept>;
    const isFit = Number.isSafeInteger(offsetMs) && offsetMs >= 0 && offsetMs <= mostAheadMs;
    return isFit ? offsetMs : undefined;
  } catch {
    return undefined; // no JSON, or null
  }
}

/** By a rename, so that a process killed meanwhile leaves the earlier offset or this one. */
function writeOffset(file: string, offsetMs: number): void {
  const kept: Kept = { offsetMs };
  const draft = `${file}.new`;
  writeFileSync(draft, JSON.stringify(kept), { flush: true });
  renameSync(draft, file);
}

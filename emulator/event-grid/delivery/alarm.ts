import type { Clock } from "../../shared/clock.ts";

/** Rings once for the earliest time it was set to. */
export type Alarm = {
  set(atMs: number): void;
  stop(): void;
};

export function createAlarm(clock: Clock, ring: () => void): Alarm {
  let armed: { readonly atMs: number; readonly cancel: AbortController } | undefined;
  let isStopped = false;

  return {
    set: (atMs) => {
      if (isStopped || (armed !== undefined && armed.atMs <= atMs)) return;
      armed?.cancel.abort();
      const cancel = new AbortController();
      armed = { atMs, cancel };
      void clock.sleep(Math.max(0, atMs - clock.now()), cancel.signal).then(() => {
        if (cancel.signal.aborted) return;
        armed = undefined;
        ring();
      });
    },
    stop: () => {
      isStopped = true;
      armed?.cancel.abort();
    },
  };
}

import { setTimeout as pause } from "node:timers/promises";

/** Resolves when the next request may be sent. */
export type Pace = () => Promise<void>;

/** At most so many requests a second, evenly spread over all clients; 0 sets no limit. */
export const pace = (requestsPerSecond: number): Pace => {
  if (requestsPerSecond === 0) return () => Promise.resolve();
  const gapMs = 1000 / requestsPerSecond;
  let nextAtMs = 0;
  return async () => {
    const nowMs = performance.now();
    const turnAtMs = Math.max(nowMs, nextAtMs);
    nextAtMs = turnAtMs + gapMs;
    if (turnAtMs > nowMs) await pause(turnAtMs - nowMs);
  };
};

import type { HttpConfiguration } from "../settings.ts";

/** host.json `maxOutstandingRequests` and `maxConcurrentRequests` over all HTTP functions. */
export type Throttle = {
  /** Runs `work` when its turn comes; `false` at once when too many are outstanding. */
  run(work: () => Promise<void>): Promise<boolean>;
};

export function createThrottle(limits: HttpConfiguration): Throttle {
  const queue: (() => void)[] = [];
  let outstanding = 0;
  let running = 0;

  const turn = (): Promise<void> =>
    new Promise((resolve) => {
      queue.push(resolve);
    });

  const run = async (work: () => Promise<void>): Promise<boolean> => {
    if (outstanding >= limits.maxOutstandingRequests) return false;
    outstanding += 1;
    if (running >= limits.maxConcurrentRequests) await turn();
    else running += 1;
    try {
      await work();
    } finally {
      outstanding -= 1;
      // The next in the queue takes over this one's place among the running.
      const next = queue.shift();
      if (next === undefined) running -= 1;
      else next();
    }
    return true;
  };

  return { run };
}

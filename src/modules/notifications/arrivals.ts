/**
 * News within this instance that something has come in for an account: a request that waits hears of it at once. What
 * another instance has stored is found by looking; hearing nothing means nothing.
 */
export type Arrivals = {
  announce(accountId: string): void;
  listen(accountId: string): Listening;
};

export type Listening = {
  /** Until something has come in since the last call (or since listening began), or the time is up. */
  next(withinMs: number): Promise<void>;
  stop(): void;
};

export function arrivals(): Arrivals {
  const listeners = new Map<string, Set<() => void>>();

  return {
    announce(accountId) {
      for (const listener of listeners.get(accountId) ?? []) listener();
    },
    listen(accountId) {
      let hasArrived = false;
      let wake = (): void => undefined;
      const listener = (): void => {
        hasArrived = true;
        wake();
      };
      const existing = listeners.get(accountId);
      if (existing === undefined) listeners.set(accountId, new Set([listener]));
      else existing.add(listener);
      return {
        async next(withinMs) {
          if (!hasArrived)
            await new Promise<void>((resolve) => {
              const timer = setTimeout(resolve, withinMs);
              wake = () => {
                clearTimeout(timer);
                resolve();
              };
            });
          hasArrived = false;
        },
        stop() {
          const remaining = listeners.get(accountId);
          remaining?.delete(listener);
          if (remaining?.size === 0) listeners.delete(accountId);
        },
      };
    },
  };
}

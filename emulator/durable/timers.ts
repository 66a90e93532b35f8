import { describeError } from "../host/log.ts";
import type { HubServices } from "./hub-services.ts";
import { logCategory, repairDelayMs } from "./hub-services.ts";

/** Turns timers into messages when they are due by the host's clock. */
export type Timers = {
  /** Looks again when the next timer is due. */
  rearm(): void;
  /** Resolves when the loop has ended, after the host began to stop. */
  readonly ended: Promise<void>;
};

/** Timers that fire in one transaction. */
const maxGroupSize = 500;

const longestSleepMs = 86_400_000;

export function startTimers(
  { store, clock, logger, stopping }: HubServices,
  notify: (instances: readonly number[]) => void,
): Timers {
  let sleep = new AbortController();
  let armedForMs: number | undefined;
  const isStopping = (): boolean => stopping.aborted;

  const fire = async (): Promise<void> => {
    try {
      notify(await store.write(() => store.fireTimers(clock.now(), maxGroupSize)));
    } catch (error) {
      if (isStopping()) return;
      logger.write("error", logCategory, `Timers did not fire: ${describeError(error)}`);
      await clock.sleep(repairDelayMs, stopping);
    }
  };

  stopping.addEventListener("abort", () => {
    sleep.abort();
  });

  const run = async (): Promise<void> => {
    while (!isStopping()) {
      sleep = new AbortController();
      armedForMs = store.executions.nextDueMs();
      const leftMs = armedForMs === undefined ? longestSleepMs : armedForMs - clock.now();
      if (leftMs > 0) {
        await clock.sleep(leftMs, sleep.signal);
      } else {
        await fire();
      }
    }
  };

  return {
    rearm: () => {
      if (store.executions.nextDueMs() !== armedForMs) sleep.abort();
    },
    ended: run(),
  };
}

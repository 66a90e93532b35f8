import { describeError } from "../host/log.ts";
import type { HubServices } from "./hub-services.ts";
import { logCategory, repairDelayMs } from "./hub-services.ts";
import { createTurns } from "./turns.ts";

/** Gives the instances their turns: one at a time to each, several at a time in all. */
export type Orchestrations = {
  /** Tells that these instances may have something to do. */
  notify(instances: readonly number[]): void;
  /** Resolves when no turn is running; with the host stopping, none begins any more. */
  idle(): Promise<void>;
};

/** @param onSaved called after each turn: it may have ordered activities or set timers */
export function createOrchestrations(
  services: HubServices,
  maxConcurrent: number,
  onSaved: () => void,
): Orchestrations {
  const { clock, logger, stopping } = services;
  const turns = createTurns(services);
  const ready = new Set<number>();
  const running = new Set<number>();
  /** Those that were told something during their turn. */
  const toldMeanwhile = new Set<number>();
  const waiting: (() => void)[] = [];

  /** Gives whether another turn can follow. */
  const takeTurn = async (number: number): Promise<boolean> => {
    try {
      const { hasMore, notified } = await turns.take(number);
      notify(notified);
      onSaved();
      return hasMore;
    } catch (error) {
      logger.write("error", logCategory, `A turn failed and is repeated: ${describeError(error)}`);
      await clock.sleep(repairDelayMs, stopping);
      return true;
    }
  };

  const run = async (number: number): Promise<void> => {
    running.add(number);
    const hasMore = await takeTurn(number);
    running.delete(number);
    if (toldMeanwhile.delete(number) || hasMore) ready.add(number);
    pump();
  };

  const pump = (): void => {
    for (const number of ready) {
      if (stopping.aborted || running.size >= maxConcurrent) break;
      ready.delete(number);
      void run(number);
    }
    if (running.size === 0) for (const resolve of waiting.splice(0)) resolve();
  };

  const notify = (instances: readonly number[]): void => {
    for (const number of instances) {
      if (running.has(number)) toldMeanwhile.add(number);
      else ready.add(number);
    }
    pump();
  };

  return {
    notify,
    idle: () =>
      new Promise((resolve) => {
        waiting.push(resolve);
        pump();
      }),
  };
}

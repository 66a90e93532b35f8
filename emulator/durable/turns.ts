import { describeError } from "../host/log.ts";
import type { HubServices } from "./hub-services.ts";
import { logCategory } from "./hub-services.ts";
import { takeBatch, type Batch } from "./engine/batch.ts";
import { isFinished, isFresh, type Instance } from "./engine/instance.ts";
import { createInstanceCache } from "./instance-cache.ts";
import { createOrchestratorCall } from "./orchestrator-call.ts";
import { saveTurn, type SavedTurn } from "./save-turn.ts";
import { isOfEnvironment } from "./storage/database.ts";
import {
  abandon,
  completeTurn,
  failWithoutReplay,
  noteControls,
  openingEvents,
  terminate,
  type Turn,
} from "./engine/turn.ts";

/** Takes single turns of instances. */
export type Turns = {
  /**
   * Processes what waits for an instance, and saves the outcome.
   * @throws Error when it was not saved; the turn can then be taken again
   */
  take(instance: number): Promise<TakenTurn>;
};

type TakenTurn = {
  /** Whether another turn can follow at once. */
  readonly hasMore: boolean;
  /** Other instances that were told something. */
  readonly notified: readonly number[];
};

/** Messages one turn takes at most. */
const maxBatchSize = 1_000;

const idle: TakenTurn = { hasMore: false, notified: [] };

export function createTurns(services: HubServices): Turns {
  const { store, clock, logger, functions, timerLimits } = services;
  const cache = createInstanceCache(store.load);
  const call = createOrchestratorCall(services);

  const decide = async (instance: Instance, batch: Batch): Promise<Turn> => {
    if (batch.terminated !== undefined) return terminate(batch, batch.terminated);
    const hasWork = isFresh(instance) || batch.taken.length > 0;
    if (batch.isSuspended || !hasWork) return noteControls(batch);
    const target = functions.find("sub-orchestration", instance.name);
    if (target === undefined) return abandon(instance, batch);
    const outcome = await call(target, instance, openingEvents(instance, batch));
    try {
      return completeTurn(instance, batch, outcome, {
        limits: timerLimits,
        isFunction: functions.has,
      });
    } catch (error) {
      return giveUp(instance, batch, error);
    }
  };

  /** What a turn runs into by itself, it would run into again. */
  const giveUp = ({ name, id }: Instance, batch: Batch, error: unknown): Turn => {
    const reason = error instanceof Error ? error.message : String(error);
    const message = `A turn of '${name}' (instance '${id}') failed: ${describeError(error)}`;
    logger.write("error", logCategory, message);
    return failWithoutReplay(batch, `Orchestrator function '${name}' failed: ${reason}`);
  };

  const save = async (instance: Instance, batch: Batch, turn: Turn): Promise<SavedTurn> => {
    const write = (saved: Turn): Promise<SavedTurn> =>
      store.write(() => saveTurn(store, instance, { batch, turn: saved, nowMs: clock.now() }));
    try {
      return await write(turn);
    } catch (error) {
      if (isOfEnvironment(error)) throw error;
      return write(giveUp(instance, batch, error));
    }
  };

  const warn = ({ name, id }: Instance, { continueAsNew }: Turn): void => {
    if (continueAsNew === undefined) return;
    const { input, lost } = continueAsNew;
    const beginning = `'${name}' (instance '${id}') continued as new`;
    if (lost > 0) {
      const message = `${beginning}: ${lost} unread external event(s) are lost.`;
      logger.write("warning", logCategory, message);
    }
    if (input?.startsWith('"') === true) {
      const message = `${beginning} with a text, which arrives in additional quotes, as in Azure.`;
      logger.write("warning", logCategory, `${message} Pass an object.`);
    }
  };

  return {
    take: async (number) => {
      const instance = cache.read(number);
      if (instance === undefined || isFinished(instance.status)) return idle;
      const inbox = store.inbox.read(number, maxBatchSize);
      const nowMs = Math.max(clock.now(), instance.updatedMs);
      const batch = takeBatch(instance, inbox, nowMs);
      const canBegin = isFresh(instance) && !batch.isSuspended;
      if (batch.consumed.length === 0 && !canBegin) return idle;
      const turn = await decide(instance, batch);
      cache.keep(number, undefined);
      const { next, notified } = await save(instance, batch, turn);
      warn(instance, turn);
      cache.keep(number, next);
      return { hasMore: inbox.length === maxBatchSize, notified };
    },
  };
}

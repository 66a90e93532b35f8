import type { HubServices } from "./hub-services.ts";
import { logCategory } from "./hub-services.ts";
import { takeBatch, type Batch } from "./engine/batch.ts";
import { isFinished, isFresh, type Instance } from "./engine/instance.ts";
import { createInstanceCache } from "./instance-cache.ts";
import { createOrchestratorCall } from "./orchestrator-call.ts";
import { saveTurn } from "./save-turn.ts";
import {
  abandon,
  completeTurn,
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
  const { store, clock, logger, functions } = services;
  const cache = createInstanceCache(store.load);
  const call = createOrchestratorCall(services);

  const decide = async (instance: Instance, batch: Batch): Promise<Turn> => {
    if (batch.terminated !== undefined) return terminate(batch, batch.terminated);
    const hasWork = isFresh(instance) || batch.taken.length > 0;
    if (batch.isSuspended || !hasWork) return noteControls(instance, batch);
    const target = functions.find("sub-orchestration", instance.name);
    if (target === undefined) return abandon(instance, batch);
    const outcome = await call(target, instance, openingEvents(instance, batch));
    return completeTurn(instance, batch, outcome, functions.has);
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
      const message = `${beginning} with a text, which in Azure gets additional quotes.`;
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
      const { next, notified } = await store.write(() => saveTurn(store, instance, batch, turn));
      warn(instance, turn);
      cache.keep(number, next);
      return { hasMore: batch.hasMore || inbox.length === maxBatchSize, notified };
    },
  };
}

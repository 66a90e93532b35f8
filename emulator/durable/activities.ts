import { describeError } from "../host/log.ts";
import type { TypedData } from "../host/typed-data.ts";
import type { HubServices } from "./hub-services.ts";
import { logCategory, repairDelayMs } from "./hub-services.ts";
import type { Message } from "./engine/instance.ts";
import { missingFunction } from "./engine/failures.ts";
import type { ActivityOrder } from "./storage/queues.ts";

/** Runs the activities that were ordered, in order, several at a time. */
export type Activities = {
  /** Begins what can begin. */
  pump(): void;
  /** Resolves when none is running; with the host stopping, none begins any more. */
  idle(): Promise<void>;
};

export function createActivities(
  services: HubServices,
  maxConcurrent: number,
  notify: (instances: readonly number[]) => void,
): Activities {
  const { store, stopping } = services;
  const waiting: (() => void)[] = [];
  /** Every order up to this number was begun since the start of the host. */
  let begunUpTo = 0;
  let running = 0;

  const run = async (order: ActivityOrder): Promise<void> => {
    const message = await answerOf(services, order);
    await deliver(services, order, message);
    running -= 1;
    notify([order.instance]);
    pump();
  };

  const pump = (): void => {
    const free = stopping.aborted ? 0 : maxConcurrent - running;
    const orders = free > 0 ? store.activities.read(begunUpTo, free) : [];
    for (const order of orders) {
      begunUpTo = order.number;
      running += 1;
      void run(order);
    }
    if (running === 0) for (const resolve of waiting.splice(0)) resolve();
  };

  return {
    pump,
    idle: () =>
      new Promise((resolve) => {
        waiting.push(resolve);
        pump();
      }),
  };
}

async function answerOf(services: HubServices, order: ActivityOrder): Promise<Message> {
  const { name, input, instanceId, executionId, taskId } = order;
  const traceparent = order.traceparent ?? undefined;
  const target = services.functions.find("activity", name);
  if (target === undefined) {
    const reason = missingFunction("activity", name);
    return { kind: "task-failed", executionId, taskId, reason, details: "" };
  }
  const data: TypedData = input === null ? {} : { string: input };
  const triggerMetadata = { instanceId: { string: instanceId } };
  try {
    const response = await services.invoker.invoke(target, { data, triggerMetadata, traceparent });
    const result = toJson(response.returnValue);
    return { kind: "task-completed", executionId, taskId, result };
  } catch (error) {
    const { message, stack } = error instanceof Error ? error : new Error(String(error));
    const reason = `Activity function '${name}' failed: ${message}`;
    return { kind: "task-failed", executionId, taskId, reason, details: stack ?? "" };
  }
}

/** What an activity returned, as JSON. */
function toJson(value: TypedData | null | undefined): string | null {
  if (value?.json !== undefined) return value.json;
  if (value?.string !== undefined) return JSON.stringify(value.string);
  if (value?.bytes !== undefined) {
    return JSON.stringify(Buffer.from(value.bytes).toString("base64"));
  }
  const number = value?.int ?? value?.double;
  return number === undefined ? null : JSON.stringify(number);
}

/** Strikes off the order and tells the instance, in one transaction. */
async function deliver(
  { store, clock, logger, stopping }: HubServices,
  { number, instance }: ActivityOrder,
  message: Message,
): Promise<void> {
  for (;;) {
    try {
      await store.write(() => {
        store.activities.remove(number);
        store.send(instance, message);
      });
      return;
    } catch (error) {
      // Not saved: while stopping this is left to the next host, which runs the activity again.
      if (stopping.aborted) return;
      logger.write("error", logCategory, `An answer was not saved: ${describeError(error)}`);
      await clock.sleep(repairDelayMs, stopping);
    }
  }
}

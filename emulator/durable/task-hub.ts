import { randomBytes } from "node:crypto";
import type { HostServices } from "../host/trigger-kind.ts";
import { createActivities } from "./activities.ts";
import type { DurableFunctions, HubServices } from "./hub-services.ts";
import { createOperations, type Operations } from "./management/operations.ts";
import type { DurableOptions } from "./options.ts";
import { createOrchestrations } from "./orchestrations.ts";
import { openStore } from "./storage/store.ts";
import { startTimers } from "./timers.ts";

/** A running task hub. */
export type TaskHub = {
  readonly operations: Operations;
  /** Key to the webhooks, made with the hub and kept with it. */
  readonly systemKey: string;
  /** Begins nothing new; resolves when what was running has ended and is saved. */
  drain(): Promise<void>;
  /** Closes the file: from now on every operation is refused. */
  close(): void;
};

/**
 * Opens the hub of a state directory and goes on with every instance in it.
 * @throws Error when another host has it open
 */
export async function openTaskHub(
  host: HostServices,
  functions: DurableFunctions,
  options: DurableOptions,
): Promise<TaskHub> {
  const store = openStore(host.stateDirectory, options.hubName);
  const stop = new AbortController();
  const services: HubServices = {
    clock: host.clock,
    logger: host.logger,
    invoker: host.invoker,
    store,
    functions,
    timerLimits: options.timerLimits,
    faults: host.durableFaults,
    stopping: stop.signal,
  };
  const notify = (instances: readonly number[]): void => {
    orchestrations.notify(instances);
  };
  const activities = createActivities(services, options.maxConcurrentActivities, notify);
  const orchestrations = createOrchestrations(services, options.maxConcurrentOrchestrators, () => {
    activities.pump();
    timers.rearm();
  });
  const systemKey = await store.write(() =>
    store.keepSetting("system-key", randomBytes(24).toString("base64url")),
  );
  const timers = startTimers(services, notify);
  activities.pump();
  notify(store.instances.listReady());

  return {
    operations: createOperations(services, notify),
    systemKey,
    drain: async () => {
      stop.abort();
      await Promise.all([orchestrations.idle(), activities.idle(), timers.ended]);
    },
    close: store.close,
  };
}

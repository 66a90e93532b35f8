import { randomUUID } from "node:crypto";
import type { DeliveryServices } from "../delivery/delivery-services.ts";
import type { DeliveryRecord } from "../delivery/statistics.ts";
import type { Registry, Runtime } from "../registry.ts";
import { noCounts, type Counts } from "../storage/store.ts";
import {
  defineSubscription,
  type ProvisioningState,
  type SubscriptionDefinition,
} from "../subscription.ts";
import { shakeHands } from "./handshake.ts";

export type SubscriptionInfo = {
  readonly topic: string;
  readonly name: string;
  readonly definition: SubscriptionDefinition;
  readonly state: ProvisioningState;
  readonly counts: Counts & {
    /** Events still to be delivered, now or later. */
    readonly waiting: number;
    /** Undeliverable ones still to be written to storage. */
    readonly waitingDeadLetters: number;
  };
};

export type Subscriptions = {
  /**
   * Creates the subscription, or updates it, once its endpoint has agreed; what waits is from then
   * on delivered by the new definition.
   * @throws EventGridError 400 for a definition or an endpoint that will not do, 404 for the topic
   */
  create(
    topic: string,
    name: string,
    definition: SubscriptionDefinition,
  ): Promise<SubscriptionInfo>;
  /** Of one topic, or all. */
  list(topic?: string): readonly SubscriptionInfo[];
  /** The latest attempts since the start, newest first. @throws EventGridError 404 */
  deliveries(topic: string, name: string): readonly DeliveryRecord[];
  /** With everything that waits to be delivered. @throws EventGridError 404 */
  delete(topic: string, name: string): Promise<void>;
};

export type SubscriptionControl = Subscriptions & {
  /** Ends the handshake whose validationUrl bears this token; false when it is too late. */
  validate(token: string): Promise<boolean>;
};

/** Documentation: "Endpoint validation with Event Grid event schema", asynchronous handshake. */
const manualValidationWithinMs = 10 * 60_000;

type OpenHandshake = { readonly topic: string; readonly name: string; readonly until: number };

/** @param validationUrlOf the URL that ends a handshake by hand */
export function createSubscriptions(
  registry: Registry,
  services: DeliveryServices,
  validationUrlOf: (token: string) => string,
): SubscriptionControl {
  const { store, clock } = services;
  const handshakes = new Map<string, OpenHandshake>();

  const create: Subscriptions["create"] = async (topicName, name, definition) => {
    const topic = registry.topic(topicName);
    const defined = defineSubscription(topic, name, definition);
    const token = randomUUID();
    const state = await shakeHands(defined, validationUrlOf(token), services);
    if (state === "AwaitingManualAction") {
      const until = clock.now() + manualValidationWithinMs;
      handshakes.set(token, { topic: topic.name, name, until });
    }
    const earlier = registry.findRuntime(topic.name, name);
    if (earlier !== undefined) await retire(earlier, services);
    const row = { topic: topic.name, name: earlier?.subscription.name ?? name, definition, state };
    const number = await store.transactions.run(() => store.saveSubscription(row));
    const counts = earlier?.statistics.counts() ?? noCounts;
    return describe(registry.install({ ...defined, name: row.name, number }, state, counts));
  };

  /** The state, after a look at the clock: a handshake does not stay open for ever. */
  const stateOf = ({ state, subscription }: Runtime): ProvisioningState => {
    if (state !== "AwaitingManualAction") return state;
    const isOpen = [...handshakes.values()].some(
      ({ topic, name, until }) =>
        topic === subscription.topic.name && name === subscription.name && until > clock.now(),
    );
    return isOpen ? state : "Failed";
  };

  const describe = (runtime: Runtime): SubscriptionInfo => ({
    topic: runtime.subscription.topic.name,
    name: runtime.subscription.name,
    definition: runtime.subscription.definition,
    state: stateOf(runtime),
    counts: {
      ...runtime.statistics.counts(),
      waiting: runtime.queue.size(),
      waitingDeadLetters: runtime.deadLetters.size(),
    },
  });

  const validate = async (token: string): Promise<boolean> => {
    const open = handshakes.get(token);
    if (open === undefined || open.until <= clock.now()) return false;
    const runtime = registry.findRuntime(open.topic, open.name);
    if (runtime?.state !== "AwaitingManualAction") return false;
    handshakes.delete(token);
    const { topic, name, definition } = runtime.subscription;
    await store.transactions.run(() =>
      store.saveSubscription({ topic: topic.name, name, definition, state: "Succeeded" }),
    );
    runtime.state = "Succeeded";
    return true;
  };

  return {
    create,
    validate,
    list: (topic) => {
      const of = topic === undefined ? undefined : registry.topic(topic);
      return registry.runtimes(of).map(describe);
    },
    deliveries: (topic, name) => registry.runtime(topic, name).statistics.recent(),
    delete: async (topic, name) =>
      removeSubscription(registry.runtime(topic, name), registry, services),
  };
}

/** Ends the work of a subscription; what it has not delivered stays in the store. */
export async function retire(
  { queue, deadLetters }: Runtime,
  { store }: DeliveryServices,
): Promise<void> {
  await Promise.all([queue.stop(), deadLetters.stop()]);
  store.transactions.flush();
}

export async function removeSubscription(
  runtime: Runtime,
  registry: Registry,
  services: DeliveryServices,
): Promise<void> {
  registry.uninstall(runtime);
  await retire(runtime, services);
  await services.store.transactions.run(() => {
    services.store.removeSubscription(runtime.subscription.number);
  });
}

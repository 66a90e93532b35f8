import { createDeadLetterQueue, type DeadLetterQueue } from "./delivery/dead-letter-queue.ts";
import { createDeliveryQueue, type DeliveryQueue } from "./delivery/delivery-queue.ts";
import type { DeliveryServices } from "./delivery/delivery-services.ts";
import { createStatistics, type Statistics } from "./delivery/statistics.ts";
import { EventGridError } from "./errors.ts";
import type { Counts } from "./storage/store.ts";
import { defineSubscription, type ProvisioningState, type Subscription } from "./subscription.ts";
import { defineTopic, type Topic } from "./topic.ts";

/** A subscription at work. */
export type Runtime = {
  readonly subscription: Subscription;
  readonly statistics: Statistics;
  readonly deadLetters: DeadLetterQueue;
  readonly queue: DeliveryQueue;
  state: ProvisioningState;
};

/** The topics and subscriptions there are, by name in any case. */
export type Registry = {
  topics(): readonly Topic[];
  /** @throws EventGridError 404 */
  topic(name: string): Topic;
  findTopic(name: string): Topic | undefined;
  putTopic(topic: Topic): void;
  removeTopic(topic: Topic): void;
  /** Of one topic, or all. */
  runtimes(topic?: Topic): readonly Runtime[];
  /** @throws EventGridError 404 */
  runtime(topic: string, name: string): Runtime;
  findRuntime(topic: string, name: string): Runtime | undefined;
  /** Puts a subscription to work: it delivers what the store holds for it. */
  install(subscription: Subscription, state: ProvisioningState, counts: Counts): Runtime;
  uninstall(runtime: Runtime): void;
};

/** Makes the registry of what is in the store. */
export function openRegistry(services: DeliveryServices): Registry {
  const { store } = services;
  const topics = new Map<string, Topic>();
  const runtimes = new Map<string, Runtime>();
  const keyOf = (topic: string, name: string): string => `${topic}/${name}`.toLowerCase();

  const findTopic = (name: string): Topic | undefined => topics.get(name.toLowerCase());
  const topic = (name: string): Topic => {
    const found = findTopic(name);
    if (found === undefined) throw new EventGridError(404, `There is no topic "${name}".`);
    return found;
  };
  const findRuntime = (topicName: string, name: string): Runtime | undefined =>
    runtimes.get(keyOf(topicName, name));

  const install: Registry["install"] = (subscription, state, counts) => {
    const statistics = createStatistics(store, subscription.number, counts);
    const deadLetters = createDeadLetterQueue(subscription, statistics, services);
    const queue = createDeliveryQueue({ subscription, statistics, deadLetters }, services);
    const runtime: Runtime = { subscription, statistics, deadLetters, queue, state };
    runtimes.set(keyOf(subscription.topic.name, subscription.name), runtime);
    return runtime;
  };

  for (const { name, ...definition } of store.topics()) {
    topics.set(name.toLowerCase(), defineTopic(name, definition, undefined));
  }
  for (const row of store.subscriptions()) {
    const defined = defineSubscription(topic(row.topic), row.name, row.definition);
    // A handshake that was open has ended with the process that knew its token.
    const state = row.state === "AwaitingManualAction" ? "Failed" : row.state;
    install({ ...defined, number: row.number }, state, row.counts);
  }

  return {
    topics: () => [...topics.values()],
    topic,
    findTopic,
    putTopic: (put) => topics.set(put.name.toLowerCase(), put),
    removeTopic: ({ name }) => topics.delete(name.toLowerCase()),
    runtimes: (of) =>
      [...runtimes.values()].filter(
        ({ subscription }) => of === undefined || subscription.topic.name === of.name,
      ),
    runtime: (topicName, name) => {
      const found = findRuntime(topicName, name);
      if (found !== undefined) return found;
      throw new EventGridError(404, `There is no subscription "${name}" of "${topicName}".`);
    },
    findRuntime,
    install,
    uninstall: ({ subscription }) =>
      runtimes.delete(keyOf(subscription.topic.name, subscription.name)),
  };
}

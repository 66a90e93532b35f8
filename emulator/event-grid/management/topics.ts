import type { DeliveryServices } from "../delivery/delivery-services.ts";
import type { Registry } from "../registry.ts";
import { defineTopic, type Topic, type TopicDefinition } from "../topic.ts";
import { removeSubscription } from "./subscriptions.ts";

export type TopicInfo = Topic & {
  /** Where to publish: the URL to give to the client of `@azure/eventgrid`. */
  readonly endpoint: string;
};

/** What can be done with topics; names are the same in any case, as in Azure. */
export type Topics = {
  /**
   * Creates the topic, or updates it: doing it again changes nothing.
   * @throws EventGridError 400
   */
  create(name: string, definition?: TopicDefinition): Promise<TopicInfo>;
  list(): readonly TopicInfo[];
  /** With its subscriptions and everything that waits to be delivered. */
  delete(name: string): Promise<void>;
};

/** @param endpointOf the URL at which events are published to a topic */
export function createTopics(
  registry: Registry,
  services: DeliveryServices,
  endpointOf: (topic: Topic) => string,
): Topics {
  const { store } = services;
  const describe = (topic: Topic): TopicInfo => ({ ...topic, endpoint: endpointOf(topic) });

  return {
    create: async (name, definition = {}) => {
      const created = defineTopic(name, definition, registry.findTopic(name));
      await store.transactions.run(() => {
        store.saveTopic(created.name, created);
      });
      registry.putTopic(created);
      return describe(created);
    },
    list: () => registry.topics().map(describe),
    delete: async (name) => {
      const topic = registry.topic(name);
      for (const runtime of registry.runtimes(topic)) {
        await removeSubscription(runtime, registry, services);
      }
      registry.removeTopic(topic);
      await store.transactions.run(() => {
        store.removeTopic(topic.name);
      });
    },
  };
}

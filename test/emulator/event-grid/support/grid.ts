import type { TestContext } from "node:test";
import { AzureKeyCredential, EventGridPublisherClient } from "@azure/eventgrid";
import {
  startEventGrid,
  type EventGrid,
  type EventGridOptions,
  type SubscriptionDefinition,
  type SubscriptionInfo,
  type TopicInfo,
} from "../../../../emulator/event-grid/index.ts";
import { createClock, type AdjustableClock } from "../../../../emulator/shared/clock.ts";
import { openEndpoint, type Endpoint } from "./endpoint.ts";

type Counts = SubscriptionInfo["counts"];

/** A service with one topic of each schema, clients for them, and a webhook. */
export type GridWorld = {
  readonly grid: EventGrid;
  readonly clock: AdjustableClock;
  readonly topic: TopicInfo;
  readonly cloudTopic: TopicInfo;
  readonly client: EventGridPublisherClient<"EventGrid">;
  readonly cloudClient: EventGridPublisherClient<"CloudEvent">;
  readonly endpoint: Endpoint;
  /** Subscribes the webhook to the topic; what is not given of the definition is the default. */
  subscribe(rest?: Partial<SubscriptionDefinition>, name?: string): Promise<void>;
  /** Publishes events with these ids. */
  publish(...ids: string[]): Promise<void>;
  counts(name?: string): Counts;
  /** Resolves when the counts of the subscription meet the condition. */
  untilCounts(condition: (counts: Counts) => boolean, name?: string): Promise<void>;
};

/** Opened for one test, at whose end it is closed. */
export async function openGridWorld(
  test: TestContext,
  options: Partial<EventGridOptions> = {},
): Promise<GridWorld> {
  const clock = options.clock ?? createClock();
  const grid = await startEventGrid({ file: ":memory:", clock, port: 0, ...options });
  test.after(() => grid.close());
  const endpoint = await openEndpoint(test);
  const topic = await grid.topics.create("orders");
  const cloudTopic = await grid.topics.create("clouds", { inputSchema: "CloudEventSchemaV1_0" });
  const clientOptions = { allowInsecureConnection: true, retryOptions: { maxRetries: 0 } };
  const credential = new AzureKeyCredential(topic.key1);
  const client = new EventGridPublisherClient(
    topic.endpoint,
    "EventGrid",
    credential,
    clientOptions,
  );
  const cloudClient = new EventGridPublisherClient(
    cloudTopic.endpoint,
    "CloudEvent",
    new AzureKeyCredential(cloudTopic.key2),
    clientOptions,
  );
  const counts = (name = "hook"): Counts => {
    const found = grid.subscriptions.list().find((subscription) => subscription.name === name);
    if (found === undefined) throw new Error(`There is no subscription "${name}".`);
    return found.counts;
  };

  return {
    grid,
    clock,
    topic,
    cloudTopic,
    client,
    cloudClient,
    endpoint,
    subscribe: async (rest = {}, name = "hook") => {
      const destination = webhook(endpoint);
      await grid.subscriptions.create("orders", name, { destination, ...rest });
    },
    publish: (...ids) => client.send(ids.map((id) => order(id))),
    counts,
    untilCounts: async (condition, name) => {
      while (!condition(counts(name))) await turn();
    },
  };
}

export function webhook(
  { url }: Pick<Endpoint, "url">,
  rest: Partial<SubscriptionDefinition["destination"]["properties"]> = {},
): SubscriptionDefinition["destination"] {
  return { endpointType: "WebHook", properties: { endpointUrl: url, ...rest } };
}

type Order = {
  readonly id: string;
  readonly eventType: string;
  readonly subject: string;
  readonly dataVersion: string;
  readonly data: Readonly<Record<string, unknown>>;
};

/** An event in the Event Grid schema, as the client takes it. */
export function order(id: string, rest: Partial<Order> = {}): Order {
  return {
    id,
    eventType: "OrderPlaced",
    subject: `/orders/${id}`,
    dataVersion: "1.0",
    data: {},
    ...rest,
  };
}

/** One turn of the event loop: for conditions within this process that nothing announces. */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 1);
  });
}

/** The topic as an operator works with it: its subscriptions' counts, and publishing again what it had before. */
import assert from "node:assert/strict";
import { localKeys } from "../../scripts/local-azure.ts";
import { topicName } from "../../src/subscriptions.ts";
import type { Json } from "./client.ts";

/** How many events a subscription has matched, and what has become of them. */
type Counts = Readonly<
  Record<"matched" | "delivered" | "failedAttempts" | "waitingDeadLetters" | "deadLettered", number>
>;

type SubscriptionShown = {
  readonly name: string;
  readonly counts: Counts;
  readonly definition: {
    readonly deadLetterDestination?: { readonly properties: Readonly<Record<string, string>> };
  };
};

export type TopicOperator = {
  subscriptions(): Promise<readonly SubscriptionShown[]>;
  /** By the subscription's name. */
  counts(): Promise<ReadonlyMap<string, Counts>>;
  /** Takes events to the topic as a publisher does. */
  publish(events: readonly Json[]): Promise<void>;
};

const maxBatchSize = 200;

export function topicAt(eventGridUrl: string): TopicOperator {
  const subscriptions = async (): Promise<readonly SubscriptionShown[]> => {
    const response = await fetch(`${eventGridUrl}/subscriptions`);
    return ((await response.json()) as { subscriptions: SubscriptionShown[] }).subscriptions;
  };
  const publishTogether = async (events: readonly Json[]): Promise<void> => {
    const url = `${eventGridUrl}/${topicName}/api/events?api-version=2018-01-01`;
    const response = await fetch(url, {
      method: "POST",
      headers: {
        "content-type": "application/cloudevents-batch+json; charset=utf-8",
        "aeg-sas-key": localKeys.topic,
      },
      body: JSON.stringify(events),
    });
    assert.equal(response.status, 200, await response.text());
  };
  return {
    subscriptions,
    counts: async () => new Map((await subscriptions()).map(({ name, counts }) => [name, counts])),
    publish: async (events) => {
      for (let first = 0; first < events.length; first += maxBatchSize)
        await publishTogether(events.slice(first, first + maxBatchSize));
    },
  };
}

/**
 * The Event Grid subscriptions on the topic. Made by infrastructure code (`infra/`) once the endpoints answer, because
 * Event Grid asks them first. A function's subscription has the function's name.
 */
import { tellingTypes } from "./modules/transfer/transfer-news.ts";
import type { IntegrationEventType } from "./modules/account/integration-events.ts";

export type SubscriptionDefinition = {
  readonly name: string;
  readonly eventTypes: readonly IntegrationEventType[];
  /** Only what happens to transfers that a process leads. */
  readonly onlyManaged?: boolean;
  /** Events that may travel in one request; a request fails as a whole. */
  readonly maxBatchSize?: number;
};

export const topicName = "saldo";

/** Each one's row of the same name in `src/app.ts` handles it. */
export const functionSubscriptions = {
  notifyOwners: {
    name: "notify-owners",
    eventTypes: [
      "saldo.transfer.received.v1",
      "saldo.transfer.approval_requested.v1",
      "saldo.transfer.approved.v1",
      "saldo.transfer.denied.v1",
      "saldo.transfer.expired.v1",
      "saldo.transfer.refunded.v1",
      "saldo.transfer.failed.v1",
      "saldo.command.rejected.v1",
    ],
    maxBatchSize: 50,
  },
  countRevenue: {
    name: "count-revenue",
    eventTypes: ["saldo.credits.loaded.v1", "saldo.transfer.settled.v1"],
    maxBatchSize: 50,
  },
  leadTransfer: { name: "lead-transfer", eventTypes: tellingTypes, onlyManaged: true },
} as const satisfies Record<string, SubscriptionDefinition>;

/** The admin app reacts to what concerns approvals, by webhook. */
export const adminSubscription: SubscriptionDefinition = {
  name: "admin",
  eventTypes: tellingTypes,
  onlyManaged: true,
};

/**
 * Makes the topic's subscriptions where there is no Bicep: on the embedded Event Grid. Both come from the same definitions
 * (`src/subscriptions.ts`). The endpoints must answer by now.
 */
import { topicName } from "../src/subscriptions.ts";
import { type SubscriptionResource, subscriptionResources } from "./definitions.ts";

/** What the resource manager is asked for, as ARM has it, with the endpoint instead of a resource id. */
type EventSubscription = {
  readonly destination: {
    readonly endpointType: "WebHook" | "AzureFunction";
    readonly properties: {
      readonly endpointUrl: string;
      readonly maxEventsPerBatch: number;
      readonly deliveryAttributeMappings?: readonly {
        readonly name: string;
        readonly type: "Static";
        readonly properties: { readonly value: string };
      }[];
    };
  };
  readonly deadLetterDestination?: DeadLetterDestination;
  readonly filter: SubscriptionResource["filter"];
};

/** Where events go that could not be delivered; without one they are dropped. */
export type DeadLetterDestination = {
  readonly endpointType: "StorageBlob";
  readonly properties: { readonly blobContainerName: string; readonly connectionString?: string };
};

type Create = (topic: string, name: string, subscription: EventSubscription) => Promise<unknown>;

type FunctionsEndpoint = {
  readonly functionsUrl: string;
  /** The function app's `eventgrid_extension` key. */
  readonly systemKey: string;
  readonly deadLetters?: DeadLetterDestination | undefined;
};

export async function subscribeFunctions(
  create: Create,
  { functionsUrl, systemKey, deadLetters }: FunctionsEndpoint,
): Promise<void> {
  for (const { name, maxEventsPerBatch, filter } of subscriptionResources().functions) {
    const query = `functionName=${name}&code=${encodeURIComponent(systemKey)}`;
    await create(topicName, name, {
      destination: {
        endpointType: "AzureFunction",
        properties: {
          endpointUrl: `${functionsUrl}/runtime/webhooks/EventGrid?${query}`,
          maxEventsPerBatch,
        },
      },
      filter,
      ...(deadLetters === undefined ? {} : { deadLetterDestination: deadLetters }),
    });
  }
}

type AdminEndpoint = {
  readonly adminUrl: string;
  /** By this header the admin app knows that it is our topic that calls. */
  readonly webhookKey: string;
  readonly deadLetters?: DeadLetterDestination | undefined;
};

export async function subscribeAdmin(
  create: Create,
  { adminUrl, webhookKey, deadLetters }: AdminEndpoint,
): Promise<void> {
  const value = webhookKey;
  const { name, maxEventsPerBatch, filter } = subscriptionResources().admin;
  await create(topicName, name, {
    destination: {
      endpointType: "WebHook",
      properties: {
        endpointUrl: `${adminUrl}/webhooks/saldo`,
        maxEventsPerBatch,
        deliveryAttributeMappings: [
          { name: "x-saldo-webhook-key", type: "Static", properties: { value } },
        ],
      },
    },
    filter,
    ...(deadLetters === undefined ? {} : { deadLetterDestination: deadLetters }),
  });
}

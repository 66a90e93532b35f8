/**
 * Makes the topic's subscriptions where there is no Bicep: on the embedded Event Grid. Both come from the same definitions
 * (`src/subscriptions.ts`). The endpoints must answer by now.
 */
import {
  adminSubscription,
  functionSubscriptions,
  type SubscriptionDefinition,
  topicName,
} from "../src/subscriptions.ts";

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
  readonly filter: {
    readonly includedEventTypes: readonly string[];
    readonly advancedFilters: readonly {
      readonly operatorType: "BoolEquals";
      readonly key: string;
      readonly value: boolean;
    }[];
  };
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
  for (const definition of Object.values<SubscriptionDefinition>(functionSubscriptions)) {
    const query = `functionName=${definition.name}&code=${encodeURIComponent(systemKey)}`;
    await create(topicName, definition.name, {
      destination: {
        endpointType: "AzureFunction",
        properties: {
          endpointUrl: `${functionsUrl}/runtime/webhooks/EventGrid?${query}`,
          maxEventsPerBatch: definition.mostTogether ?? 1,
        },
      },
      filter: filterOf(definition),
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
  await create(topicName, adminSubscription.name, {
    destination: {
      endpointType: "WebHook",
      properties: {
        endpointUrl: `${adminUrl}/webhooks/saldo`,
        maxEventsPerBatch: 1,
        deliveryAttributeMappings: [
          { name: "x-saldo-webhook-key", type: "Static", properties: { value } },
        ],
      },
    },
    filter: filterOf(adminSubscription),
    ...(deadLetters === undefined ? {} : { deadLetterDestination: deadLetters }),
  });
}

function filterOf({
  eventTypes,
  onlyManaged,
}: SubscriptionDefinition): EventSubscription["filter"] {
  return {
    includedEventTypes: eventTypes,
    advancedFilters:
      onlyManaged === true
        ? [{ operatorType: "BoolEquals", key: "data.isManaged", value: true }]
        : [],
  };
}

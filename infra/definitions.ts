/** Containers and subscriptions in the resource manager's form, from the definitions that the app itself uses. */
import { type ContainerDefinition, containers } from "../src/containers.ts";
import {
  adminSubscription,
  functionSubscriptions,
  type SubscriptionDefinition,
} from "../src/subscriptions.ts";

/** A `resource` of Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers. */
type ContainerResource = {
  readonly id: string;
  readonly partitionKey: {
    readonly paths: readonly [string];
    readonly kind: "Hash";
    readonly version: 2;
  };
  readonly indexingPolicy: {
    readonly indexingMode: "consistent";
    readonly automatic: true;
    readonly includedPaths: readonly { readonly path: string }[];
    readonly excludedPaths: readonly { readonly path: string }[];
  };
  readonly defaultTtl?: -1;
};

export function containerResources(): ContainerResource[] {
  return Object.values<ContainerDefinition>(containers).map(
    ({ id, partitionKey, indexed, defaultTtl }) => ({
      id,
      partitionKey: { paths: [partitionKey], kind: "Hash", version: 2 },
      indexingPolicy: {
        indexingMode: "consistent",
        automatic: true,
        includedPaths: indexed.map((path) => ({ path })),
        excludedPaths: [{ path: "/*" }],
      },
      ...(defaultTtl === undefined ? {} : { defaultTtl }),
    }),
  );
}

/** What of Microsoft.EventGrid/topics/eventSubscriptions does not depend on where things are. */
export type SubscriptionResource = {
  readonly name: string;
  readonly maxEventsPerBatch: number;
  readonly filter: {
    readonly includedEventTypes: readonly string[];
    readonly advancedFilters: readonly {
      readonly operatorType: "BoolEquals";
      readonly key: string;
      readonly value: boolean;
    }[];
  };
};

type SubscriptionResources = {
  readonly functions: readonly SubscriptionResource[];
  readonly admin: SubscriptionResource;
};

export function subscriptionResources(): SubscriptionResources {
  return {
    functions: Object.values<SubscriptionDefinition>(functionSubscriptions).map(subscriptionOf),
    admin: subscriptionOf(adminSubscription),
  };
}

function subscriptionOf(definition: SubscriptionDefinition): SubscriptionResource {
  const { name, eventTypes, onlyManaged, maxBatchSize } = definition;
  return {
    name,
    maxEventsPerBatch: maxBatchSize ?? 1,
    filter: {
      includedEventTypes: eventTypes,
      advancedFilters:
        onlyManaged === true
          ? [{ operatorType: "BoolEquals", key: "data.isManaged", value: true }]
          : [],
    },
  };
}

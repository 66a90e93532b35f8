import { EventGridError } from "./errors.ts";
import { compileFilter, type Filter } from "./filters.ts";
import { isJsonObject, type JsonObject, objectAt, stringAt } from "../shared/json.ts";
import { type EventSchema, isEventSchema, type Topic } from "./topic.ts";

/**
 * What a caller says about a subscription; shapes and names as in ARM
 * (`Microsoft.EventGrid/eventSubscriptions`, properties), except that destinations are named by URL
 * and storage accounts by connection string instead of resource ids.
 */
export type SubscriptionDefinition = {
  readonly destination: Destination;
  readonly filter?: Filter;
  /** Default: the schema of the topic. */
  readonly eventDeliverySchema?: EventSchema;
  readonly retryPolicy?: {
    /** From 1 to 30; 30 unless told. */
    readonly maxDeliveryAttempts?: number;
    /** From 1 to 1440; 1440 unless told. */
    readonly eventTimeToLiveInMinutes?: number;
  };
  /** Without one, undeliverable events are dropped. */
  readonly deadLetterDestination?: DeadLetterDestination;
};

export type Destination = {
  /** `AzureFunction`: an Event Grid trigger, at its webhook. They differ in what is retried. */
  readonly endpointType: "WebHook" | "AzureFunction";
  readonly properties: {
    readonly endpointUrl: string;
    /** From 1 to 5000; 1 unless told. */
    readonly maxEventsPerBatch?: number;
    /** From 1 to 1024; 64 unless told. */
    readonly preferredBatchSizeInKilobytes?: number;
    /** Own headers, ten at most. */
    readonly deliveryAttributeMappings?: readonly AttributeMapping[];
  };
};

export type AttributeMapping =
  | { readonly name: string; readonly type: "Static"; readonly properties: { value: string } }
  | {
      readonly name: string;
      readonly type: "Dynamic";
      readonly properties: { sourceField: string };
    };

type DeadLetterDestination = {
  readonly endpointType: "StorageBlob";
  readonly properties: {
    readonly blobContainerName: string;
    /** Of the storage account; `UseDevelopmentStorage=true` (Azurite) unless told. */
    readonly connectionString?: string;
  };
};

/** Whether the endpoint has agreed to be sent events. */
export type ProvisioningState = "Succeeded" | "AwaitingManualAction" | "Failed";

/** A subscription with every default filled in. */
export type Subscription = {
  /** Of its row in the store. */
  readonly number: number;
  readonly topic: Topic;
  readonly name: string;
  readonly definition: SubscriptionDefinition;
  readonly deliverySchema: EventSchema;
  readonly maxAttempts: number;
  readonly timeToLiveMs: number;
  readonly maxEventsPerBatch: number;
  readonly preferredBatchBytes: number;
  readonly matches: (event: JsonObject) => boolean;
};

const maxOwnHeaders = 10;
const maxHeaderBytes = 4096;

/** @throws EventGridError 400 for a definition the service would refuse */
export function defineSubscription(
  topic: Topic,
  name: string,
  definition: SubscriptionDefinition,
): Omit<Subscription, "number"> {
  if (!/^[A-Za-z0-9-]{3,64}$/.test(name)) {
    throw invalid("Event subscription name must be between 3 and 64 letters, digits and hyphens.");
  }
  checkDestination(definition);
  checkDeadLetterDestination(definition.deadLetterDestination);
  const deliverySchema = definition.eventDeliverySchema ?? topic.inputSchema;
  if (!isEventSchema(deliverySchema)) throw invalid("eventDeliverySchema is not known.");
  if (topic.inputSchema === "CloudEventSchemaV1_0" && deliverySchema !== topic.inputSchema) {
    throw invalid("CloudEvents cannot be delivered in the Event Grid schema.");
  }
  const { maxDeliveryAttempts, eventTimeToLiveInMinutes } = objectOf(
    definition.retryPolicy,
    "retryPolicy",
  );
  const { maxEventsPerBatch, preferredBatchSizeInKilobytes } = definition.destination.properties;
  const from1To = (most: number, fallback: number, given?: number): number => {
    const value = given ?? fallback;
    if (Number.isInteger(value) && value >= 1 && value <= most) return value;
    throw invalid(`${value} is not an integer from 1 to ${most}.`);
  };
  return {
    topic,
    name,
    definition,
    deliverySchema,
    maxAttempts: from1To(30, 30, maxDeliveryAttempts),
    timeToLiveMs: from1To(1440, 1440, eventTimeToLiveInMinutes) * 60_000,
    maxEventsPerBatch: from1To(5000, 1, maxEventsPerBatch),
    preferredBatchBytes: from1To(1024, 64, preferredBatchSizeInKilobytes) * 1024,
    matches: compileFilter(objectOf(definition.filter, "filter")),
  };
}

function checkDestination({ destination }: Partial<SubscriptionDefinition>): void {
  if (!isJsonObject(destination) || !isJsonObject(destination.properties)) {
    throw invalid("A subscription needs a destination with endpointType and properties.");
  }
  if (!["WebHook", "AzureFunction"].includes(destination.endpointType)) {
    throw invalid("endpointType is WebHook or AzureFunction.");
  }
  const { endpointUrl } = destination.properties;
  const mappings: unknown = destination.properties.deliveryAttributeMappings ?? [];
  if (!URL.canParse(endpointUrl) || !/^https?:$/.test(new URL(endpointUrl).protocol)) {
    throw invalid("endpointUrl is not a URL of HTTP.");
  }
  if (!Array.isArray(mappings) || !mappings.every(isJsonObject)) {
    throw invalid("deliveryAttributeMappings is a list of objects.");
  }
  if (mappings.length > maxOwnHeaders) {
    throw invalid(`A subscription has at most ${maxOwnHeaders} delivery attribute mappings.`);
  }
  for (const mapping of mappings) checkMapping(mapping);
}

/** Documentation: "Custom delivery properties". */
function checkMapping({ type, name, properties }: JsonObject): void {
  if (typeof name !== "string") throw invalid("A delivery attribute mapping needs a name.");
  if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) throw invalid(`"${name}" is no header name.`);
  if (/^aeg-/i.test(name)) throw invalid("Header names beginning with aeg- are the service's own.");
  const given = isJsonObject(properties) ? properties : {};
  switch (type) {
    case "Static": {
      const value = stringAt(given, "value");
      if (value === undefined) throw invalid(`The header ${name} needs a value.`);
      if (Buffer.byteLength(value) <= maxHeaderBytes) return;
      throw invalid(`The value of ${name} is longer than ${maxHeaderBytes} bytes.`);
    }
    case "Dynamic":
      if (stringAt(given, "sourceField") !== undefined) return;
      throw invalid(`The header ${name} needs a sourceField.`);
    default:
      throw invalid("A delivery attribute mapping is Static or Dynamic.");
  }
}

function checkDeadLetterDestination(destination: unknown): void {
  if (destination === undefined || destination === null) return;
  const properties = isJsonObject(destination) ? objectAt(destination, "properties") : {};
  if (/^[a-z0-9-]{3,63}$/.test(stringAt(properties, "blobContainerName") ?? "")) return;
  throw invalid("deadLetterDestination needs a blobContainerName.");
}

/** What is not given, or null, is empty: definitions come from outside as JSON. */
function objectOf<T extends object>(given: T | null | undefined, name: string): Partial<T> {
  const value: unknown = given ?? {};
  if (isJsonObject(value)) return value as Partial<T>;
  throw invalid(`${name} is an object.`);
}

function invalid(message: string): EventGridError {
  return new EventGridError(400, message);
}

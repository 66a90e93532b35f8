import type { JsonObject } from "../../shared/json.ts";
import { valueAt } from "../value-at.ts";
import { toSchema } from "../publishing/events.ts";
import type { AttributeMapping, Subscription } from "../subscription.ts";
import type { OutgoingRequest } from "./http-client.ts";

/** The name under which the service asks for permission and delivers, in the public cloud. */
export const origin = "eventgrid.azure.net";

/**
 * The POST that carries events to the endpoint of a subscription (documentation: "Webhook event
 * delivery", message headers, and "CloudEvents v1.0 schema", content types).
 * @param events at least one, in the topic's schema
 * @param attempts how often they were tried before
 */
export function deliveryRequest(
  subscription: Subscription,
  events: readonly JsonObject[],
  attempts: number,
): OutgoingRequest {
  const { topic, deliverySchema, definition, name } = subscription;
  const [first = {}] = events;
  const delivered = events.map((event) => toSchema(event, topic.inputSchema, deliverySchema));
  const isBatched = subscription.maxEventsPerBatch > 1;
  const isCloud = deliverySchema === "CloudEventSchemaV1_0";
  const headers: Record<string, string> = {
    ...ownHeaders(subscription, first),
    "aeg-event-type": "Notification",
    "aeg-subscription-name": name.toUpperCase(),
    "aeg-delivery-count": String(attempts),
    "aeg-metadata-version": isCloud ? "1.0" : "1",
  };
  if (events.length === 1) headers["aeg-output-event-id"] = headerText(first["id"]);
  if (isCloud) {
    const kind = isBatched ? "cloudevents-batch+json" : "cloudevents+json";
    headers["content-type"] = `application/${kind}; charset=utf-8`;
    headers["origin"] = origin;
  } else {
    headers["content-type"] = "application/json; charset=utf-8";
    headers["aeg-data-version"] = headerText(first["dataVersion"]);
  }
  const body = isCloud && !isBatched ? delivered[0] : delivered;
  return {
    method: "POST",
    url: definition.destination.properties.endpointUrl,
    headers,
    body: JSON.stringify(body),
  };
}

/** The headers the subscription adds, the same for all events that may share a request. */
export function ownHeaders(
  { definition }: Subscription,
  event: JsonObject,
): Readonly<Record<string, string>> {
  const mappings = definition.destination.properties.deliveryAttributeMappings ?? [];
  const values = mappings.flatMap((mapping): [string, string][] => {
    const value = mappedValue(mapping, event);
    return value === undefined ? [] : [[mapping.name.toLowerCase(), value]];
  });
  return Object.fromEntries(values);
}

/** Strings, numbers and booleans of an event can become headers; anything else leaves it out. */
function mappedValue(mapping: AttributeMapping, event: JsonObject): string | undefined {
  if (mapping.type === "Static") return headerText(mapping.properties.value);
  const value = valueAt(event, mapping.properties.sourceField);
  const isPlain = ["string", "number", "boolean"].includes(typeof value);
  return isPlain ? headerText(value) : undefined;
}

/** What a header cannot hold (anything but visible Latin) is percent-encoded. */
function headerText(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value ?? "");
  return text.toWellFormed().replace(/[^\x20-\x7e]/gu, encodeURIComponent);
}

import { EventGridError } from "../errors.ts";
import { isJsonObject, type JsonObject } from "../../shared/json.ts";
import type { EventSchema, Topic } from "../topic.ts";

/** Documentation: "Publish events to custom topics": the array, and each event, up to 1 MB. */
const maxBytes = 1_048_576;

/**
 * The events of a publish request as the topic keeps them: checked, and in the Event Grid schema
 * with the fields the service fills in.
 * @throws EventGridError 400 for what does not conform to the topic's schema, 413 when too large
 */
export function readEvents(topic: Topic, body: string): readonly JsonObject[] {
  if (Buffer.byteLength(body) > maxBytes) {
    throw new EventGridError(413, `The maximum size (${maxBytes}) has been exceeded.`);
  }
  const events = parse(topic, body);
  switch (topic.inputSchema) {
    case "EventGridSchema":
      return events.map((event) => ({
        ...checkEventGridEvent(topic, event),
        topic: topic.resourceId,
        metadataVersion: "1",
      }));
    case "CloudEventSchemaV1_0":
      for (const event of events) checkCloudEvent(event);
      return events;
  }
}

/** CloudEvents may come alone or as a batch, events of the Event Grid schema always as an array. */
function parse(topic: Topic, body: string): readonly JsonObject[] {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    throw invalid("The request body is not valid JSON.");
  }
  const isCloud = topic.inputSchema === "CloudEventSchemaV1_0";
  const events: readonly unknown[] | undefined = Array.isArray(value)
    ? (value as unknown[])
    : isCloud && isJsonObject(value)
      ? [value]
      : undefined;
  if (events === undefined) {
    throw invalid(
      "Unexpected token when reading JSON. Expected: StartArray, actual: " +
        (isJsonObject(value) ? "StartObject." : `${typeof value}.`),
    );
  }
  if (!events.every(isJsonObject)) throw invalid("Each event must be a JSON object.");
  return events;
}

const eventGridProperties = new Set([
  "id",
  "topic",
  "subject",
  "eventType",
  "eventTime",
  "data",
  "dataVersion",
  "metadataVersion",
]);

function checkEventGridEvent(topic: Topic, event: JsonObject): JsonObject {
  for (const name of Object.keys(event)) {
    if (!eventGridProperties.has(name)) throw unexpected("EventGridEvent", name);
  }
  for (const name of ["id", "subject", "eventType"]) requireText("EventGridEvent", event, name);
  if (typeof event["eventTime"] !== "string" || Number.isNaN(Date.parse(event["eventTime"]))) {
    throw missing("EventGridEvent", "eventTime");
  }
  const { topic: given, metadataVersion, dataVersion = "" } = event;
  if (isGiven(given) && given !== topic.resourceId) {
    throw invalid("The property 'topic' must be absent or the topic's own resource id.");
  }
  if (isGiven(metadataVersion) && metadataVersion !== "1") {
    throw invalid("The property 'metadataVersion' must be absent or '1'.");
  }
  if (typeof dataVersion !== "string") throw missing("EventGridEvent", "dataVersion");
  return { ...event, dataVersion };
}

function checkCloudEvent(event: JsonObject): void {
  for (const name of ["id", "source", "type"]) requireText("CloudEventV10", event, name);
  if (event["specversion"] !== "1.0") throw missing("CloudEventV10", "specversion");
  for (const name of Object.keys(event)) {
    if (!/^[a-z0-9]+$/.test(name) && name !== "data_base64") {
      throw unexpected("CloudEventV10", name);
    }
  }
  const { time, subject } = event;
  if (isGiven(time) && (typeof time !== "string" || Number.isNaN(Date.parse(time)))) {
    throw invalid("The property 'time' must be a timestamp.");
  }
  if (isGiven(subject) && typeof subject !== "string") {
    throw invalid("The property 'subject' must be a string.");
  }
  if (isGiven(event["data"]) && isGiven(event["data_base64"])) {
    throw invalid("An event has either 'data' or 'data_base64'.");
  }
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null && value !== "";
}

type SchemaName = "EventGridEvent" | "CloudEventV10";

function requireText(schema: SchemaName, event: JsonObject, name: string): void {
  if (typeof event[name] !== "string" || event[name] === "") throw missing(schema, name);
}

function missing(schema: SchemaName, name: string): EventGridError {
  return invalid(
    `This resource is configured for '${schema}' schema and requires '${name}' property to be set.`,
  );
}

/** The wording is the service's own (issue: Azure/azure-sdk-for-python #16055). */
function unexpected(schema: SchemaName, name: string): EventGridError {
  return invalid(
    `This resource is configured for '${schema}' schema. Received unexpected property '${name}' ` +
      "in JSON which does not conform to the expected schema.",
  );
}

function invalid(message: string): EventGridError {
  return new EventGridError(400, message, "InputJsonInvalid");
}

/**
 * An event of a topic in the schema a subscription asked for. Only Event Grid events change theirs
 * (documentation: "Endpoint validation with Event Grid event schema", schema compatibility).
 */
export function toSchema(event: JsonObject, from: EventSchema, to: EventSchema): JsonObject {
  if (from === to || from === "CloudEventSchemaV1_0") return event;
  const { id, topic, subject, eventType, eventTime, data, dataVersion } = event;
  return {
    specversion: "1.0",
    id,
    source: topic,
    subject,
    type: eventType,
    time: eventTime,
    dataschema: `#${String(dataVersion)}`,
    data,
  };
}

import { randomBytes } from "node:crypto";
import { EventGridError } from "./errors.ts";

export type EventSchema = "EventGridSchema" | "CloudEventSchemaV1_0";

/** What a caller says about a topic; names as in ARM (`Microsoft.EventGrid/topics`). */
export type TopicDefinition = {
  /** Fixed at creation; `EventGridSchema` unless told. */
  readonly inputSchema?: EventSchema;
  /** Access keys in base64; made up unless told, and kept when the topic is put again. */
  readonly key1?: string;
  readonly key2?: string;
};

export type Topic = Required<TopicDefinition> & {
  readonly name: string;
  /** What the service fills into `topic` of events in the Event Grid schema. */
  readonly resourceId: string;
};

const schemas: readonly string[] = [
  "EventGridSchema",
  "CloudEventSchemaV1_0",
] satisfies EventSchema[];

export function isEventSchema(name: string): name is EventSchema {
  return schemas.includes(name);
}

/** @throws EventGridError 400 for a definition the service would refuse */
export function defineTopic(
  name: string,
  definition: TopicDefinition,
  existing: Topic | undefined,
): Topic {
  if (!/^[A-Za-z0-9-]{3,50}$/.test(name)) {
    throw new EventGridError(
      400,
      "Topic name must be between 3 and 50 characters in length: letters, digits and hyphens.",
    );
  }
  const inputSchema = definition.inputSchema ?? existing?.inputSchema ?? "EventGridSchema";
  if (!isEventSchema(inputSchema)) {
    throw new EventGridError(400, `inputSchema is one of ${schemas.join(", ")}.`);
  }
  if (existing !== undefined && existing.inputSchema !== inputSchema) {
    throw new EventGridError(400, "The input schema of a topic cannot be changed.");
  }
  const stored = existing?.name ?? name;
  return {
    name: stored,
    inputSchema,
    key1: keyOf(definition.key1) ?? existing?.key1 ?? newKey(),
    key2: keyOf(definition.key2) ?? existing?.key2 ?? newKey(),
    resourceId: resourceIdOf(stored),
  };
}

function resourceIdOf(name: string): string {
  const group = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/local";
  return `${group}/providers/Microsoft.EventGrid/topics/${name}`;
}

/** Definitions come from outside as JSON, where null is what is not given. */
function keyOf(given: unknown): string | undefined {
  if (given === undefined || given === null) return undefined;
  if (typeof given === "string" && given !== "") return given;
  throw new EventGridError(400, "An access key is a text in base64.");
}

function newKey(): string {
  return randomBytes(32).toString("base64");
}

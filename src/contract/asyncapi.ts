/** The catalogue of integration events as an AsyncAPI document (https://www.asyncapi.com/docs/reference/specification/v3.0.0). */
import type { IntegrationEventType } from "../modules/account/integration-events.ts";
import type { JsonSchema } from "./components.ts";
import { dataDraft7, envelopeDraft7, integrationEventTypes } from "./event-schemas.ts";
import { eventsTold, exampleEvent } from "./events-told.ts";

export type AsyncApiDocument = {
  readonly asyncapi: string;
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly defaultContentType: string;
  readonly channels: Readonly<Record<string, AsyncApiChannel>>;
  readonly operations: Readonly<Record<string, object>>;
  readonly components: {
    readonly messages: Readonly<Record<string, AsyncApiMessage>>;
    readonly schemas: Readonly<Record<string, JsonSchema>>;
  };
};

type AsyncApiChannel = {
  readonly address: string;
  readonly description: string;
  readonly messages: Readonly<Record<string, { readonly $ref: string }>>;
};

export type AsyncApiMessage = {
  readonly name: string;
  readonly title: string;
  readonly summary: string;
  readonly description: string;
  readonly payload: JsonSchema;
  readonly examples: readonly { readonly payload: object }[];
};

const topic = "saldo";

/** Schemas are of JSON Schema draft 7, as AsyncAPI has them unless told; contract/events/ has them of 2020-12, whole. */
export function asyncApiDocument(): AsyncApiDocument {
  const byType = <Value>(make: (type: IntegrationEventType) => Value): Record<string, Value> =>
    Object.fromEntries(integrationEventTypes.map((type) => [type, make(type)]));
  return {
    asyncapi: "3.0.0",
    info: { title: "Saldo: integration events", version: "1.0.0", description },
    defaultContentType: "application/cloudevents+json",
    channels: {
      [topic]: {
        address: topic,
        description: "A custom topic of Azure Event Grid, schema CloudEvents 1.0.",
        messages: byType((type) => ({ $ref: `#/components/messages/${type}` })),
      },
    },
    operations: {
      tell: {
        action: "send",
        channel: { $ref: `#/channels/${topic}` },
        summary: "Everything that has happened is told, once the read models show it.",
      },
    },
    components: {
      messages: byType(messageOf),
      schemas: { CloudEvent: envelopeDraft7() },
    },
  };
}

const description =
  "What leaves Saldo through Event Grid: CloudEvents 1.0, at least once and in no order. Recognise a repetition by `id`, " +
  "and what is older by `sequence` within one `source`. Ignore members that you do not know: there may be more of them " +
  "one day. Anything else than more members is a new type (`….v2`) beside the old one.";

function messageOf(type: IntegrationEventType): AsyncApiMessage {
  const { summary, from } = eventsTold[type];
  return {
    name: type,
    title: type,
    summary,
    description: whose[from],
    payload: {
      allOf: [
        { $ref: "#/components/schemas/CloudEvent" },
        {
          type: "object",
          properties: { type: { const: type }, data: dataDraft7(type) },
          required: ["type", "data"],
        },
      ],
    },
    examples: [{ payload: exampleEvent(type) }],
  };
}

const whose = {
  account: "From the account's stream.",
  sender: "From the sender's stream.",
  receiver: "From the receiver's stream.",
} as const;

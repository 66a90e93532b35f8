/**
 * What a subscriber makes of an event that Event Grid brings: checked before it is believed. What is of no known type or
 * version is for somebody else; what is malformed fails, is delivered again, and at last lies among the dead letters
 * ("Azure Event Grid delivery and retry").
 */
import { z } from "zod";
import { canonicalInstants } from "../../platform/stored-texts.ts";
import { inSpan } from "../../platform/telemetry/spans.ts";
import { dataSchemas, envelopeSchema, typedEventSchema } from "./integration-event-schemas.ts";
import type { IntegrationEvent, IntegrationEventType } from "./integration-events.ts";

/** Where an invocation logs to; `InvocationContext` of @azure/functions fits as it is. */
type InvocationLog = { warn(...details: unknown[]): void };

/** The handler of an Event Grid trigger: reads the event and hands it on, if it is one of ours. */
export function reaction(
  name: string,
  handle: (event: IntegrationEvent) => Promise<void>,
): (raw: unknown, log: InvocationLog) => Promise<void> {
  return async (raw, log) => {
    const event = readIntegrationEvent(raw);
    if (event !== undefined) await reacting(name, event, handle);
    else log.warn("Ignored an event of a type that is not known here.", raw);
  };
}

/** What is done about an event, as a span of its trace; the work gets the event as it goes on, within that span. */
export function reacting(
  name: string,
  event: IntegrationEvent,
  work: (event: IntegrationEvent) => Promise<void>,
): Promise<void> {
  const { type, subject, traceparent } = event;
  const attributes = {
    "saldo.stage": "react",
    "saldo.event_type": type,
    ...(subject.startsWith("transfers/")
      ? { "saldo.transfer_id": subject.slice("transfers/".length) }
      : {}),
  };
  const options = { kind: "consumer", parent: traceparent, attributes } as const;
  return inSpan(`react ${name}`, options, (span) =>
    work({ ...event, traceparent: span.traceparent }),
  );
}

/**
 * With its instants as they were published; of free texts that look like dates, see `originalOf`. `undefined` if it is a
 * CloudEvent of an unknown type or version; throws if it is malformed.
 */
export function readIntegrationEvent(delivered: unknown): IntegrationEvent | undefined {
  const raw = canonicalInstants(delivered);
  const { type } = wellFormed(typedEventSchema, raw);
  if (!Object.hasOwn(dataSchemas, type)) return undefined;
  const known = type as IntegrationEventType;
  return { ...wellFormed(schemaOf(known), raw), type: known } as IntegrationEvent;
}

type EventSchema = z.ZodType<z.infer<typeof envelopeSchema> & { readonly data: unknown }>;

/** Zod compiles a schema when it is first used: made anew for each event, that would cost more than the event. */
const schemas = new Map<IntegrationEventType, EventSchema>();

function schemaOf(type: IntegrationEventType): EventSchema {
  const known = schemas.get(type);
  if (known !== undefined) return known;
  const schema = envelopeSchema.extend({ data: dataSchemas[type] });
  schemas.set(type, schema);
  return schema;
}

function wellFormed<Value>(schema: z.ZodType<Value>, raw: unknown): Value {
  const result = schema.safeParse(raw);
  if (result.success) return result.data;
  throw new Error(`A malformed event was delivered: ${z.prettifyError(result.error)}`);
}

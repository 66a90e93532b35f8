/**
 * What leaves Saldo through Event Grid (docs/events.md): CloudEvents 1.0 with a schema of their own, so that the domain's
 * events may change without anybody outside having to know.
 */
import type { z } from "zod";
import type { dataSchemas, envelopeSchema, transferSchema } from "./integration-event-schemas.ts";

/** A CloudEvent as it is published, and as a subscriber gets it. */
export type IntegrationEvent<Type extends IntegrationEventType = IntegrationEventType> = {
  [T in Type]: Envelope & { readonly type: T; readonly data: IntegrationData[T] };
}[Type];

export type IntegrationEventType = keyof typeof dataSchemas;

export type IntegrationData = {
  readonly [T in IntegrationEventType]: Readonly<z.infer<(typeof dataSchemas)[T]>>;
};

/** What every event of a transfer tells. */
export type TransferData = Readonly<z.infer<typeof transferSchema>>;

type Envelope = Readonly<Omit<z.infer<typeof envelopeSchema>, "type">>;

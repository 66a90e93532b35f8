/**
 * What a subscriber makes of an event that Event Grid brings: checked before it is believed. What is of no known type or
 * version is for somebody else; what is malformed fails, is delivered again, and at last lies among the dead letters
 * ("Azure Event Grid delivery and retry").
 */
import { z } from "zod";
import { parseAmount } from "../../domain/kernel/money.ts";
import type {
  IntegrationData,
  IntegrationEvent,
  IntegrationEventType,
} from "../publishing/integration-events.ts";

/** Where an invocation logs to; `InvocationContext` of @azure/functions fits as it is. */
type InvocationLog = { warn(...details: unknown[]): void };

/** The handler of an Event Grid trigger: reads the event and hands it on, if it is one of ours. */
export function reaction(
  handle: (event: IntegrationEvent) => Promise<void>,
): (raw: unknown, log: InvocationLog) => Promise<void> {
  return async (raw, log) => {
    const event = readIntegrationEvent(raw);
    if (event !== undefined) await handle(event);
    else log.warn("Ignored an event of a type that is not known here.", raw);
  };
}

/** `undefined` if it is a CloudEvent of an unknown type or version; throws if it is malformed. */
export function readIntegrationEvent(raw: unknown): IntegrationEvent | undefined {
  const { type } = wellFormed(typed, raw);
  if (!Object.hasOwn(dataOf, type)) return undefined;
  const known = type as IntegrationEventType;
  const event = wellFormed(envelope.extend({ data: dataOf[known] }), raw);
  return { ...event, type: known } as IntegrationEvent;
}

function wellFormed<Value>(schema: z.ZodType<Value>, raw: unknown): Value {
  const result = schema.safeParse(raw);
  if (result.success) return result.data;
  throw new Error(`A malformed event was delivered: ${z.prettifyError(result.error)}`);
}

const text = z.string().min(1);

const instant = z.iso.datetime({ offset: true });

const typed = z.object({ specversion: z.literal("1.0"), id: text, source: text, type: text });

const envelope = typed.extend({
  subject: text,
  time: instant,
  datacontenttype: z.literal("application/json"),
  sequence: z.string().regex(/^\d{10}$/),
  traceparent: z.string(),
  correlationid: z.string(),
  causationid: z.string(),
  actor: text,
});

const amount = z.string().refine((decimal) => parseAmount(decimal) !== undefined);

const account = z.object({ accountId: text });

const reason = { reason: z.string() };

const transfer = z.object({
  transferId: text,
  from: text,
  to: text,
  amount,
  currency: text,
  note: z.exactOptional(z.string()),
  isManaged: z.boolean(),
});

const dataOf: { readonly [T in IntegrationEventType]: z.ZodType<IntegrationData[T]> } = {
  "saldo.account.opened.v1": account.extend({ currency: text }),
  "saldo.account.frozen.v1": account.extend(reason),
  "saldo.account.unfrozen.v1": account.extend(reason),
  "saldo.account.closed.v1": account,
  "saldo.credits.loaded.v1": account.extend({ amount, fee: amount, currency: text }),
  "saldo.command.rejected.v1": account.extend({
    commandId: text,
    command: text,
    code: text,
    detail: z.string(),
  }),
  "saldo.transfer.sent.v1": transfer,
  "saldo.transfer.received.v1": transfer,
  "saldo.transfer.declined.v1": transfer.extend(reason),
  "saldo.transfer.settled.v1": transfer,
  "saldo.transfer.refunded.v1": transfer.extend(reason),
  "saldo.transfer.scheduled.v1": transfer.extend({ scheduledFor: instant }),
  "saldo.transfer.withdrawn.v1": transfer,
  "saldo.transfer.failed.v1": transfer.extend(reason),
  "saldo.transfer.approval_requested.v1": transfer.extend({ expiresAt: instant }),
  "saldo.transfer.approved.v1": transfer.extend({
    approver: text,
    reason: z.exactOptional(z.string()),
  }),
  "saldo.transfer.denied.v1": transfer.extend({ approver: text, ...reason }),
  "saldo.transfer.cancelled.v1": transfer,
  "saldo.transfer.expired.v1": transfer,
};

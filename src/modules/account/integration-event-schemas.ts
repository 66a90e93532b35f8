/**
 * The shapes of what leaves Saldo through Event Grid: what the publisher writes, what a subscriber checks, and what the
 * catalogue shows (docs/contracts.md) are these schemas. A released one changes only by what everybody may ignore;
 * anything else is a new type (`….v2`) beside it.
 */
import { z } from "zod";
import { parseAmount } from "../../../domain/kernel/money.ts";

const text = z.string().min(1);

const instant = z.iso.datetime({ offset: true });

const amount = z
  .string()
  .refine((decimal) => parseAmount(decimal) !== undefined)
  .meta({ description: "A decimal string.", pattern: String.raw`^\d{1,13}(\.\d{1,4})?$` });

/** What tells whether something is a CloudEvent at all, and of which type. */
export const typedEventSchema = z.object({
  specversion: z.literal("1.0"),
  id: text.describe("`{stream}/{version}`, or `{stream}/{commandId}` of a rejected command."),
  source: text.describe("`/saldo/{stream}`"),
  type: text,
});

/** The CloudEvent around the data. */
export const envelopeSchema = typedEventSchema.extend({
  subject: text.describe("`transfers/{transferId}` or `accounts/{accountId}`"),
  time: instant.describe("When it was committed."),
  datacontenttype: z.literal("application/json"),
  sequence: z
    .string()
    .regex(/^\d{10}$/)
    .describe("The event's version in its stream."),
  traceparent: z.string().describe("W3C Trace Context."),
  correlationid: z.string().describe("The client's command that everything goes back to."),
  causationid: z.string().describe("The command that brought it about."),
  actor: text.describe(
    "In whose name: `account:{id}`, `operator`, `approver:{e-mail}` or `process:transfer`.",
  ),
});

const account = z.object({ accountId: text });

const reason = { reason: z.string() };

/** What every event of a transfer tells. */
export const transferSchema = z.object({
  transferId: text,
  from: text.describe("The sender's account."),
  to: text.describe("The receiver's account."),
  amount,
  currency: text,
  note: z.exactOptional(z.string()),
  isManaged: z
    .boolean()
    .describe("Whether a process leads it: it was scheduled or needs approval."),
});

/** The data of each type of event. */
export const dataSchemas = {
  "saldo.account.opened.v1": account.extend({ currency: text }),
  "saldo.account.frozen.v1": account.extend(reason),
  "saldo.account.unfrozen.v1": account.extend(reason),
  "saldo.account.closed.v1": account,
  "saldo.credits.loaded.v1": account.extend({ amount, fee: amount, currency: text }),
  "saldo.command.rejected.v1": account.extend({
    commandId: text,
    command: text.describe("The type of the command."),
    code: text,
    detail: z.string(),
  }),
  "saldo.transfer.sent.v1": transferSchema,
  "saldo.transfer.received.v1": transferSchema,
  "saldo.transfer.declined.v1": transferSchema.extend(reason),
  "saldo.transfer.settled.v1": transferSchema,
  "saldo.transfer.refunded.v1": transferSchema.extend(reason),
  "saldo.transfer.scheduled.v1": transferSchema.extend({ scheduledFor: instant }),
  "saldo.transfer.withdrawn.v1": transferSchema,
  "saldo.transfer.failed.v1": transferSchema.extend(reason),
  "saldo.transfer.approval_requested.v1": transferSchema.extend({ expiresAt: instant }),
  "saldo.transfer.approved.v1": transferSchema.extend({
    approver: text,
    reason: z.exactOptional(z.string()),
  }),
  "saldo.transfer.denied.v1": transferSchema.extend({ approver: text, ...reason }),
  "saldo.transfer.cancelled.v1": transferSchema,
  "saldo.transfer.expired.v1": transferSchema,
} as const;

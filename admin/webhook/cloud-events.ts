/** Saldo's integration events (docs/events.md), read into what they tell about transfers. */
import { z } from "zod";
import { instant, isHappening, termsFrom, termsShape } from "../saldo/contract.ts";
import type { Happening, Report } from "../transfers/transfer.ts";

/** The event is not what its type promises; the message names the field. */
export class MalformedEvent extends Error {
  override readonly name = "MalformedEvent";
}

/**
 * What an event tells, or undefined if it is of no concern here. Throws MalformedEvent.
 * `received` and `declined` are of no concern although they are about transfers: they come from
 * the receiver's stream and bear its sequence.
 */
export const reportFromEvent = (event: unknown): Report | undefined => {
  const { type } = read(attributes, event);
  const [, what] = /^saldo\.transfer\.([a-z_]+)\.v1$/.exec(type) ?? [];
  if (what === undefined || !isHappening(what)) return undefined;
  const { time, sequence, actor, traceparent, data } = read(transferEvent, event);
  // Without a process it was never a matter of approval: it was sent, and has come to its end.
  if (!data.isManaged && (what === "settled" || what === "refunded")) return undefined;
  const fact = {
    what,
    at: time,
    by: data.approver === undefined ? (actor ?? null) : `approver:${data.approver}`,
    reason: data.reason ?? null,
    expiresAt: expiryOf(what, data.expiresAt),
    sequence: Number(sequence),
  };
  return { terms: termsFrom(data), facts: [fact], traceparent };
};

const attributes = z.object({
  specversion: z.literal("1.0"),
  id: z.string().min(1),
  source: z.string().min(1),
  type: z.string().min(1),
});

const transferEvent = z.object({
  time: instant,
  sequence: z.string().regex(/^\d{1,15}$/),
  actor: z.string().optional(),
  traceparent: z.string().optional(),
  data: termsShape.extend({
    isManaged: z.boolean(),
    approver: z.string().optional(),
    reason: z.string().optional(),
    expiresAt: instant.optional(),
  }),
});

const expiryOf = (what: Happening, expiresAt: string | undefined): string | null => {
  if (what !== "approval_requested") return null;
  if (expiresAt === undefined) throw new MalformedEvent("data.expiresAt: is missing.");
  return expiresAt;
};

const read = <Shape extends z.ZodType>(shape: Shape, event: unknown): z.infer<Shape> => {
  const result = shape.safeParse(event);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const where = issue?.path.join(".") ?? "";
  throw new MalformedEvent(`${where === "" ? "event" : where}: ${issue?.message ?? "wrong"}.`);
};

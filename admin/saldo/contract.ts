/** What of Saldo's HTTP contract (docs/http-api.md) this app relies on, and not a field more. */
import { z } from "zod";
import type { Fact, Happening, Report, Terms } from "../transfers/transfer.ts";

/** In whatever form it comes, kept in the one that sorts as text: UTC with milliseconds. */
export const instant = z.iso
  .datetime({ offset: true })
  .transform((text) => new Date(text).toISOString());

const terms = {
  transferId: z.string().min(1),
  from: z.string().min(1),
  to: z.string().min(1),
  amount: z.string().regex(/^\d+(\.\d{1,4})?$/),
  currency: z.string().regex(/^[A-Z]{3}$/),
  note: z.string().optional(),
};

/** The parts of a transfer that all of Saldo's descriptions share: answers and events. */
export const termsShape = z.object(terms);

/** `GET /api/operator/approvals` */
export const approvalsShape = z.object({
  items: z.array(z.object({ ...terms, requestedAt: instant, expiresAt: instant })).readonly(),
});

/** `GET /api/transfers/{transferId}` */
export const transferShape = z.object({
  ...terms,
  expiresAt: instant.optional(),
  history: z
    .array(
      z.object({
        at: instant,
        what: z.string(),
        by: z.string().optional(),
        reason: z.string().optional(),
      }),
    )
    .readonly(),
});

/** `GET /api/accounts/{accountId}` */
export const accountShape = z.object({ name: z.string(), email: z.string() });

/** The status document of a command. */
export const commandShape = z.object({
  status: z.enum(["pending", "accepted", "rejected", "parked"]),
  rejection: z.object({ code: z.string(), detail: z.string() }).optional(),
  handledAt: instant.optional(),
});

export const problemShape = z.object({ code: z.string(), detail: z.string().optional() });

export const termsFrom = (told: z.infer<typeof termsShape>): Terms => ({
  transferId: told.transferId,
  from: told.from,
  to: told.to,
  amount: told.amount,
  currency: told.currency,
  note: told.note ?? null,
});

export const reportsFrom = ({ items }: z.infer<typeof approvalsShape>): Report[] =>
  items.map((item) => {
    const by = `account:${item.from}`;
    const { requestedAt: at, expiresAt } = item;
    const request = { what: "approval_requested", at, expiresAt, by, ...unsaid } as const;
    return { terms: termsFrom(item), facts: [request] };
  });

export const reportFrom = (transfer: z.infer<typeof transferShape>): Report => ({
  terms: termsFrom(transfer),
  facts: transfer.history.flatMap(({ at, what, by, reason }): Fact[] =>
    isHappening(what)
      ? [
          {
            what,
            at,
            by: by ?? null,
            reason: reason ?? null,
            expiresAt: what === "approval_requested" ? (transfer.expiresAt ?? null) : null,
            sequence: null,
          },
        ]
      : [],
  ),
});

const unsaid = { reason: null, sequence: null };

const happenings = {
  approval_requested: true,
  approved: true,
  denied: true,
  cancelled: true,
  expired: true,
  settled: true,
  refunded: true,
} satisfies Record<Happening, true>;

/** Other things happen to transfers as well, such as `scheduled`: no concern of an approver. */
export const isHappening = (what: string): what is Happening => Object.hasOwn(happenings, what);

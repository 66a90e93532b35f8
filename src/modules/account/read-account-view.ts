/** Read models as they are stored: what is read is checked before it is shown, or built upon. */
import { z } from "zod";
import { safeId, transfer } from "../../kernel/messages/stored-values.ts";
import { faultsIn, Malformed } from "../../platform/malformed.ts";
import type { AccountView } from "./account-view.ts";
import type { TransferView } from "../transfer/transfer-view.ts";

/** A running total may have outgrown what is exact: that is no damage. */
const sumE4 = z.number();

const accountSchema = z.object({
  id: safeId,
  version: z.int().min(1),
  name: z.string(),
  email: z.string(),
  currency: z.string(),
  status: z.enum(["open", "frozen", "closed"]),
  availableE4: sumE4,
  inFlightE4: sumE4,
  loadedE4: sumE4,
  feesE4: sumE4,
  sentE4: sumE4,
  receivedE4: sumE4,
  refundedE4: sumE4,
  openedAt: z.string(),
  updatedAt: z.string(),
  corrected: z.exactOptional(z.array(z.int().min(1))),
}) satisfies z.ZodType<AccountView>;

const instant = z.string().refine((text) => !Number.isNaN(Date.parse(text)), "must be an instant");

const transferSchema = z.object({
  id: safeId,
  version: z.int().min(1),
  stage: z.enum(["scheduled", "waiting", "approved", "started", "ended"]),
  transfer: z.object(transfer),
  requestedAt: instant,
  updatedAt: instant,
  scheduledFor: z.exactOptional(instant),
  expiresAt: z.exactOptional(instant),
  history: z.array(z.object({ at: z.string(), what: z.string(), by: z.string() })),
  cause: z.object({
    correlationId: z.string(),
    causationId: z.string(),
    traceparent: z.string(),
  }),
});

/** Throws `Malformed`, with the name of the document. */
export function readAccountView(stored: AccountView): AccountView {
  return checked("accounts", accountSchema, stored);
}

export function isAccountView(stored: AccountView): boolean {
  return accountSchema.safeParse(stored).success;
}

export function isTransferView(stored: TransferView): boolean {
  return transferSchema.safeParse(stored).success;
}

const partiesSchema = z.object({ transfer: z.object({ from: safeId, to: safeId }) });

/** The accounts that a transfer goes from and to. Throws `Malformed`, with the name of the document. */
export function partiesIn(stored: TransferView): Pick<TransferView["transfer"], "from" | "to"> {
  return checked("transfers", partiesSchema, stored).transfer;
}

export type ReadableViews = {
  readonly views: readonly TransferView[];
  /** How many there are beside them that cannot be read. */
  readonly unreadable: number;
};

/** A list is not kept from everybody for one document that cannot be read: it is left out, and counted. */
export function readableTransferViews(stored: readonly TransferView[]): ReadableViews {
  const views = stored.filter(isTransferView);
  return { views, unreadable: stored.length - views.length };
}

function checked<View extends { readonly id: string }>(
  container: string,
  schema: z.ZodType,
  stored: View,
): View {
  const result = schema.safeParse(stored);
  if (result.success) return stored;
  throw new Malformed(`${container}/${stored.id}`, { faults: faultsIn(result.error.issues) });
}

/** Read models as they are stored: what is read is checked before it is shown, or built upon. */
import { z } from "zod";
import { safeId } from "../../kernel/messages/stored-values.ts";
import { faultsIn, Malformed } from "../../platform/malformed.ts";
import type { AccountView } from "./account-view.ts";

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

/** Throws `Malformed`, with the name of the document. */
export function readAccountView(stored: AccountView): AccountView {
  return checked("accounts", accountSchema, stored);
}

export function isAccountView(stored: AccountView): boolean {
  return accountSchema.safeParse(stored).success;
}

export function checked<View extends { readonly id: string }>(
  container: string,
  schema: z.ZodType,
  stored: View,
): View {
  const result = schema.safeParse(stored);
  if (result.success) return stored;
  throw new Malformed(`${container}/${stored.id}`, { faults: faultsIn(result.error.issues) });
}

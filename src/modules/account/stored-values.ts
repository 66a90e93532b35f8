/** The values that messages of accounts are made of, as they are checked when they are read. */
import { z } from "zod";
import { largestAmountE4 } from "../../../domain/kernel/money.ts";
import { longestText, safeId, text } from "../../kernel/messages/stored-values.ts";

/** What moves. */
export const amountE4 = z.int().min(1).max(largestAmountE4);

/** What is held or taken. */
export const restE4 = z.int().min(0);

export const balance = z.object({ availableE4: restE4, inFlightE4: restE4 });

/** A transfer as commands and events tell it. */
export const transfer = {
  transferId: safeId,
  from: safeId,
  to: safeId,
  amountE4,
  currency: text,
  note: z.exactOptional(z.string().max(longestText)),
  isManaged: z.exactOptional(z.literal(true)),
};

export const declineReason = z.enum([
  "receiver_not_found",
  "receiver_closed",
  "currency_mismatch",
  "balance_too_large",
]);

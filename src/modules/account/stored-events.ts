/** The data of each type of event as streams hold it, by version: what is read is checked before anything follows from it. */
import { z } from "zod";
import type { AccountEvent, AccountState } from "../../../domain/account/account.messages.ts";
import { instant, safeId, text } from "../../kernel/messages/stored-values.ts";
import { amountE4, balance, declineReason, restE4, transfer } from "./stored-values.ts";

type DataOf<Type extends AccountEvent["type"]> = Extract<AccountEvent, { type: Type }>["data"];

const moved = z.object({ ...transfer, balance });

const accountEvents = {
  AccountOpened: z.object({ name: text, email: text, currency: text }),
  CreditsLoaded: z.object({ amountE4, feeE4: restE4, currency: text, balance }),
  TransferScheduled: z.object({ ...transfer, scheduledFor: instant }),
  TransferWithdrawn: z.object(transfer),
  ScheduledTransferFailed: z.object({ ...transfer, reason: text }),
  ApprovalRequested: z.object({ ...transfer, expiresAt: instant, balance }),
  TransferApproved: z.object({ ...transfer, approver: text, reason: z.exactOptional(text) }),
  TransferDenied: z.object({ ...transfer, approver: text, reason: text, balance }),
  TransferCancelled: moved,
  TransferExpired: moved,
  CreditsSent: moved,
  CreditsReceived: moved,
  CreditsDeclined: z.object({ ...transfer, reason: declineReason }),
  TransferSettled: moved,
  TransferRefunded: z.object({ ...transfer, reason: declineReason, balance }),
  AccountFrozen: z.object({ reason: text }),
  AccountUnfrozen: z.object({ reason: text }),
  AccountClosed: z.object({}),
} satisfies { readonly [Type in AccountEvent["type"]]: z.ZodType<DataOf<Type>> };

/** A changed shape is a new version beside the old one. */
export const accountEventSchemas = Object.fromEntries(
  Object.entries(accountEvents).map(([type, schema]) => [type, { 1: schema }]),
);

const openedAccount = z.object({
  stage: z.enum(["open", "frozen", "closed"]),
  currency: text,
  availableE4: restE4,
  inFlightE4: restE4,
  transfers: z.record(
    z.string(),
    z.object({
      stage: z.enum(["scheduled", "waiting", "approved", "started", "sent"]),
      to: safeId,
      amountE4,
      note: z.exactOptional(z.string()),
    }),
  ),
});

/** The folded state, by today's fold. */
export const accountStateSchema = z.union([
  openedAccount,
  z.object({ stage: z.literal("unopened") }),
]) satisfies z.ZodType<AccountState>;

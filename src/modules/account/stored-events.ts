/** The data of each type of event as streams hold it, by version: what is read is checked before anything follows from it. */
import { z } from "zod";
import type { AccountEvent, AccountState } from "../../../domain/account/account.messages.ts";
import {
  amountE4,
  balance,
  declineReason,
  instant,
  restE4,
  safeId,
  text,
  transfer,
} from "../../kernel/messages/stored-values.ts";

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

/** By category, type and version: a changed shape is a new version beside the old one. */
const schemas: Readonly<Record<string, Readonly<Record<string, z.ZodType>>>> = {
  account: accountEvents,
};

/** `undefined` if this version of the code knows no such event. */
export function eventSchema(
  category: string,
  type: string,
  version: number,
): z.ZodType | undefined {
  const ofCategory = Object.hasOwn(schemas, category) ? schemas[category] : undefined;
  const isKnown = version === 1 && ofCategory !== undefined && Object.hasOwn(ofCategory, type);
  return isKnown ? ofCategory[type] : undefined;
}

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

const states: Readonly<Record<string, z.ZodType>> = {
  account: z.union([
    openedAccount,
    z.object({ stage: z.literal("unopened") }),
  ]) satisfies z.ZodType<AccountState>,
};

/** Whether this can be the folded state of a stream of this category, by today's fold. */
export function isState(category: string, state: unknown): boolean {
  return Object.hasOwn(states, category) && states[category]?.safeParse(state).success === true;
}

import type { TransferTerms } from "../../../domain/account/account.messages.ts";
import { parseAmount } from "../../../domain/kernel/money.ts";
import type { Settings } from "../../platform/settings.ts";

/** The house rules for a transfer, as of an instant (ms since the epoch). */
export type TermsAt = (nowMs: number) => TransferTerms;

export function termsOf({
  approvalFrom,
  approvalWithinMs,
}: Pick<Settings, "approvalFrom" | "approvalWithinMs">): TermsAt {
  const approvalFromE4 = parseAmount(approvalFrom);
  if (approvalFromE4 === undefined)
    throw new Error(`The setting APPROVAL_FROM must be an amount, but is "${approvalFrom}".`);
  return (nowMs) => ({
    requestedAt: new Date(nowMs).toISOString(),
    approvalFromE4,
    approvalUntil: new Date(nowMs + approvalWithinMs).toISOString(),
  });
}

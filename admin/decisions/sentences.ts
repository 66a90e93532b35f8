/** What a person reads about a decision. Plain text: the pages escape it. */
import { agoText, moneyText } from "../pages/texts.ts";
import type { KnownTransfer } from "../store/transfers.ts";
import type { Decision } from "./decision.ts";

/** Who is reading, and when. */
export type Reader = { email: string; nameOf: (email: string) => string; nowMs: number };

/** The reader's own decision has taken effect. */
export const doneSentence = (decision: Decision, transfer: KnownTransfer): string => {
  const money = moneyText(transfer);
  return decision === "approval"
    ? `You approved it: ${money} goes to ${transfer.toName ?? "the receiver"}.`
    : `You denied it: ${money} goes back to ${transfer.fromName ?? "the sender"}.`;
};

/** Who was first, and what they decided: "Grace approved it 12 seconds ago." */
export const firstSentence = (transfer: KnownTransfer, reader: Reader): string =>
  transfer.decidedAt === null
    ? `${deed(transfer, reader)}.`
    : `${deed(transfer, reader)} ${agoText(transfer.decidedAt, reader)}.`;

/** The same without its end: "Grace approved it". */
export const deed = (transfer: KnownTransfer, reader: Reader): string => {
  switch (transfer.status) {
    case "waiting":
      return "It no longer waits for approval";
    case "approved":
    case "settled":
    case "refunded":
      return `${decider(transfer, reader)} approved it`;
    case "denied":
      return `${decider(transfer, reader)} denied it`;
    case "cancelled":
      return `${transfer.fromName ?? "The sender"} took it back`;
    case "expired":
      return "Nobody decided in time: it expired";
  }
};

export const ownSentence =
  "You send or receive this transfer yourself: somebody else has to decide.";

const decider = ({ decidedBy }: KnownTransfer, { email, nameOf }: Reader): string => {
  if (decidedBy === null) return "Somebody";
  return decidedBy === email ? "You" : nameOf(decidedBy);
};

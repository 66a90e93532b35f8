/** Transfers as the interface and the live stream show them (docs/admin.md). */
import type { KnownTransfer } from "../store/transfers.ts";
import type { Fact, Standing, Terms } from "./transfer.ts";

/** Always all fields; null is what is not known, not yet or never. */
export type ListItem = Terms & Standing & { fromName: string | null; toName: string | null };

export type HistoryEntry = Pick<Fact, "at" | "what" | "by" | "reason">;

export const listItem = (transfer: KnownTransfer): ListItem => {
  const { fromEmail, toEmail, change, ...item } = transfer;
  return item;
};

export const historyEntry = ({ at, what, by, reason }: Fact): HistoryEntry => ({
  at,
  what,
  by,
  reason,
});

/**
 * Whether one of its accounts was opened with somebody's address: then it is probably their own, and somebody else has to
 * decide. Anybody can type an address, so Saldo alone refuses.
 */
export const isOwn = ({ fromEmail, toEmail }: KnownTransfer, email: string): boolean =>
  [fromEmail, toEmail].some((party) => party?.toLowerCase() === email);

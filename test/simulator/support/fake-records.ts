/** What the fake service keeps, and the ways in which it can be told to go wrong. */

export type Misbehaviour =
  | "accepts_wrong_amounts"
  | "charges_large_loads"
  | "credits_twice"
  | "doubles_silently"
  | "drops_lines_of_periods"
  | "drops_statement_lines"
  | "executes_duplicates"
  | "expires_too_early"
  | "forgets_the_past"
  | "forgets_to_start"
  | "hides_from_approvers"
  | "hides_hits"
  | "ignores_cancellations"
  | "keeps_denied_money"
  | "keeps_processes"
  | "keeps_refunds"
  | "keeps_waiting_list"
  | "leaves_out_resources"
  | "lets_parties_approve"
  | "lets_two_win"
  | "loses_notifications"
  | "loses_reasons"
  | "loses_transfers"
  | "miscounts_totals"
  | "names_wrong_winner"
  | "never_settles"
  | "notifies_twice"
  | "opens_accounts_twice"
  | "overdraws"
  | "overdraws_later"
  | "overlooks_other_bodies"
  | "pays_approved_twice"
  | "pays_the_closed"
  | "pays_withdrawn"
  | "rejects_the_rich"
  | "rounds_fees_up"
  | "shows_balances_late"
  | "shows_rejected_transfers"
  | "skips_approval"
  | "starts_too_early"
  | "starts_twice"
  | "swaps_statement_lines";

export type Account = {
  accountId: string;
  name: string;
  email: string;
  currency: string;
  status: "open" | "closed";
  openedAt: string;
  availableE4: bigint;
  inFlightE4: bigint;
  totals: Record<"loaded" | "fees" | "sent" | "received" | "refunded", bigint>;
  lines: Line[];
  notifications: Notification[];
  /** Shown once instead of the account, when its read model is to lag behind. */
  late?: Account;
};

export type Line = {
  movementId: string;
  at: string;
  type: "load" | "transfer_out" | "transfer_in" | "refund";
  amountE4: bigint;
  feeE4: bigint | undefined;
  balanceE4: bigint;
  transfer: Transfer | undefined;
};

export type Transfer = {
  transferId: string;
  from: string;
  to: string;
  amountE4: bigint;
  currency: string;
  note: string | undefined;
  status: TransferStatus;
  reason: string | undefined;
  scheduledFor: string | undefined;
  expiresAt: string | undefined;
  history: { at: string; what: string; by: string; reason?: string | undefined }[];
};

export type TransferStatus =
  | "scheduled"
  | "withdrawn"
  | "failed"
  | "awaiting_approval"
  | "denied"
  | "cancelled"
  | "expired"
  | "approved"
  | "in_flight"
  | "settled"
  | "refunded";

type Notification = {
  notificationId: string;
  at: string;
  type: string;
  text: string;
  transfer: Transfer | undefined;
  counterparty: string | undefined;
  reason: string | undefined;
};

export type Point = "stored" | "handled" | "visible" | "settled";

export type Command = {
  commandId: string;
  stream: string;
  order: Order;
  resource: string;
  status: "pending" | "accepted" | "rejected";
  rejection: string | undefined;
  reached: Point;
  acceptedAt: string;
  handledAt: string | undefined;
  /** Comes no further: whoever waits for it is answered nevertheless. */
  isStuck: boolean;
};

export type Order =
  | { type: "OpenAccount"; name: string; email: string; currency: string }
  | { type: "LoadCredits"; accountId: string; amountE4: bigint }
  | SendOrder
  | { type: "CancelTransfer"; accountId: string; transferId: string }
  | { type: "CloseAccount"; accountId: string };

export type SendOrder = {
  type: "SendCredits";
  accountId: string;
  to: string;
  amountE4: bigint;
  note?: string;
  scheduledFor?: string;
};

/** Tells whether to do wrong this time. */
export type Misbehaves = (misbehaviour: Misbehaviour) => boolean;

export type Books = {
  accounts: Map<string, Account>;
  transfers: Map<string, Transfer>;
  commands: Map<string, Command>;
};

export type Clock = { tick: () => string; advance: (ms: number) => void };

/** What the fake service keeps, and the ways in which it can be told to go wrong. */

export type Misbehaviour =
  | "accepts_wrong_amounts"
  | "charges_large_loads"
  | "credits_twice"
  | "doubles_silently"
  | "drops_lines_of_periods"
  | "drops_statement_lines"
  | "executes_duplicates"
  | "forgets_the_past"
  | "hides_hits"
  | "keeps_refunds"
  | "leaves_out_resources"
  | "loses_transfers"
  | "miscounts_totals"
  | "never_settles"
  | "opens_accounts_twice"
  | "overdraws"
  | "overlooks_other_bodies"
  | "pays_the_closed"
  | "rejects_the_rich"
  | "rounds_fees_up"
  | "shows_balances_late"
  | "shows_rejected_transfers"
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
  status: "in_flight" | "settled" | "refunded";
  reason: string | undefined;
  history: { at: string; what: string; by: string }[];
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
  | { type: "SendCredits"; accountId: string; to: string; amountE4: bigint; note?: string }
  | { type: "CloseAccount"; accountId: string };

/** Tells whether to do wrong this time. */
export type Misbehaves = (misbehaviour: Misbehaviour) => boolean;

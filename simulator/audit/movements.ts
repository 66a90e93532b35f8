import type { Ending } from "../world/intentions.ts";
import type { ExpectedAccount, ExpectedTransfer, Unaffordable } from "./model.ts";
import type { FinalStatus, FoundTransfer } from "./transfers.ts";

/** The movements of an account that follow from how its transfers ended. */
export type ExpectedMovements = {
  out: DebitedTransfer[];
  arrived: ExpectedTransfer[];
  refunded: ExpectedTransfer[];
  inFlightE4: bigint;
  /** Transfers that were said to lack money, at once or when their instant had come. */
  unaffordable: Unaffordable[];
};

export type DebitedTransfer = ExpectedTransfer & { debitedAt: string | undefined };

/** Where the amount of a transfer is. */
export type Whereabouts = "with the sender" | "in flight" | "with the receiver" | "given back";

export const whereabouts = (status: FinalStatus): Whereabouts => WHEREABOUTS[status];

const WHEREABOUTS: Readonly<Record<FinalStatus, Whereabouts>> = {
  scheduled: "with the sender",
  awaiting_approval: "in flight",
  approved: "in flight",
  in_flight: "in flight",
  settled: "with the receiver",
  receiver_not_found: "given back",
  receiver_closed: "given back",
  currency_mismatch: "given back",
  balance_too_large: "given back",
  denied: "given back",
  cancelled: "given back",
  expired: "given back",
  withdrawn: "with the sender",
  insufficient_funds: "with the sender",
  account_closed: "with the sender",
  account_frozen: "with the sender",
} satisfies Record<Ending | FinalStatus, Whereabouts>;

export const expectedMovements = (
  { sent, due, unaffordable }: ExpectedAccount,
  found: ReadonlyMap<string, FoundTransfer>,
): ExpectedMovements => {
  const isAt =
    (...places: Whereabouts[]) =>
    ({ transferId }: ExpectedTransfer): boolean =>
      places.includes(whereabouts(found.get(transferId)?.status ?? "in_flight"));
  return {
    out: sent
      .filter(isAt("in flight", "with the receiver", "given back"))
      .map((transfer) => ({ ...transfer, debitedAt: found.get(transfer.transferId)?.debitedAt })),
    arrived: due.filter(isAt("with the receiver")),
    refunded: sent.filter(isAt("given back")),
    inFlightE4: sent
      .filter(isAt("in flight"))
      .reduce((totalE4, { amountE4 }) => totalE4 + amountE4, 0n),
    unaffordable: [...unaffordable, ...sent.flatMap((transfer) => failedForMoney(transfer, found))],
  };
};

const failedForMoney = (
  { transferId, amountE4, scheduledFor }: ExpectedTransfer,
  found: ReadonlyMap<string, FoundTransfer>,
): Unaffordable[] => {
  const { status, failedAt } = found.get(transferId) ?? {};
  if (status !== "insufficient_funds" || !failedAt || !scheduledFor) return [];
  return [{ amountE4, acceptedAt: scheduledFor, handledAt: failedAt }];
};

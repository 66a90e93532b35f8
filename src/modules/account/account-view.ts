/** The account as its owner sees it: what `GET /api/accounts/{id}` answers, one document an account. */
import type { AccountEvent } from "../../../domain/account/account.messages.ts";
import { assert } from "../../../domain/kernel/assert.ts";
import type { AmountE4 } from "../../../domain/kernel/money.ts";

export type AccountView = {
  /** The account id; also the partition key. */
  readonly id: string;
  /** Events of the account's stream that this view shows. */
  readonly version: number;
  readonly name: string;
  readonly email: string;
  readonly currency: string;
  readonly status: "open" | "frozen" | "closed";
  readonly availableE4: AmountE4;
  readonly inFlightE4: AmountE4;
  readonly loadedE4: AmountE4;
  readonly feesE4: AmountE4;
  readonly sentE4: AmountE4;
  readonly receivedE4: AmountE4;
  readonly refundedE4: AmountE4;
  readonly openedAt: string;
  readonly updatedAt: string;
  /** Numbers of the stream's commits that are not read as they are stored; absent if there are none. */
  readonly corrected?: readonly number[];
};

type Context = { readonly accountId: string; readonly at: string };

/** The view after one more event; `undefined` while there is nothing to show. */
export function projectAccount(
  view: AccountView | undefined,
  event: AccountEvent,
  { accountId, at }: Context,
): AccountView | undefined {
  if (event.type === "CreditsDeclined") return view && { ...view, version: view.version + 1 };
  if (event.type === "AccountOpened") {
    const none = { availableE4: 0, inFlightE4: 0, loadedE4: 0, feesE4: 0, sentE4: 0 };
    return {
      id: accountId,
      version: 1,
      ...event.data,
      ...none,
      receivedE4: 0,
      refundedE4: 0,
      status: "open",
      openedAt: at,
      updatedAt: at,
    };
  }
  assert(view !== undefined, `${event.type} on account ${accountId}, which was never opened`);
  return { ...view, ...changes(view, event), version: view.version + 1, updatedAt: at };
}

/** Balances are set from the event; only the running totals are added up (guarded by the version). */
function changes(
  view: AccountView,
  event: Exclude<AccountEvent, { type: "AccountOpened" | "CreditsDeclined" }>,
): Partial<AccountView> {
  switch (event.type) {
    case "CreditsLoaded": {
      const { amountE4, feeE4, balance } = event.data;
      return { ...balance, loadedE4: view.loadedE4 + amountE4, feesE4: view.feesE4 + feeE4 };
    }
    case "CreditsSent":
    case "ApprovalRequested":
      return { ...event.data.balance, sentE4: view.sentE4 + event.data.amountE4 };
    case "CreditsReceived":
      return { ...event.data.balance, receivedE4: view.receivedE4 + event.data.amountE4 };
    case "TransferDenied":
    case "TransferCancelled":
    case "TransferExpired":
    case "TransferRefunded":
      return { ...event.data.balance, refundedE4: view.refundedE4 + event.data.amountE4 };
    case "TransferSettled":
      return event.data.balance;
    case "TransferScheduled":
    case "TransferWithdrawn":
    case "ScheduledTransferFailed":
    case "TransferApproved":
      return {};
    case "AccountFrozen":
      return { status: "frozen" };
    case "AccountUnfrozen":
      return { status: "open" };
    case "AccountClosed":
      return { status: "closed" };
  }
}

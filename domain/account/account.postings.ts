/**
 * What each event of an account moves, as double-entry postings. `outside` is the world that money is loaded from. Between
 * the two streams of a transfer lies `transit`: the receiver has been credited out of it before the sender's stream settles
 * into it, so it is negative while a settlement is under way, and zero at rest.
 */
import { move, type Posting } from "../kernel/postings.ts";
import { parseStream } from "../kernel/streams.ts";
import type { AccountEvent } from "./account.messages.ts";

export function availableOf(accountId: string): string {
  return `available:${accountId}`;
}

export function inFlightOf(accountId: string): string {
  return `in-flight:${accountId}`;
}

export function accountPostings(event: AccountEvent, stream: string): readonly Posting[] {
  const { id } = parseStream(stream);
  const [available, inFlight] = [availableOf(id), inFlightOf(id)];
  switch (event.type) {
    case "CreditsLoaded": {
      const { amountE4, feeE4, currency } = event.data;
      return [
        ...move(amountE4 - feeE4, currency, { from: "outside", to: available }),
        ...move(feeE4, currency, { from: "outside", to: "fees" }),
      ];
    }
    case "CreditsSent":
    case "ApprovalRequested":
      return move(event.data.amountE4, event.data.currency, { from: available, to: inFlight });
    case "TransferDenied":
    case "TransferCancelled":
    case "TransferExpired":
    case "TransferRefunded":
      return move(event.data.amountE4, event.data.currency, { from: inFlight, to: available });
    case "CreditsReceived":
      return move(event.data.amountE4, event.data.currency, { from: "transit", to: available });
    case "TransferSettled":
      return move(event.data.amountE4, event.data.currency, { from: inFlight, to: "transit" });
    case "AccountOpened":
    case "TransferScheduled":
    case "TransferWithdrawn":
    case "ScheduledTransferFailed":
    case "TransferApproved":
    case "CreditsDeclined":
    case "AccountFrozen":
    case "AccountUnfrozen":
    case "AccountClosed":
      return [];
  }
}

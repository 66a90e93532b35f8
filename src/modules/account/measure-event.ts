/** What telemetry is told of an event that has become visible. */
import type { AccountEvent } from "../../../domain/account/account.messages.ts";
import { count, measure } from "../../platform/telemetry/metrics.ts";

const unitE4 = 10_000;

export function measureEvent(event: AccountEvent): void {
  switch (event.type) {
    case "CreditsLoaded":
      count("saldo.fees", { currency: event.data.currency }, event.data.feeE4 / unitE4);
      return;
    case "TransferSettled": {
      const { amountE4, currency } = event.data;
      measure("saldo.transfers.amount", amountE4 / unitE4, { currency });
      count("saldo.transfers.ended", { ending: "settled" });
      return;
    }
    case "TransferRefunded":
    case "TransferDenied":
    case "TransferCancelled":
    case "TransferExpired":
    case "TransferWithdrawn":
    case "ScheduledTransferFailed":
      count("saldo.transfers.ended", { ending: endings[event.type] });
      return;
    default:
      return;
  }
}

const endings = {
  TransferRefunded: "refunded",
  TransferDenied: "denied",
  TransferCancelled: "cancelled",
  TransferExpired: "expired",
  TransferWithdrawn: "withdrawn",
  ScheduledTransferFailed: "failed",
} as const;

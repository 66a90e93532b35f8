/** What an event adds to the revenue of its day. */
import { assert } from "../../../domain/kernel/assert.ts";
import { type AmountE4, parseAmount } from "../../../domain/kernel/money.ts";
import type { IntegrationEvent } from "../account/integration-events.ts";

export type RevenueTotals = {
  readonly feesE4: AmountE4;
  readonly loads: number;
  readonly loadedE4: AmountE4;
  readonly transfers: number;
  readonly transferredE4: AmountE4;
};

export type Revenue = {
  /** UTC, `YYYY-MM-DD`: the day on which it happened, whenever it is heard of. */
  readonly day: string;
  readonly currency: string;
  readonly totals: Partial<RevenueTotals>;
};

/** `undefined` if it adds nothing. A transfer counts once it has arrived. */
export function revenueOf({ time, type, data }: IntegrationEvent): Revenue | undefined {
  const day = new Date(time).toISOString().slice(0, 10);
  switch (type) {
    case "saldo.credits.loaded.v1": {
      const { amount, fee, currency } = data;
      const totals = { feesE4: amountOf(fee), loads: 1, loadedE4: amountOf(amount) };
      return { day, currency, totals };
    }
    case "saldo.transfer.settled.v1": {
      const { amount, currency } = data;
      return { day, currency, totals: { transfers: 1, transferredE4: amountOf(amount) } };
    }
    default:
      return undefined;
  }
}

function amountOf(text: string): AmountE4 {
  const amountE4 = parseAmount(text);
  assert(amountE4 !== undefined, `not an amount: ${text}`);
  return amountE4;
}

/** `GET /api/operator/totals`: the whole system's money, and whether any was made or lost. */
import { formatAmount } from "../../domain/kernel/money.ts";
import type { Documents } from "../platform/cosmos/documents.ts";
import { type HttpHandler, json } from "../platform/http/exchange.ts";
import type { AccountView } from "../projections/account-view.ts";

const summed = ["availableE4", "loadedE4", "feesE4", "sentE4", "receivedE4", "refundedE4"] as const;

type Sums = Record<(typeof summed)[number] | "accounts", number>;

export function showTotals(accounts: Documents<AccountView>): HttpHandler {
  const sums = summed.map((name) => `SUM(c.${name}) AS ${name}`).join(", ");
  const text = `SELECT COUNT(1) AS accounts, ${sums} FROM c`;

  /**
   * The query reads partition after partition, not at one instant: while money moves, a credit may be seen without its
   * debit. Only what stays negative is wrong.
   */
  const settledSums = async (): Promise<Totals> => {
    for (let looks = 1; ; looks += 1) {
      const [found] = await accounts.query<Partial<Sums>>({ text });
      const totals = totalsOf((name) => found?.[name] ?? 0);
      if (totals.inFlightE4 >= 0 || looks === mostLooks) return totals;
    }
  };

  return async () => {
    const { sum, inFlightE4 } = await settledSums();
    const accountedFor = sum("availableE4") + inFlightE4 + sum("feesE4");
    return json(200, {
      accounts: sum("accounts"),
      loaded: formatAmount(sum("loadedE4")),
      fees: formatAmount(sum("feesE4")),
      available: formatAmount(sum("availableE4")),
      inFlight: formatAmount(inFlightE4),
      conserved: accountedFor === sum("loadedE4") && inFlightE4 >= 0,
    });
  };
}

type Totals = { readonly sum: (name: keyof Sums) => number; readonly inFlightE4: number };

const mostLooks = 3;

function totalsOf(sum: Totals["sum"]): Totals {
  return { sum, inFlightE4: sum("sentE4") - sum("receivedE4") - sum("refundedE4") };
}

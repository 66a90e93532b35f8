/** `GET /api/operator/totals`: the whole system's money, and whether any was made or lost. */
import { type AmountE4, formatAmount } from "../../../domain/kernel/money.ts";
import type { Documents } from "../../platform/cosmos/documents.ts";
import { type HttpHandler, json } from "../../platform/http/exchange.ts";
import type { AccountView } from "../account/account-view.ts";

const summed = ["availableE4", "loadedE4", "feesE4", "sentE4", "receivedE4", "refundedE4"] as const;

type Sums = Record<(typeof summed)[number] | "accounts" | "readable", number>;

/** Everything the system holds, in 1/10 000 of a unit. */
export type Totals = {
  readonly accounts: number;
  readonly loadedE4: AmountE4;
  readonly feesE4: AmountE4;
  readonly availableE4: AmountE4;
  readonly inFlightE4: AmountE4;
  /** Nothing was made or lost. */
  readonly conserved: boolean;
  /** Accounts whose views are damaged: nobody knows what they hold, and they are in no sum. */
  readonly unreadable: number;
};

export function showTotals(totals: () => Promise<Totals>): HttpHandler {
  return async () => {
    const { accounts, conserved, unreadable, ...amounts } = await totals();
    return json(200, {
      accounts,
      loaded: formatAmount(amounts.loadedE4),
      fees: formatAmount(amounts.feesE4),
      available: formatAmount(amounts.availableE4),
      inFlight: formatAmount(amounts.inFlightE4),
      conserved,
      ...(unreadable === 0 ? {} : { unreadable }),
    });
  };
}

const mostLooks = 3;

/**
 * The query reads partition after partition, not at one instant: while money moves, a credit may be seen without its
 * debit. Only what stays negative is wrong.
 */
export function systemTotals(accounts: Documents<AccountView>): () => Promise<Totals> {
  const sums = summed.map((name) => `SUM(c.${name}) AS ${name}`).join(", ");
  const isReadable = summed.map((name) => `IS_NUMBER(c.${name})`).join(" AND ");
  const text = `SELECT COUNT(1) AS accounts, SUM(IIF(${isReadable}, 1, 0)) AS readable, ${sums} FROM c`;
  const query = async (condition: string): Promise<Partial<Sums>> =>
    (await accounts.query<Partial<Sums>>({ text: text + condition }))[0] ?? {};

  const look = async (): Promise<Totals> => {
    const all = await query("");
    const unreadable = (all.accounts ?? 0) - (all.readable ?? 0);
    if (unreadable === 0) return totalsOf(all, 0);
    // There is no sum of what is not all numbers ("SUM (query language)"): one damaged view spoils that of its partition.
    return totalsOf(await query(` WHERE ${isReadable}`), unreadable);
  };

  return async () => {
    for (let looks = 1; ; looks += 1) {
      const totals = await look();
      if (totals.inFlightE4 >= 0 || looks === mostLooks) return totals;
    }
  };
}

function totalsOf(sums: Partial<Sums>, unreadable: number): Totals {
  const sum = (name: keyof Sums): number => sums[name] ?? 0;
  const inFlightE4 = sum("sentE4") - sum("receivedE4") - sum("refundedE4");
  const accountedFor = sum("availableE4") + inFlightE4 + sum("feesE4");
  return {
    accounts: sum("accounts"),
    loadedE4: sum("loadedE4"),
    feesE4: sum("feesE4"),
    availableE4: sum("availableE4"),
    inFlightE4,
    conserved: accountedFor === sum("loadedE4") && inFlightE4 >= 0 && unreadable === 0,
    unreadable,
  };
}

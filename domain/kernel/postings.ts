import type { AmountE4 } from "./money.ts";

/**
 * One line of double-entry bookkeeping. The postings of an event are derived from it by a pure function, and never stored:
 * amounts are taken from one ledger account and put into another, so those of one currency sum to zero.
 */
export type Posting = {
  /** The ledger account: `available:{account}`, `in-flight:{account}`, or one of the house, such as `fees`. */
  readonly ledger: string;
  /** ISO 4217. */
  readonly currency: string;
  /** What is put in; negative if it is taken out. */
  readonly amountE4: AmountE4;
};

/** From one ledger account to another; nothing if there is nothing to move. */
export function move(
  amountE4: AmountE4,
  currency: string,
  { from, to }: { readonly from: string; readonly to: string },
): readonly Posting[] {
  if (amountE4 === 0) return [];
  return [
    { ledger: from, currency, amountE4: -amountE4 },
    { ledger: to, currency, amountE4 },
  ];
}

/** The first currency whose postings do not sum to zero; `undefined` if all balance. Exact beyond 2^53. */
export function unbalancedCurrency(postings: readonly Posting[]): string | undefined {
  const sums = new Map<string, bigint>();
  for (const { currency, amountE4 } of postings)
    sums.set(currency, (sums.get(currency) ?? 0n) + BigInt(amountE4));
  return [...sums].find(([, sum]) => sum !== 0n)?.[0];
}

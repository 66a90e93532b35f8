import { assert } from "./assert.ts";

/**
 * An amount of money in 1/10 000 of a currency unit: a safe integer, hence exact. The fees of this business are
 * fractions of a cent, so cents would be too coarse; a float would not add up.
 */
export type AmountE4 = number;

const unitE4 = 10_000;

/** The largest amount of one movement and the largest balance: one thousand million units. */
export const largestAmountE4: AmountE4 = 1_000_000_000 * unitE4;

const decimalForm = /^(?:0|[1-9][0-9]{0,12})(?:\.[0-9]{1,4})?$/;

/** Reads a decimal string such as "25.50" (no sign, up to four places); `undefined` if it is none. */
export function parseAmount(text: string): AmountE4 | undefined {
  if (!decimalForm.test(text)) return undefined;
  const [units = "", fraction = ""] = text.split(".");
  return Number(units) * unitE4 + Number(fraction.padEnd(4, "0"));
}

/** Writes a decimal string with two to four places: 255000 → "25.50", -2 → "-0.0002". */
export function formatAmount(amountE4: AmountE4): string {
  assert(Number.isSafeInteger(amountE4), `not an amount: ${amountE4}`);
  const digits = Math.abs(amountE4).toString().padStart(5, "0");
  const fraction = digits.slice(-4).replace(/0{1,2}$/, "");
  return `${amountE4 < 0 ? "-" : ""}${digits.slice(0, -4)}.${fraction}`;
}

/**
 * A share of an amount, rounded half to even at 1/10 000, so that rounding favours nobody in the long run.
 * The rate is in millionths: 0.02 % = 200.
 */
export function shareOf(amountE4: AmountE4, ratePerMillion: number): AmountE4 {
  assert(Number.isSafeInteger(amountE4) && amountE4 >= 0, `no share of ${amountE4}`);
  const product = BigInt(amountE4) * BigInt(ratePerMillion);
  const quotient = product / 1_000_000n;
  const twiceRemainder = (product % 1_000_000n) * 2n;
  const isOdd = quotient % 2n === 1n;
  const roundsUp = twiceRemainder > 1_000_000n || (twiceRemainder === 1_000_000n && isOdd);
  return Number(roundsUp ? quotient + 1n : quotient);
}

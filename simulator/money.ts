/** Money is a bigint of 1/10 000 of a currency unit (`…E4`), never a floating-point number. */

const SCALE = 10_000n;
const MONEY_FORM = /^(-?)(\d+)\.(\d{2,4})$/;

/** Reads an amount as the contract writes it: two to four decimal places. */
export const parseMoney = (text: string): bigint | undefined => {
  const match = MONEY_FORM.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = "", fraction = ""] = match;
  const amountE4 = BigInt(whole) * SCALE + BigInt(fraction.padEnd(4, "0"));
  return sign === "-" ? -amountE4 : amountE4;
};

/** Writes an amount with two decimal places, or up to four where they are needed. */
export const formatMoney = (amountE4: bigint): string => {
  const magnitude = amountE4 < 0n ? -amountE4 : amountE4;
  const fraction = String(magnitude % SCALE).padStart(4, "0");
  const shortest = fraction.replace(/0{1,2}$/, "");
  return `${amountE4 < 0n ? "-" : ""}${magnitude / SCALE}.${shortest}`;
};

/** The largest load that still pays the fee. */
const LARGEST_LOAD_WITH_FEE_E4 = 500n * SCALE;

/** The fee for loading credits: 0.02 %, half-even at 1/10 000; none above 500.00. */
export const loadFeeE4 = (amountE4: bigint): bigint => {
  if (amountE4 > LARGEST_LOAD_WITH_FEE_E4) return 0n;
  const feeE8 = amountE4 * 2n;
  const floorE4 = feeE8 / SCALE;
  const twiceRemainder = (feeE8 % SCALE) * 2n;
  const roundsUp = twiceRemainder > SCALE || (twiceRemainder === SCALE && floorE4 % 2n === 1n);
  return roundsUp ? floorE4 + 1n : floorE4;
};

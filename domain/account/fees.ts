import { type AmountE4, shareOf } from "../kernel/money.ts";

const loadFeePerMillion = 200; // 0.02 %
const feeFreeAboveE4: AmountE4 = 500_0000; // a load of exactly 500.00 still pays

/** What loading costs; it is taken from the loaded amount. */
export function loadFee(amountE4: AmountE4): AmountE4 {
  return amountE4 > feeFreeAboveE4 ? 0 : shareOf(amountE4, loadFeePerMillion);
}

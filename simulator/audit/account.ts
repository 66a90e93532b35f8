import type { AccountDocument, Movement } from "../client/documents.ts";
import { formatMoney } from "../money.ts";
import type { ExpectedAccount, ExpectedTransfer } from "./model.ts";
import type { ExpectedMovements } from "./movements.ts";
import { checkStatement } from "./statement.ts";

/** Holds an account and its whole statement against what was intended. */
export const checkAccount = (
  expected: ExpectedAccount,
  movements: ExpectedMovements,
  found: { account: AccountDocument; statement: readonly Movement[] },
): string[] => {
  const { accountId } = expected;
  const { account, statement } = found;
  return [
    ...checkOwner(expected, account),
    ...checkAmounts(expected, movements, account),
    ...checkStatement({ ...expected, ...movements }, statement),
    ...checkSums(account, statement),
  ].map((finding) => finding.replace(/^Account\b/, `Account ${accountId}`));
};

const checkOwner = (expected: ExpectedAccount, account: AccountDocument): string[] => {
  const right = { ...expected, status: expected.closed ? "closed" : "open" };
  return (["accountId", "name", "email", "currency", "status"] as const)
    .filter((field) => account[field] !== right[field])
    .map((field) => `Account shows ${field} ${account[field]}, but should show ${right[field]}.`);
};

/** Totals and balance, each computed from the intentions. */
const checkAmounts = (
  { loads }: ExpectedAccount,
  { out, arrived, refunded, inFlightE4 }: ExpectedMovements,
  { totals, balance }: AccountDocument,
): string[] => {
  const loadedE4 = total(loads.map(({ amountE4 }) => amountE4));
  const feesE4 = total(loads.map(({ feeE4 }) => feeE4));
  const sentE4 = total(out.map(amountOf));
  const receivedE4 = total(arrived.map(amountOf));
  const refundedE4 = total(refunded.map(amountOf));
  const availableE4 = loadedE4 - feesE4 - sentE4 + receivedE4 + refundedE4;
  const amounts: [name: string, shownE4: bigint, rightE4: bigint][] = [
    ["loaded", totals.loadedE4, loadedE4],
    ["in fees", totals.feesE4, feesE4],
    ["sent", totals.sentE4, sentE4],
    ["received", totals.receivedE4, receivedE4],
    ["refunded", totals.refundedE4, refundedE4],
    ["available", balance.availableE4, availableE4],
    ["in flight", balance.inFlightE4, inFlightE4],
    ["held", balance.heldE4, 0n],
    ["confirmed", balance.confirmedE4, availableE4 + inFlightE4],
  ];
  return amounts
    .filter(([, shownE4, rightE4]) => shownE4 !== rightE4)
    .map(([name, shownE4, rightE4]) => {
      const [shown, right] = [formatMoney(shownE4), formatMoney(rightE4)];
      return `Account shows ${shown} ${name}, but should show ${right}.`;
    });
};

const checkSums = (account: AccountDocument, statement: readonly Movement[]): string[] => {
  const sumE4 = total(statement.map(({ amountE4, feeE4 }) => amountE4 - feeE4));
  const { availableE4 } = account.balance;
  if (sumE4 === availableE4) return [];
  return [
    `Account has ${formatMoney(availableE4)} available, but its statement sums to ` +
      `${formatMoney(sumE4)}.`,
  ];
};

const amountOf = ({ amountE4 }: ExpectedTransfer): bigint => amountE4;

const total = (amountsE4: readonly bigint[]): bigint =>
  amountsE4.reduce((sumE4, amountE4) => sumE4 + amountE4, 0n);

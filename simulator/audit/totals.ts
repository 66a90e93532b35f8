import { setTimeout as pause } from "node:timers/promises";
import type { Api } from "../client/api.ts";
import type { SystemTotals } from "../client/documents.ts";
import { formatMoney } from "../money.ts";

/** What this run added to the system. */
export type OwnTotals = Omit<SystemTotals, "conserved">;

export type TotalsCheck = {
  /** As they were before the run; undefined when the run repeats an earlier one. */
  before: SystemTotals | undefined;
  own: OwnTotals;
  /** How long the totals may take to show what every account shows already. */
  patienceMs: number;
};

/**
 * Conservation over the whole system: it must say `conserved`, and must have grown by what this
 * run added, no less. More is right only when somebody else was there at the same time, which
 * shows in accounts that this run did not open.
 */
export const checkTotals = async (api: Api, check: TotalsCheck): Promise<string[]> => {
  const deadlineMs = performance.now() + check.patienceMs;
  for (;;) {
    const after = await api.totals();
    if (after === undefined) return ["The operator key was accepted before, but no longer."];
    const findings = compareTotals(check, after);
    if (findings.length === 0 || performance.now() > deadlineMs) return findings;
    await pause(100);
  }
};

const compareTotals = ({ before, own }: TotalsCheck, after: SystemTotals): string[] => {
  const findings = after.conserved ? [] : [`The system does not conserve money: ${print(after)}.`];
  if (before === undefined) return findings;
  const grownBy = {
    accounts: after.accounts - before.accounts,
    loadedE4: after.loadedE4 - before.loadedE4,
    feesE4: after.feesE4 - before.feesE4,
    availableE4: after.availableE4 - before.availableE4,
    inFlightE4: after.inFlightE4 - before.inFlightE4,
  };
  const othersWereThere = grownBy.accounts > own.accounts;
  const fits = othersWereThere
    ? grownBy.loadedE4 >= own.loadedE4 && grownBy.feesE4 >= own.feesE4
    : print(lessEnded(grownBy, before.inFlightE4, own)) === print(own);
  if (fits) return findings;
  return [
    ...findings,
    `The system has grown by ${print(grownBy)}, but this run added ${print(own)} ` +
      "(the two may differ if anybody else used the service meanwhile).",
  ];
};

/** What earlier runs had left in flight may have ended meanwhile: its amount is available then. */
const lessEnded = (grownBy: OwnTotals, leftE4: bigint, own: OwnTotals): OwnTotals => {
  const endedE4 = own.inFlightE4 - grownBy.inFlightE4;
  if (endedE4 < 0n || endedE4 > leftE4) return grownBy;
  const availableE4 = grownBy.availableE4 - endedE4;
  return { ...grownBy, availableE4, inFlightE4: grownBy.inFlightE4 + endedE4 };
};

const print = ({ accounts, loadedE4, feesE4, availableE4, inFlightE4 }: OwnTotals): string =>
  `${accounts} accounts, ${formatMoney(loadedE4)} loaded, ${formatMoney(feesE4)} fees, ` +
  `${formatMoney(availableE4)} available, ${formatMoney(inFlightE4)} in flight`;

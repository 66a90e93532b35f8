import type { TransferDocument } from "../client/documents.ts";
import { formatMoney } from "../money.ts";
import type { Ending } from "../world/intentions.ts";
import type { ExpectedAccount, ExpectedTransfer } from "./model.ts";

/** How a transfer ended, or that it has not: then its amount must still be in flight. */
export type FinalStatus = Ending | "in_flight";

/** What the service says about a transfer, against what was intended. */
export const checkTransfer = (
  expected: ExpectedTransfer,
  found: TransferDocument | undefined,
  currency: string | undefined,
): { status: FinalStatus; findings: string[] } => {
  const { transferId, endings } = expected;
  const who = `Transfer ${transferId} of ${formatMoney(expected.amountE4)}`;
  // The statements are then held to the ending that should be.
  const [rightEnding = "settled"] = endings;
  if (found === undefined) return { status: rightEnding, findings: [`${who} is not found.`] };
  const findings = differences(expected, found, currency).map(
    ({ name, shown, right }) => `${who} shows ${name} ${shown}, but should show ${right}.`,
  );
  const verdict = found.reason ?? found.status;
  const status = [...endings, ...OTHER_STATUSES].find((known) => known === verdict);
  if (!endings.some((ending) => ending === verdict)) {
    findings.push(`${who} ended as ${verdict}, but should have been ${endings.join(" or ")}.`);
  }
  findings.push(...checkHistory(who, found));
  return { status: status ?? rightEnding, findings };
};

const OTHER_STATUSES: readonly FinalStatus[] = [
  "settled",
  "in_flight",
  "receiver_not_found",
  "receiver_closed",
  "currency_mismatch",
  "balance_too_large",
];

type Difference = { name: string; shown: string; right: string };

const differences = (
  expected: ExpectedTransfer,
  found: TransferDocument,
  currency: string | undefined,
): Difference[] =>
  [
    { name: "the id", shown: found.transferId, right: expected.transferId },
    { name: "the sender", shown: found.from, right: expected.from },
    { name: "the receiver", shown: found.to, right: expected.to },
    {
      name: "the amount",
      shown: formatMoney(found.amountE4),
      right: formatMoney(expected.amountE4),
    },
    { name: "the currency", shown: found.currency, right: currency ?? found.currency },
    { name: "the note", shown: found.note ?? "(none)", right: expected.note ?? "(none)" },
  ].filter(({ shown, right }) => shown !== right);

const checkHistory = (who: string, { history, status }: TransferDocument): string[] => {
  const inOrder = history.every(({ at }, index) => at >= (history[index - 1]?.at ?? ""));
  const first = history[0]?.what;
  const last = history.at(-1)?.what;
  const findings: string[] = [];
  if (!inOrder) findings.push(`${who} has a history that is not in order.`);
  if (first !== "requested") findings.push(`${who} has a history that does not begin "requested".`);
  if (status !== "in_flight" && last !== status) {
    findings.push(`${who} is ${status}, but its history ends with "${last ?? "nothing"}".`);
  }
  return findings;
};

/** The movements of an account that follow from how its transfers ended. */
export type ExpectedMovements = {
  out: ExpectedTransfer[];
  arrived: ExpectedTransfer[];
  refunded: ExpectedTransfer[];
  inFlightE4: bigint;
};

export const expectedMovements = (
  { sent, due }: ExpectedAccount,
  statuses: ReadonlyMap<string, FinalStatus>,
): ExpectedMovements => {
  const statusOf = ({ transferId }: ExpectedTransfer): FinalStatus =>
    statuses.get(transferId) ?? "in_flight";
  const underWay = sent.filter((transfer) => statusOf(transfer) === "in_flight");
  return {
    out: sent,
    arrived: due.filter((transfer) => statusOf(transfer) === "settled"),
    refunded: sent.filter((transfer) => !["settled", "in_flight"].includes(statusOf(transfer))),
    inFlightE4: underWay.reduce((totalE4, { amountE4 }) => totalE4 + amountE4, 0n),
  };
};

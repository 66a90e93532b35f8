import type { TransferDocument } from "../client/transfer-documents.ts";
import { isBefore } from "../instants.ts";
import { formatMoney } from "../money.ts";
import { FAILURE_REASONS, REFUND_REASONS, type Ending } from "../world/intentions.ts";
import { checkDecisions } from "./decisions.ts";
import type { ExpectedTransfer } from "./model.ts";

/** How a transfer ended, or how far it has come. */
export type FinalStatus = Ending | "scheduled" | "awaiting_approval" | "approved" | "in_flight";

/** What was found of a transfer, as far as its accounts are then held to it. */
export type FoundTransfer = {
  status: FinalStatus;
  /** When its amount left the sender, and when it could not; absent where it is not known. */
  debitedAt: string | undefined;
  failedAt: string | undefined;
};

/** What the service says about a transfer, against what was intended. */
export const checkTransfer = (
  expected: ExpectedTransfer,
  found: TransferDocument | undefined,
  currency: string | undefined,
): { transfer: FoundTransfer; findings: string[] } => {
  const { transferId, endings } = expected;
  const who = `Transfer ${transferId} of ${formatMoney(expected.amountE4)}`;
  // The statements are then held to the ending that should be.
  const [rightEnding = "settled"] = endings;
  if (found === undefined) {
    const transfer = { status: rightEnding, debitedAt: undefined, failedAt: undefined };
    return { transfer, findings: [`${who} is not found.`] };
  }
  const findings = differences(expected, found, currency).map(
    ({ name, shown, right }) => `${who} shows ${name} ${shown}, but should show ${right}.`,
  );
  const hasCause = found.status === "refunded" || found.status === "failed";
  const verdict = (hasCause ? found.reason : undefined) ?? found.status;
  const status = [...endings, ...OTHER_STATUSES].find((known) => known === verdict);
  if (!endings.some((ending) => ending === verdict)) {
    findings.push(`${who} ended as ${verdict}, but should have been ${endings.join(" or ")}.`);
  }
  findings.push(...checkHistory(who, expected, found), ...checkDecisions(who, expected, found));
  const transfer = {
    status: status ?? rightEnding,
    debitedAt: found.history.find(({ what }) => DEBITS.has(what))?.at,
    failedAt: found.history.find(({ what }) => what === "failed")?.at,
  };
  return { transfer, findings };
};

const OTHER_STATUSES: readonly FinalStatus[] = [
  "settled",
  "in_flight",
  "scheduled",
  "awaiting_approval",
  "approved",
  "withdrawn",
  "denied",
  "cancelled",
  "expired",
  ...REFUND_REASONS,
  ...FAILURE_REASONS,
];

/** With these the amount leaves the sender's balance. */
const DEBITS: ReadonlySet<string> = new Set(["requested", "started", "approval_requested"]);

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
    {
      name: "the instant",
      shown: found.scheduledFor ?? "(at once)",
      right: expected.scheduledFor ?? "(at once)",
    },
  ].filter(({ shown, right }) => shown !== right);

/** What must have happened, in this order and once each; and nothing before its time. */
const checkHistory = (
  who: string,
  expected: ExpectedTransfer,
  found: TransferDocument,
): string[] => {
  const { history } = found;
  const findings: string[] = [];
  const shown = history.map(({ what }) => what).join(", ");
  const right = rightHistory(expected, found).join(", ");
  if (shown !== right) {
    findings.push(
      `${who} is ${found.status}, but its history shows "${shown}" where it should ` +
        `show "${right}".`,
    );
  }
  const inOrder = history.every(({ at }, index) => !isBefore(at, history[index - 1]?.at ?? at));
  if (!inOrder) findings.push(`${who} has a history that is not in order.`);
  const { scheduledFor } = expected;
  for (const { what, at } of history) {
    const isTooEarly = scheduledFor !== undefined && isBefore(at, scheduledFor);
    if ((DEBITS.has(what) || what === "failed") && isTooEarly) {
      findings.push(`${who} was ${what} at ${at}, before its instant, ${scheduledFor}.`);
    }
  }
  return [...findings, ...checkExpiry(who, found)];
};

/** Whoever has to decide is shown until when, and has all that time. */
const checkExpiry = (who: string, { history, expiresAt }: TransferDocument): string[] => {
  const waited = history.some(({ what }) => what === "approval_requested");
  if (expiresAt === undefined) return waited ? [`${who} does not show when it expires.`] : [];
  return history
    .filter(({ what, at }) => what === "expired" && isBefore(at, expiresAt))
    .map(({ at }) => `${who} was expired at ${at}, before its time was up, ${expiresAt}.`);
};

const rightHistory = (
  { scheduledFor, needsApproval }: ExpectedTransfer,
  { status }: TransferDocument,
): string[] => {
  const scheduled = scheduledFor === undefined ? [] : ["scheduled"];
  const start = needsApproval
    ? "approval_requested"
    : scheduledFor === undefined
      ? "requested"
      : "started";
  switch (status) {
    case "scheduled":
      return scheduled;
    case "withdrawn":
    case "failed":
      return [...scheduled, status];
    case "awaiting_approval":
    case "in_flight":
      return [...scheduled, start];
    case "denied":
    case "cancelled":
    case "expired":
    case "approved":
      return [...scheduled, start, status];
    case "settled":
    case "refunded":
      return [...scheduled, start, ...(needsApproval ? ["approved"] : []), status];
  }
};

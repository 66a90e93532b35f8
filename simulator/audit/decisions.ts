import type {
  HistoryEntry,
  TransferDocument,
  TransferStatus,
} from "../client/transfer-documents.ts";
import type { ExpectedTransfer, Told } from "./model.ts";

/**
 * Holds what everybody was told who wanted to decide against what became of the transfer: of all
 * decisions exactly one holds, whoever was told so is right, and the others know who was faster.
 */
export const checkDecisions = (
  who: string,
  { told }: ExpectedTransfer,
  { history, status }: TransferDocument,
): string[] => {
  const holding = told.filter(({ holds }) => holds);
  const shown = history.find(({ what }) => DECISIONS.has(what));
  const decision = shown && { ...shown, by: deciderOf(shown, holding) };
  const findings: string[] = [];
  if (holding.length > 1) {
    const names = holding.map((one) => `${one.who} (${one.answer})`).join(" and ");
    findings.push(`${who}: ${names} were each told that their decision holds.`);
  }
  const wasDecided = decision !== undefined && decision.what !== "expired";
  if (wasDecided && holding.length === 0) {
    findings.push(`${who} was ${decision.what} by ${nameOf(decision)}, but nobody was told so.`);
  }
  const complaints = told.flatMap((one) =>
    one.holds ? checkWinner(one, decision, status) : checkLoser(one, decision),
  );
  return [
    ...findings,
    ...complaints.map((complaint) => `${who}, which is ${status}: ${complaint}`),
  ];
};

const DECISIONS: ReadonlySet<string> = new Set([
  "approved",
  "denied",
  "cancelled",
  "withdrawn",
  "expired",
]);

/** Owners are told that an approver decided, but not which: that is known of whoever was told so. */
const deciderOf = ({ by }: HistoryEntry, holding: readonly Told[]): string | undefined =>
  by === "approver" ? (holding.find(({ who }) => who.startsWith("approver:"))?.who ?? by) : by;

const nameOf = ({ by }: HistoryEntry): string => by ?? "nobody";

const isOf = ({ who, wanted }: Told, { what, by }: HistoryEntry): boolean =>
  by === who && (what === wanted || (wanted === "cancelled" && what === "withdrawn"));

/** What a decision that holds leads to. */
const CONSEQUENCES: Readonly<Record<Told["wanted"], readonly TransferStatus[]>> = {
  approved: ["approved", "settled", "refunded"],
  denied: ["denied"],
  cancelled: ["cancelled", "withdrawn"],
};

const checkWinner = (
  one: Told,
  decision: HistoryEntry | undefined,
  status: TransferStatus,
): string[] => {
  const { who, wanted, answer, reason } = one;
  if (answer !== wanted) return [`${who} wanted it ${wanted} and was told that it is ${answer}.`];
  if (decision === undefined || !isOf(one, decision)) {
    const shown = decision === undefined ? "nothing" : `${decision.what} by ${nameOf(decision)}`;
    return [`${who} was told that it is ${answer}, but its history shows ${shown}.`];
  }
  if (!CONSEQUENCES[wanted].includes(status)) return [`${who} was told that it is ${answer}.`];
  if (decision.reason === reason) return [];
  return [`${who} gave the reason "${reason ?? ""}", but it shows "${decision.reason ?? ""}".`];
};

const checkLoser = (one: Told, decision: HistoryEntry | undefined): string[] => {
  const { who, answer, decidedBy } = one;
  // Whoever may not decide at all is told nothing of others.
  if (answer !== "too_late" && answer !== "transfer_not_pending") return [];
  if (decision !== undefined && isOf(one, decision)) {
    return [`${who} was told ${answer}, but has decided it.`];
  }
  if (answer === "transfer_not_pending") return [];
  if (decision === undefined) return [`${who} was told ${answer}, but nobody has decided.`];
  const winner = /^approver:(.*)$/.exec(nameOf(decision))?.[1];
  if (winner === undefined || decidedBy === winner) return [];
  return [`${who} was told that ${decidedBy ?? "nobody"} was faster, but it was ${winner}.`];
};

import { setTimeout as pause } from "node:timers/promises";
import { formatMoney } from "../money.ts";
import type { AdminTransfer, DecisionOutcome, Verdict } from "./admin-documents.ts";
import type { Approver } from "./approver.ts";

/** What an approver is to do about a transfer, and what the answers to it may be. */
export type PlannedDecision = {
  /** Which of the approvers. */
  approver: number;
  verdict: Verdict;
  reason: string | undefined;
  /** From seeing the transfer to deciding. */
  delayMs: number;
  /** Decides the same once more, and must be told the same. */
  isRepeated: boolean;
  expected: readonly DecisionOutcome[];
};

/** Rounds one after another; those who decide in the same round race each other. */
export type Plan = readonly (readonly PlannedDecision[])[];

/** A transfer that waits, as its sender meant it. */
type Matter = {
  transferId: string;
  from: string;
  to: string;
  amountE4: bigint;
  note: string | undefined;
};

/** What an approver was told. */
export type Testimony = {
  transferId: string;
  approver: string;
  verdict: Verdict;
  reason: string | undefined;
  outcome: DecisionOutcome;
  detail: string;
  /** Who decided, as the answer shows it. */
  decidedBy: string | undefined;
};

/** The approvers of a run, who decide as the scenario has planned it. */
export type Desk = {
  /** Their addresses, in the order the plans count them in. */
  approvers: readonly string[];
  /** Never rejects: what goes wrong is told by `finished`. */
  entrust: (matter: Matter, plan: Plan) => Promise<void>;
  /** Resolves when the approvers have time for one more. */
  room: () => Promise<void>;
  /** Resolves when all that was entrusted is done. */
  finished: () => Promise<void>;
};

type Notes = {
  testimonies: Testimony[];
  findings: string[];
  /** How long a transfer may take to be seen. */
  patienceMs: number;
};

/** What so many people can keep in mind. */
const MOST_MATTERS = 24;

export const newDesk = (approvers: readonly Approver[], notes: Notes): Desk => {
  const open = new Set<Promise<void>>();
  let failure: unknown;
  const carryOut = async (matter: Matter, plan: Plan): Promise<void> => {
    for (const round of plan) {
      await Promise.all(
        round.map(async (planned) => {
          const approver = approvers[planned.approver];
          if (approver === undefined) throw new RangeError(`No approver ${planned.approver}.`);
          await decide(approver, matter, planned, notes);
        }),
      );
    }
  };
  return {
    approvers: approvers.map(({ email }) => email),
    entrust: (matter, plan) => {
      const work = carryOut(matter, plan)
        .catch((error: unknown) => {
          failure ??= error;
        })
        .finally(() => open.delete(work));
      open.add(work);
      return work;
    },
    room: async () => {
      while (open.size >= MOST_MATTERS) await Promise.race(open);
    },
    finished: async () => {
      while (open.size > 0) await Promise.all(open);
      if (failure !== undefined) throw failure as Error;
    },
  };
};

const decide = async (
  approver: Approver,
  matter: Matter,
  { verdict, reason, delayMs, isRepeated, expected }: PlannedDecision,
  { testimonies, findings, patienceMs }: Notes,
): Promise<void> => {
  const { transferId } = matter;
  const { email, session } = approver;
  const seen = await approver.sees(transferId, patienceMs);
  if (seen === undefined) {
    findings.push(
      `Transfer ${transferId} was not shown to ${email} in ${patienceMs / 1000} s, ` +
        "and so could not be decided.",
    );
    return;
  }
  findings.push(...checkShown(email, matter, seen));
  if (delayMs > 0) await pause(delayMs);
  const { outcome, detail, transfer } = await session.decide(transferId, verdict, reason);
  const { decidedBy } = transfer;
  const told = { transferId, approver: email, verdict, reason, outcome, detail, decidedBy };
  testimonies.push(told);
  const what = `The ${verdict} of ${transferId} by ${email}`;
  if (!expected.includes(outcome)) {
    const wanted = expected.join(" or ");
    findings.push(`${what} was answered ${outcome}, but should have been ${wanted}: ${detail}`);
  }
  if (!isRepeated) return;
  const again = await session.decide(transferId, verdict, reason);
  if (again.outcome !== outcome) {
    findings.push(`${what}, sent again, was ${again.outcome} after it had been ${outcome}.`);
  }
};

/** The approver must be shown what the sender meant. */
const checkShown = (email: string, matter: Matter, shown: AdminTransfer): string[] => {
  const facts: [name: string, shown: string, right: string][] = [
    ["the sender", shown.from, matter.from],
    ["the receiver", shown.to, matter.to],
    ["the amount", formatMoney(shown.amountE4), formatMoney(matter.amountE4)],
    ["the note", shown.note ?? "(none)", matter.note ?? "(none)"],
  ];
  return facts
    .filter(([, found, right]) => found !== right)
    .map(
      ([name, found, right]) =>
        `Transfer ${matter.transferId} is shown to ${email} with ${name} ${found}, ` +
        `but should show ${right}.`,
    );
};

import type { Random } from "../random.ts";
import type { DecisionOutcome, Verdict } from "./admin-documents.ts";
import type { Plan, PlannedDecision } from "./desk.ts";

/** What people will do about a transfer that waits, and how it may end because of it. */
export type Course = {
  plan: Plan;
  /** When the sender takes it back, from the moment it was accepted; undefined for never. */
  cancelAfterMs: number | undefined;
  /** `approved`: the money goes on its way, whatever becomes of it there. */
  endings: readonly ("approved" | "denied" | "cancelled" | "expired")[];
};

/** Nobody does anything: it expires. */
export const NOBODY_DECIDES: Course = { plan: [], cancelAfterMs: undefined, endings: ["expired"] };

export const cancelledCourse = (random: Random): Course => ({
  plan: [],
  cancelAfterMs: random.below(LONGEST_THOUGHT_MS),
  endings: ["cancelled"],
});

export const approvedCourse = (random: Random, approvers: number): Course =>
  decidedBy(random.below(approvers), "approval", random);

/** Most is approved at once; the rest is slow, denied, raced for or taken back. */
export const anyCourse = (random: Random, approvers: number): Course => {
  let draw = random.below(100);
  const make = COURSES.find(([percentage]) => (draw -= percentage) < 0)?.[1] ?? approvedCourse;
  return make(random, approvers);
};

/** A party to the transfer tries to approve it first, is refused, and somebody else decides. */
export const ownCourse = (random: Random, party: number, approvers: number): Course => {
  const other = (party + random.between(1, approvers - 1)) % approvers;
  const { plan, endings } = decidedBy(other, random.chance(80) ? "approval" : "denial", random);
  const refused = decision(party, random.chance(70) ? "approval" : "denial", random);
  return {
    plan: [[{ ...refused, expected: ["own_transfer"] }], ...plan],
    cancelAfterMs: undefined,
    endings,
  };
};

const LONGEST_THOUGHT_MS = 400;
const SLOWEST_MS = 1_500;

type MakeCourse = (random: Random, approvers: number) => Course;

const outcomeOf = (verdict: Verdict): "approved" | "denied" =>
  verdict === "approval" ? "approved" : "denied";

const decision = (approver: number, verdict: Verdict, random: Random): PlannedDecision => ({
  approver,
  verdict,
  reason: verdict === "denial" || random.chance(30) ? random.pick(REASONS[verdict]) : undefined,
  delayMs: 0,
  isRepeated: random.chance(10),
  expected: [outcomeOf(verdict)],
});

const REASONS: Readonly<Record<Verdict, readonly string[]>> = {
  approval: ["Known to us.", "The invoice is here; 4 % discount & all.", "Rückfrage geklärt."],
  denial: [
    "Nobody knows the receiver.",
    "Not without an invoice.",
    "Bitte persönlich vorsprechen.",
  ],
};

const decidedBy = (approver: number, verdict: Verdict, random: Random): Course => ({
  plan: [[decision(approver, verdict, random)]],
  cancelAfterMs: undefined,
  endings: [outcomeOf(verdict)],
});

const denied: MakeCourse = (random, approvers) =>
  decidedBy(random.below(approvers), "denial", random);

const slow: MakeCourse = (random, approvers) => {
  const planned = decision(random.below(approvers), "approval", random);
  const delayMs = random.between(LONGEST_THOUGHT_MS, SLOWEST_MS);
  return { plan: [[{ ...planned, delayMs }]], cancelAfterMs: undefined, endings: ["approved"] };
};

const orTooLate = (planned: PlannedDecision): PlannedDecision => ({
  ...planned,
  expected: [...planned.expected, "too_late"] satisfies DecisionOutcome[],
});

/** Two at once, of one mind or not. */
const raced: MakeCourse = (random, approvers) => {
  const one = random.below(approvers);
  const other = (one + random.between(1, approvers - 1)) % approvers;
  const verdict = random.pick(["approval", "denial"] as const);
  const round = [decision(one, "approval", random), decision(other, verdict, random)];
  return {
    plan: [round.map(orTooLate)],
    cancelAfterMs: undefined,
    endings: ["approved", outcomeOf(verdict)],
  };
};

/** The sender takes it back while an approver decides. */
const racedBySender: MakeCourse = (random, approvers) => {
  const verdict = random.chance(75) ? "approval" : "denial";
  const planned = decision(random.below(approvers), verdict, random);
  return {
    plan: [[orTooLate({ ...planned, delayMs: random.below(LONGEST_THOUGHT_MS) })]],
    cancelAfterMs: random.below(LONGEST_THOUGHT_MS),
    endings: [outcomeOf(verdict), "cancelled"],
  };
};

/** In per cent; the rest is approved at once. */
const COURSES: readonly (readonly [percentage: number, make: MakeCourse])[] = [
  [12, slow],
  [15, denied],
  [15, raced],
  [15, racedBySender],
  [8, cancelledCourse],
];

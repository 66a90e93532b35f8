import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { Problem } from "../http/problems.ts";
import type { SaldoClient, Verdict } from "../saldo/client.ts";
import { SaldoUnavailable } from "../saldo/requests.ts";
import type { Person } from "../sign-in/sign-in.ts";
import { startSpan } from "../spans.ts";
import type { AttemptStore } from "../store/attempts.ts";
import type { KnownTransfer, TransferStore } from "../store/transfers.ts";
import type { Register } from "../transfers/register.ts";
import type { Fact } from "../transfers/transfer.ts";
import type { Attempt, Decision, Outcome } from "./decision.ts";
import { doneSentence, firstSentence, ownSentence, type Reader } from "./sentences.ts";

export type Decided = { outcome: Outcome; detail: string; transfer: KnownTransfer };

/**
 * Where people decide. Saldo alone judges: it lets one decision about a transfer win, and it
 * refuses people who are party to it. Here each of its answers becomes an outcome to read.
 */
export type Desk = {
  /** Throws the problem `not_found`, or `saldo_unavailable`: then it may be repeated. */
  decide: (request: DecisionRequest) => Promise<Decided>;
  /** What this person has tried about a transfer most lately, in words of now. */
  latest: (person: Person, transfer: KnownTransfer) => Latest | undefined;
};

type DecisionRequest = {
  person: Person;
  transferId: string;
  decision: Decision;
  reason: string | null;
};

export type Latest = {
  decision: Decision;
  reason: string | null;
  /** Undefined while Saldo has not answered. */
  outcome: Outcome | undefined;
  detail: string;
};

type Needs = {
  saldo: SaldoClient;
  transfers: TransferStore;
  attempts: AttemptStore;
  register: Register;
  nameOf: (email: string) => string;
  now: () => number;
};

export const createDesk = (needs: Needs): Desk => {
  const { transfers, attempts, nameOf, now } = needs;
  const readerFor = ({ email }: Person): Reader => ({ email, nameOf, nowMs: now() });

  return {
    decide: async ({ person, transferId, decision, reason }) => {
      known(transfers, transferId);
      const at = new Date(now()).toISOString();
      const key = randomUUID();
      const wanted = { key, transferId, approver: person.email, decision, reason, at };
      // Another reason would be another body under the same key: what was sent first counts.
      const attempt = attempts.begin(wanted);
      const verdict = await ask(needs, attempt);
      const outcome = await outcomeOf(needs, attempt, verdict);
      const transfer = known(transfers, transferId);
      const rejection = verdict.kind === "accepted" ? undefined : verdict.detail;
      const said = { decision, rejection };
      const detail = detailOf(outcome, said, transfer, readerFor(person));
      attempts.conclude(attempt, { outcome, detail, at: new Date(now()).toISOString() });
      return { outcome, detail, transfer };
    },
    latest: (person, transfer) => {
      const found = attempts.latest(transfer.transferId, person.email);
      if (found === undefined) return undefined;
      const { decision, reason } = found.attempt;
      const outcome = found.conclusion?.outcome ?? impliedOutcome(found.attempt, transfer);
      const said = { decision, rejection: found.conclusion?.detail };
      const detail = detailOf(outcome, said, transfer, readerFor(person));
      return { decision, reason, outcome, detail };
    },
  };
};

const ask = async ({ saldo, transfers }: Needs, attempt: Attempt): Promise<Verdict> => {
  const { transferId, decision } = attempt;
  const attributes = { "saldo.stage": "admin", "saldo.transfer_id": transferId };
  const trace = transfers.traceOf(transferId);
  const span = startSpan(`decide ${decision}`, "client", trace, attributes);
  try {
    const verdict = await saldo.decide(attempt, span.traceparent);
    span.end();
    return verdict;
  } catch (error) {
    span.end(error);
    if (!(error instanceof SaldoUnavailable)) throw error;
    const detail = `${error.message} Nothing is lost: try again.`;
    throw new Problem("saldo_unavailable", detail, { "retry-after": "5" });
  }
};

/** Brings the transfer up to date with the verdict, and says what it means to the approver. */
const outcomeOf = async (needs: Needs, attempt: Attempt, verdict: Verdict): Promise<Outcome> => {
  const { transfers, register, now } = needs;
  const { transferId, decision } = attempt;
  switch (verdict.kind) {
    case "accepted": {
      const at = verdict.at ?? new Date(now()).toISOString();
      register.record([{ terms: known(transfers, transferId), facts: [factOf(attempt, at)] }]);
      return done[decision];
    }
    case "rejected":
      if (verdict.code === "approver_is_party") return "own_transfer";
      if (verdict.code !== "transfer_not_pending") return "rejected";
      // It may be the person's own decision that was first, sent from a store that is gone.
      return impliedOutcome(attempt, await lookUp(needs, transferId)) ?? "too_late";
    case "refused": {
      const transfer = await lookUp(needs, transferId);
      const wasSent = verdict.code === "idempotency_key_reused";
      return (wasSent ? impliedOutcome(attempt, transfer) : undefined) ?? "rejected";
    }
  }
};

/** How it stands as told by Saldo, or what is known here if Saldo cannot be asked. */
const lookUp = async (
  { register, transfers }: Needs,
  transferId: string,
): Promise<KnownTransfer> => {
  for (const pauseMs of lookAgainAfterMs) {
    await pause(pauseMs);
    try {
      await register.lookUp(transferId);
    } catch (error) {
      if (!(error instanceof SaldoUnavailable)) throw error;
    }
    if (known(transfers, transferId).status !== "waiting") break;
  }
  return known(transfers, transferId);
};

/** The read model that is looked up may be a moment behind the rule that said no. */
const lookAgainAfterMs = [0, 100, 300, 900];

const done = { approval: "approved", denial: "denied" } as const satisfies Record<
  Decision,
  Outcome
>;

const factOf = ({ approver, decision, reason }: Attempt, at: string): Fact => ({
  what: done[decision],
  at,
  by: `approver:${approver}`,
  reason,
  expiresAt: null,
  sequence: null,
});

/** Saldo has not answered, but what has become of the transfer tells what it would say. */
const impliedOutcome = (attempt: Attempt, transfer: KnownTransfer): Outcome | undefined => {
  if (transfer.status === "waiting") return undefined;
  const isMine = transfer.decidedBy === attempt.approver;
  const isAsked = (transfer.status === "denied") === (attempt.decision === "denial");
  return isMine && isAsked ? done[attempt.decision] : "too_late";
};

const detailOf = (
  outcome: Outcome | undefined,
  { decision, rejection }: { decision: Decision; rejection: string | undefined },
  transfer: KnownTransfer,
  reader: Reader,
): string => {
  switch (outcome) {
    case undefined:
      return "Saldo has not answered yet. Nothing is lost: send the same again.";
    case "approved":
    case "denied":
      return doneSentence(decision, transfer);
    case "too_late":
      return firstSentence(transfer, reader);
    case "own_transfer":
      return ownSentence;
    case "rejected":
      return rejection ?? "Saldo rejected it.";
  }
};

const known = (transfers: TransferStore, transferId: string): KnownTransfer => {
  const transfer = transfers.find(transferId);
  if (transfer === undefined)
    throw new Problem("not_found", "No transfer of this id has ever waited for approval.");
  return transfer;
};

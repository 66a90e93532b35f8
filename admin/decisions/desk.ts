import { setTimeout as pause } from "node:timers/promises";
import { Problem } from "../http/problems.ts";
import type { SaldoClient, Verdict } from "../saldo/client.ts";
import { SaldoUnavailable } from "../saldo/requests.ts";
import type { Person } from "../sign-in/sign-in.ts";
import type { AttemptStore } from "../store/attempts.ts";
import type { KnownTransfer, TransferStore } from "../store/transfers.ts";
import type { Register } from "../transfers/register.ts";
import type { Fact } from "../transfers/transfer.ts";
import type { Attempt, Conclusion, Decision, Outcome } from "./decision.ts";
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

export type DecisionRequest = {
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
  const { saldo, transfers, attempts, register, nameOf, now } = needs;

  const readerFor = ({ email }: { email: string }): Reader => ({ email, nameOf, nowMs: now() });

  const ask = async (attempt: Attempt): Promise<Verdict> => {
    try {
      return await saldo.decide(attempt);
    } catch (error) {
      if (!(error instanceof SaldoUnavailable)) throw error;
      throw new Problem("saldo_unavailable", `${error.message} Nothing is lost: try again.`, {
        "retry-after": "5",
      });
    }
  };

  /** How it stands now, as told by Saldo; what is known here if Saldo cannot be asked. */
  const lookUp = async (transferId: string): Promise<KnownTransfer> => {
    for (const pauseMs of [...lookAgainMs, undefined]) {
      try {
        await register.lookUp(transferId);
      } catch (error) {
        if (!(error instanceof SaldoUnavailable)) throw error;
      }
      const transfer = known(transfers, transferId);
      if (transfer.status !== "waiting" || pauseMs === undefined) return transfer;
      await pause(pauseMs);
    }
    return known(transfers, transferId);
  };

  const conclude = async (attempt: Attempt, verdict: Verdict): Promise<Decided> => {
    const { transferId, approver, decision } = attempt;
    switch (verdict.kind) {
      case "accepted": {
        const at = verdict.at ?? new Date(now()).toISOString();
        register.record([{ terms: known(transfers, transferId), facts: [factOf(attempt, at)] }]);
        const transfer = known(transfers, transferId);
        return { outcome: outcomeOf(decision), detail: doneSentence(decision, transfer), transfer };
      }
      case "rejected": {
        if (verdict.code === "approver_is_party") {
          const transfer = known(transfers, transferId);
          return { outcome: "own_transfer", detail: ownSentence, transfer };
        }
        if (verdict.code !== "transfer_not_pending") {
          const transfer = known(transfers, transferId);
          return { outcome: "rejected", detail: verdict.detail, transfer };
        }
        const transfer = await lookUp(transferId);
        const detail = firstSentence(transfer, readerFor({ email: approver }));
        return { outcome: "too_late", detail, transfer };
      }
      case "refused": {
        const transfer = await lookUp(transferId);
        if (verdict.code !== "idempotency_key_reused") attempts.forget(attempt);
        // This person's decision is there already, with another reason than the store here knows.
        else if (transfer.decidedBy === approver)
          return { outcome: outcomeOf(decision), detail: doneSentence(decision, transfer), transfer };
        return { outcome: "rejected", detail: verdict.detail, transfer };
      }
    }
  };

  return {
    decide: async ({ person, transferId, decision, reason }) => {
      known(transfers, transferId);
      const at = new Date(now()).toISOString();
      const wanted = { transferId, approver: person.email, decision, reason, at };
      // Another reason would be another body under the same key: what was sent first counts.
      const attempt = attempts.begin(wanted);
      const decided = await conclude(attempt, await ask(attempt));
      attempts.conclude(attempt, { ...decided, at: new Date(now()).toISOString() });
      return decided;
    },
    latest: (person, transfer) => {
      const found = attempts.latest(transfer.transferId, person.email);
      if (found === undefined) return undefined;
      const { decision, reason } = found.attempt;
      const outcome = found.conclusion?.outcome ?? impliedOutcome(found.attempt, transfer);
      const detail = detailOf(outcome, found, transfer, readerFor(person));
      return { decision, reason, outcome, detail };
    },
  };
};

/** The read model that is looked up may be a moment behind the rule that said no. */
const lookAgainMs = [100, 300, 900];

const outcomeOf = (decision: Decision): Outcome =>
  decision === "approval" ? "approved" : "denied";

const factOf = ({ approver, decision, reason }: Attempt, at: string): Fact => ({
  what: decision === "approval" ? "approved" : "denied",
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
  return isMine && isAsked ? outcomeOf(attempt.decision) : "too_late";
};

const detailOf = (
  outcome: Outcome | undefined,
  { attempt, conclusion }: { attempt: Attempt; conclusion: Conclusion | undefined },
  transfer: KnownTransfer,
  reader: Reader,
): string => {
  switch (outcome) {
    case undefined:
      return "Saldo has not answered yet. Nothing is lost: send the same again.";
    case "approved":
    case "denied":
      return doneSentence(attempt.decision, transfer);
    case "too_late":
      return firstSentence(transfer, reader);
    case "own_transfer":
      return ownSentence;
    case "rejected":
      return conclusion?.detail ?? "Saldo rejected it.";
  }
};

const known = (transfers: TransferStore, transferId: string): KnownTransfer => {
  const transfer = transfers.find(transferId);
  if (transfer === undefined)
    throw new Problem("not_found", "No transfer of this id has ever waited for approval.");
  return transfer;
};

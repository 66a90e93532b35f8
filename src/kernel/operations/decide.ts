/** What an operator decides about a parked message: another one in its place, or none. */
import type { z } from "zod";
import type { CallerHandler } from "../access/guard.ts";
import { readBody } from "../http/read-request.ts";
import type { Clock } from "../../platform/clock.ts";
import type { Versioned } from "../../platform/cosmos/documents.ts";
import { type HttpRequest, type HttpResponse, json } from "../../platform/http/exchange.ts";
import { invalidRequest, Problem } from "../../platform/http/problem.ts";
import { Malformed } from "../../platform/malformed.ts";
import { discardSchema, repairSchema } from "./decision-requests.ts";
import type { DeadLetter, Decision } from "../parking/letter.ts";
import { CorrectionRefused } from "./propose-reading.ts";
import { type Recovery, replayLane } from "./replay.ts";
import { noLetter } from "./show.ts";
import type { Allowed } from "./stage-recovery.ts";

/** A commit of many commands is larger than what clients send. */
const largestRepair = 512 * 1024;

/** `POST /api/operator/dead-letters/{id}/repair` */
export function repairDeadLetter(recovery: Recovery, clock: Clock): CallerHandler {
  return async (request, _, { subject }) => {
    const body = await readBody(request, repairSchema, largestRepair);
    const { lane, message, reason } = body as z.infer<typeof repairSchema>;
    const read = await letterFor("repair", lane, request, recovery);
    const stage = recovery.stages[read.document.stage];
    await refusing("message", () => stage.checkRepair(read.document, message));
    const at = new Date(clock.now()).toISOString();
    return carryOut(recovery, read, { action: "repair", message, reason, by: subject, at });
  };
}

/** `POST /api/operator/dead-letters/{id}/discard` */
export function discardDeadLetter(recovery: Recovery, clock: Clock): CallerHandler {
  return async (request, _, { subject }) => {
    const body = await readBody(request, discardSchema);
    const { lane, reason } = body as z.infer<typeof discardSchema>;
    const read = await letterFor("discard", lane, request, recovery);
    const stage = recovery.stages[read.document.stage];
    await refusing("lane", () => stage.checkDiscard(read.document));
    const at = new Date(clock.now()).toISOString();
    return carryOut(recovery, read, { action: "discard", reason, by: subject, at });
  };
}

async function letterFor(
  action: keyof Allowed,
  lane: string,
  { params }: HttpRequest,
  { deadLetters, stages }: Recovery,
): Promise<Versioned<DeadLetter>> {
  const { id = "" } = params;
  const read = await deadLetters.letter(lane, id);
  if (read === undefined) throw noLetter(lane, id);
  const { attempts, decision, stage } = read.document;
  if (decision !== undefined && decision.hasFailed === undefined) throw decidedBySomebodyElse();
  if (stages[stage].allows(read.document)[action]) return read;
  const detail =
    attempts === 0
      ? "It only waits behind another message: replay the lane, and decide about what stops it."
      : `A message at this stage cannot be ${action === "repair" ? "repaired" : "discarded"}.`;
  throw new Problem("not_possible", detail);
}

/** Throws the problem with what an operator wants. */
async function refusing(path: string, check: () => Promise<void>): Promise<void> {
  try {
    await check();
  } catch (error) {
    if (error instanceof CorrectionRefused) throw new Problem("correction_refused", error.message);
    if (!(error instanceof Malformed)) throw error;
    const { faults, message } = error;
    if (faults.length === 0) throw invalidRequest([{ path, message }]);
    throw invalidRequest(faults.map((fault) => ({ ...fault, path: `${path}.${fault.path}` })));
  }
}

/** The decision is kept before anything is done: whatever happens then, a replay does the rest. */
async function carryOut(
  recovery: Recovery,
  read: Versioned<DeadLetter>,
  decision: Decision,
): Promise<HttpResponse> {
  if (!(await recovery.deadLetters.decide(read, decision))) throw decidedBySomebodyElse();
  return json(200, { lanes: [await replayLane(read.document.lane, recovery)] });
}

/** While one decision is being carried out, another one would tell others two stories. */
function decidedBySomebodyElse(): Problem {
  const detail =
    "It has been decided about already, or replayed: look at it again. A replay of the lane does what was decided.";
  return new Problem("decision_conflict", detail);
}

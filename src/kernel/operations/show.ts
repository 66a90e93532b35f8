/** What operators see of what is parked. */
import { z } from "zod";
import { readParameter } from "../http/read-request.ts";
import { type HttpHandler, json } from "../../platform/http/exchange.ts";
import { Problem } from "../../platform/http/problem.ts";
import { laneSchema } from "./decision-requests.ts";
import type { LaneSummary, LetterSummary } from "../parking/lane-queries.ts";
import type { Decision, RecoveryRecord, Source } from "../parking/letter.ts";
import type { Recovery } from "./replay.ts";

const mostLetters = 1_000;

const limitSchema = z
  .string()
  .regex(/^\d+$/, "must be a whole number.")
  .transform(Number)
  .refine((limit) => limit >= 1 && limit <= mostLetters, `must be between 1 and ${mostLetters}.`);

/** `GET /api/operator/dead-letters?limit=&lane=`: those that have waited longest, and how many there are beside them. */
export function showDeadLetters({ deadLetters, stages }: Recovery): HttpHandler {
  return async ({ query }) => {
    const limit = readParameter("limit", query.get("limit") ?? "200", limitSchema);
    const asked = query.get("lane") ?? undefined;
    const lane = asked === undefined ? undefined : readParameter("lane", asked, laneSchema);
    const [summaries, letters] = await Promise.all([
      deadLetters.lanes(),
      deadLetters.oldest(limit, lane),
    ]);
    const byLane = Map.groupBy(letters, (letter) => letter.lane);
    return json(200, {
      total: summaries.reduce((sum, summary) => sum + summary.letters, 0),
      lanes: [...byLane].map(([name, items]) => ({
        ...describeLane(name, items, summaries),
        items: items.map((letter) => ({ ...describeLetter(letter), ...allowed(letter, stages) })),
      })),
    });
  };
}

/** `GET /api/operator/dead-letters/{id}?lane=`: with its message, also for as long as its record is kept. */
export function showDeadLetter({ deadLetters, stages, originals }: Recovery): HttpHandler {
  return async ({ params, query }) => {
    const { id = "" } = params;
    const lane = readParameter("lane", query.get("lane") ?? undefined, laneSchema);
    const [read, records] = await Promise.all([
      deadLetters.letter(lane, id),
      deadLetters.records(lane, id),
    ]);
    const letter = read?.document ?? records.at(-1)?.letter;
    if (letter === undefined) throw noLetter(lane, id);
    const stored = await originals.stored(letter);
    const message = stored?.document ?? (await deadLetters.archived(lane, id)) ?? letter.message;
    const { decision } = letter;
    return json(200, {
      ...{ lane, stage: letter.stage, stream: letter.stream },
      ...describeLetter(letter),
      ...(read === undefined ? { canRepair: false, canDiscard: false } : allowed(letter, stages)),
      isWaiting: read !== undefined,
      ...(letter.source === undefined ? {} : { source: describeSource(letter.source) }),
      ...(message === undefined ? {} : { message: withoutSystemProperties(message) }),
      ...(decision?.action === "repair" ? { correction: decision.message } : {}),
      records: records.map(describeRecord),
    });
  };
}

export function noLetter(lane: string, id: string): Problem {
  return new Problem("not_found", `Nothing is parked as ${id} in the lane ${lane}.`);
}

function describeLane(
  lane: string,
  items: readonly LetterSummary[],
  summaries: readonly LaneSummary[],
): object {
  const [first] = items;
  const inLane = summaries.filter((summary) => summary.lane === lane);
  return {
    lane,
    stage: first?.stage,
    stream: first?.stream,
    parkedSince: inLane[0]?.since ?? first?.parkedAt,
    count: Math.max(
      items.length,
      inLane.reduce((sum, { letters }) => sum + letters, 0),
    ),
  };
}

function describeLetter(letter: LetterSummary): object {
  const { id, reason, attempts, parkedAt, traceparent, decision, earlierDecisions = [] } = letter;
  return {
    ...{ id, reason, attempts, parkedAt },
    ...(traceparent === "" ? {} : { traceparent }),
    ...(decision === undefined ? {} : { decision: describeDecision(decision) }),
    earlierDecisions: earlierDecisions.map(describeDecision),
  };
}

function describeDecision({ action, reason, by, at }: Decision): object {
  return { action, reason, by, at };
}

function describeSource({ container, partition, id }: Source): object {
  return { container, ...(typeof partition === "string" ? { partition } : {}), id };
}

function describeRecord({ letter, effect }: RecoveryRecord): object {
  const { decision, reason: failure } = letter;
  return {
    ...(decision === undefined ? {} : describeDecision(decision)),
    effect,
    failure,
    ...(decision?.action === "repair" ? { correction: decision.message } : {}),
  };
}

function allowed(letter: LetterSummary, stages: Recovery["stages"]): object {
  const { repair, discard } = stages[letter.stage].allows(letter);
  return { canRepair: repair, canDiscard: discard };
}

function withoutSystemProperties(document: object): object {
  const system = ["_rid", "_self", "_etag", "_attachments", "_ts"];
  return Object.fromEntries(Object.entries(document).filter(([name]) => !system.includes(name)));
}

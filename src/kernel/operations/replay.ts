/** The way out of a dead letter: what waits in a lane is handled in order, or what has been decided about it is done. */
import { z } from "zod";
import { readBody } from "../http/read-request.ts";
import { MalformedCommit } from "../store/history.ts";
import { steadyClock } from "../../platform/clock.ts";
import type { Versioned } from "../../platform/cosmos/documents.ts";
import { type HttpHandler, json } from "../../platform/http/exchange.ts";
import { Problem } from "../../platform/http/problem.ts";
import { PlatformFault } from "../../platform/platform-fault.ts";
import { causeToPark } from "../parking/cause.ts";
import type { DeadLetters } from "../parking/dead-letters.ts";
import type { LaneSummary } from "../parking/lane-queries.ts";
import type { DeadLetter, Stage } from "../parking/letter.ts";
import type { Originals } from "./originals.ts";
import { describe } from "../parking/per-stream.ts";
import type { Effect, StageRecovery } from "./stage-recovery.ts";

export type Recovery = {
  readonly deadLetters: DeadLetters;
  readonly stages: Readonly<Record<Stage, StageRecovery>>;
  readonly originals: Originals;
};

type LaneReplay = {
  readonly lane: string;
  readonly replayed: number;
  readonly left: number;
  readonly reason?: string;
};

const replaySchema = z.strictObject({ lane: z.string().optional() });

/** `POST /api/operator/dead-letters/replay` */
export function replayDeadLetters(recovery: Recovery): HttpHandler {
  return async (request) => {
    const { lane } = (await readBody(request, replaySchema)) as z.infer<typeof replaySchema>;
    const lanes = (await recovery.deadLetters.lanes()).map((each) => each.lane);
    if (lane !== undefined && !lanes.includes(lane))
      throw new Problem("not_found", `Nothing is parked in the lane ${lane}.`);
    const byMs = deadlineMs();
    const results: LaneReplay[] = [];
    for (const each of lane === undefined ? lanes : [lane])
      results.push(await replayLane(each, recovery, byMs));
    return json(200, { lanes: results });
  };
}

/** Replays those lanes of which it is true that nobody has to decide about them: for a timer. */
export function replayLanes(
  isDue: (lane: LaneSummary) => boolean,
  recovery: Recovery,
): () => Promise<void> {
  return async () => {
    const lanes = (await recovery.deadLetters.lanes()).filter(isDue);
    for (const { lane } of lanes) await replayLane(lane, recovery);
  };
}

/** What was held back while the topic was away, and can be sent when it is back. */
export function isHeld({ stage }: LaneSummary): boolean {
  return stage === "publishing";
}

/**
 * Nothing in the lane has failed: what was parked there came while the lane was being replayed, or a replay was interrupted.
 */
export function isWaitingForNothing(lane: LaneSummary): boolean {
  return !isHeld(lane) && lane.failed === 0;
}

/** Azure gives up a request after 230 s ("Azure Functions hosting options"). */
const longestReplayMs = 60_000;

function deadlineMs(): number {
  return steadyClock.now() + longestReplayMs;
}

/** Until the lane is empty, the time is up, or a message cannot be handled yet: then it and what is behind it stay. */
export async function replayLane(
  lane: string,
  recovery: Recovery,
  byMs = deadlineMs(),
): Promise<LaneReplay> {
  const { deadLetters } = recovery;
  let replayed = 0;
  const stopped = async (reason: string): Promise<LaneReplay> => ({
    ...{ lane, replayed, left: await deadLetters.count(lane), reason },
  });
  do
    for (const { id } of await deadLetters.waiting(lane)) {
      if (steadyClock.now() > byMs) return stopped("The time of one replay is up: replay again.");
      const read = await deadLetters.letter(lane, id);
      // Another operator replays as well.
      if (read === undefined) continue;
      const reason = await replayOne(read, recovery);
      if (reason !== undefined) return stopped(reason);
      replayed += 1;
    }
  while (!(await deadLetters.reopen(lane)));
  return { lane, replayed, left: 0 };
}

/** Answers why it cannot be done yet. */
async function replayOne(
  read: Versioned<DeadLetter>,
  recovery: Recovery,
): Promise<string | undefined> {
  const { deadLetters } = recovery;
  try {
    const effect = await carryOut(read.document, recovery);
    // If something has been decided about it meanwhile, it stays, and its turn comes again.
    await deadLetters.release(read, effect);
    return undefined;
  } catch (error) {
    if (error instanceof PlatformFault) throw error;
    if (error instanceof MalformedCommit)
      await deadLetters.park("projecting", error.stream, [causeToPark(error)]);
    const reason = describe(error);
    await deadLetters.failed(read, reason);
    return reason;
  }
}

async function carryOut(letter: DeadLetter, { stages }: Recovery): Promise<Effect> {
  const { stage, decision } = letter;
  if (decision?.action === "discard") return stages[stage].discard(letter, decision);
  if (decision?.message !== undefined)
    await stages[stage].repair(letter, decision.message, decision);
  else await stages[stage].replay(letter);
  return "handled";
}

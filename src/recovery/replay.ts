/** The operator's way out of a dead letter: look at what waits, and replay it in order once the cause is gone. */
import { z } from "zod";
import { readBody } from "../commands/read-request.ts";
import { PlatformFault } from "../platform/platform-fault.ts";
import { type HttpHandler, json } from "../platform/http/exchange.ts";
import { Problem } from "../platform/http/problem.ts";
import type { DeadLetter, DeadLetters, Stage } from "./dead-letters.ts";

/** What a stage does with a parked message when it is replayed; as harmless to repeat as the stage itself. */
export type Replayers = Readonly<Record<Stage, (stream: string, message: object) => Promise<void>>>;

type LaneReplay = {
  readonly lane: string;
  readonly replayed: number;
  readonly left: number;
  readonly reason?: string;
};

/** `GET /api/operator/dead-letters` */
export function showDeadLetters(deadLetters: DeadLetters): HttpHandler {
  return async () => {
    const lanes = Map.groupBy(await deadLetters.all(), ({ lane }) => lane);
    return json(200, {
      lanes: [...lanes].map(([lane, letters]) => ({
        lane,
        stage: letters[0]?.stage,
        stream: letters[0]?.stream,
        parkedSince: letters[0]?.parkedAt,
        items: letters.map(({ id, reason, attempts, parkedAt, traceparent }) => ({
          id,
          reason,
          attempts,
          parkedAt,
          traceparent,
        })),
      })),
    });
  };
}

const replaySchema = z.strictObject({ lane: z.string().optional() });

/** `POST /api/operator/dead-letters/replay` */
export function replayDeadLetters(deadLetters: DeadLetters, replayers: Replayers): HttpHandler {
  return async (request) => {
    const { lane } = (await readBody(request, replaySchema)) as z.infer<typeof replaySchema>;
    const letters = await deadLetters.all();
    const lanes = new Set(letters.map((letter) => letter.lane));
    if (lane !== undefined && !lanes.has(lane))
      throw new Problem("not_found", `Nothing is parked in the lane ${lane}.`);
    const results: LaneReplay[] = [];
    for (const each of lane === undefined ? lanes : [lane])
      results.push(await replayLane(each, deadLetters, replayers));
    return json(200, { lanes: results });
  };
}

/** What a stage has parked is tried again by itself: for what only waits until something outside is back. */
export function replayStage(
  stage: Stage,
  deadLetters: DeadLetters,
  replayers: Replayers,
): () => Promise<void> {
  return async () => {
    const letters = (await deadLetters.all()).filter((letter) => letter.stage === stage);
    for (const lane of new Set(letters.map((letter) => letter.lane)))
      await replayLane(lane, deadLetters, replayers);
  };
}

/** Until the lane is empty, or a message cannot be handled yet: then it and what is behind it stay. */
async function replayLane(
  lane: string,
  deadLetters: DeadLetters,
  replayers: Replayers,
): Promise<LaneReplay> {
  let replayed = 0;
  do {
    const waiting = await deadLetters.waiting(lane);
    for (const [index, letter] of waiting.entries()) {
      const reason = await replay(letter, replayers);
      if (reason !== undefined) return { lane, replayed, left: waiting.length - index, reason };
      await deadLetters.release(letter);
      replayed += 1;
    }
  } while (!(await deadLetters.reopen(lane)));
  return { lane, replayed, left: 0 };
}

async function replay(
  { stage, stream, message }: DeadLetter,
  replayers: Replayers,
): Promise<string | undefined> {
  try {
    await replayers[stage](stream, message);
    return undefined;
  } catch (error) {
    if (error instanceof PlatformFault) throw error;
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  }
}

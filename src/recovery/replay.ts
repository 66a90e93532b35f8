/** The operator's way out of a dead letter: look at what waits, and replay it in order once the cause is gone. */
import { z } from "zod";
import { readBody } from "../commands/read-request.ts";
import { canonicalInstants } from "../platform/stored-texts.ts";
import { PlatformFault } from "../platform/platform-fault.ts";
import { type HttpHandler, json } from "../platform/http/exchange.ts";
import { Problem } from "../platform/http/problem.ts";
import type { DeadLetter, DeadLetters, Source, Stage } from "./dead-letters.ts";
import { describe } from "./per-stream.ts";

/** What a stage does with a parked message when it is replayed; as harmless to repeat as the stage itself. */
export type Replayers = Readonly<Record<Stage, (stream: string, message: object) => Promise<void>>>;

export type Recovery = {
  readonly deadLetters: DeadLetters;
  readonly replayers: Replayers;
  /** The stored document that a message is; `undefined` if it is there no more. */
  readonly original: (source: Source) => Promise<object | undefined>;
};

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
          ...(traceparent === "" ? {} : { traceparent }),
        })),
      })),
    });
  };
}

const replaySchema = z.strictObject({ lane: z.string().optional() });

/** `POST /api/operator/dead-letters/replay` */
export function replayDeadLetters(recovery: Recovery): HttpHandler {
  const { deadLetters } = recovery;
  return async (request) => {
    const { lane } = (await readBody(request, replaySchema)) as z.infer<typeof replaySchema>;
    const letters = await deadLetters.all();
    const lanes = new Set(letters.map((letter) => letter.lane));
    if (lane !== undefined && !lanes.has(lane))
      throw new Problem("not_found", `Nothing is parked in the lane ${lane}.`);
    const results: LaneReplay[] = [];
    for (const each of lane === undefined ? lanes : [lane])
      results.push(await replayLane(each, recovery));
    return json(200, { lanes: results });
  };
}

/** What a stage has parked is tried again by itself: for what only waits until something outside is back. */
export function replayStage(stage: Stage, recovery: Recovery): () => Promise<void> {
  return async () => {
    const letters = (await recovery.deadLetters.all()).filter((letter) => letter.stage === stage);
    for (const lane of new Set(letters.map((letter) => letter.lane)))
      await replayLane(lane, recovery);
  };
}

/** Until the lane is empty, or a message cannot be handled yet: then it and what is behind it stay. */
async function replayLane(lane: string, recovery: Recovery): Promise<LaneReplay> {
  const { deadLetters } = recovery;
  let replayed = 0;
  do {
    const waiting = await deadLetters.waiting(lane);
    for (const [index, letter] of waiting.entries()) {
      const reason = await replay(letter, recovery);
      if (reason !== undefined) return { lane, replayed, left: waiting.length - index, reason };
      await deadLetters.release(letter);
      replayed += 1;
    }
  } while (!(await deadLetters.reopen(lane)));
  return { lane, replayed, left: 0 };
}

/** Answers why it cannot be handled yet. */
async function replay(letter: DeadLetter, recovery: Recovery): Promise<string | undefined> {
  const { stage, stream } = letter;
  try {
    await recovery.replayers[stage](stream, await messageOf(letter, recovery));
    return undefined;
  } catch (error) {
    if (error instanceof PlatformFault) throw error;
    return describe(error);
  }
}

async function messageOf({ message, source }: DeadLetter, { original }: Recovery): Promise<object> {
  // Older letters hold what the host's trigger had made of the message.
  const found = message ? canonicalInstants(message) : source && (await original(source));
  if (found === undefined) throw new Error("The message is stored no more.");
  return found;
}

/**
 * Where messages wait that a stage could not handle. A *lane* is one stream at one stage: once a message of a stream is
 * parked, the later ones of that stream park behind it (order is kept), while other streams flow on.
 */
import { boundedCache } from "../platform/bounded-cache.ts";
import type { Clock } from "../platform/clock.ts";
import type { Documents } from "../platform/cosmos/documents.ts";
import { DocumentRefused } from "../platform/cosmos/failures.ts";
import { deriveId } from "../platform/digest.ts";
import { PlatformFault } from "../platform/platform-fault.ts";

export type Stage = "handling" | "projecting" | "publishing";

/** In `dead-letters`; partition key: lane. */
export type DeadLetter = {
  /** Of the message, or derived from it: parking it twice parks it once. */
  readonly id: string;
  readonly lane: string;
  readonly stage: Stage;
  readonly stream: string;
  /** Ascending in the lane; the order to replay in. */
  readonly order: number;
  /** Absent if it is too large to be kept twice: then it stands where `source` says. */
  readonly message?: object;
  /** The stored document that the message is; absent if it is none. */
  readonly source?: Source;
  readonly reason: string;
  /** How often it was tried; 0 for one that only waits behind another. */
  readonly attempts: number;
  readonly parkedAt: string;
  readonly traceparent: string;
};

/** Where a document is stored. `partition` is absent if its partition key is no text. */
export type Source = {
  readonly container: "commands" | "events";
  readonly partition?: string;
  readonly id: string;
};

/** The lane's own document: that it exists is what makes later messages wait. */
type LaneMarker = Pick<DeadLetter, "id" | "lane" | "stage" | "stream" | "parkedAt">;

export type ParkedMessage = Pick<
  DeadLetter,
  "id" | "source" | "attempts" | "reason" | "traceparent"
> & { readonly message: object };

export type DeadLetters = {
  isParked(stage: Stage, stream: string): Promise<boolean>;
  park(stage: Stage, stream: string, messages: readonly ParkedMessage[]): Promise<void>;
  /** What waits in one lane, in order. */
  waiting(lane: string): Promise<readonly DeadLetter[]>;
  /** Everything that waits, in order. */
  all(): Promise<readonly DeadLetter[]>;
  find(stage: Stage, stream: string, id: string): Promise<DeadLetter | undefined>;
  /** Takes a message out once it has been handled. */
  release(letter: DeadLetter): Promise<void>;
  /** Lets later messages pass while earlier ones still wait: in a lane that keeps no order. */
  letPass(stage: Stage, stream: string): Promise<void>;
  /** Lets the lane's messages flow again; `false` if something was parked in it meanwhile. */
  reopen(lane: string): Promise<boolean>;
};

const markerId = "lane";

/** What the ids begin with that are not their message's own. */
const derived = "derived-";

/**
 * How long an instance may go on believing that a lane is open, which saves a read for each message. The instance that
 * parks knows at once. Another one may let a message pass for so long: a reaction from another stream, which depends on
 * no earlier one, or the stream's own messages just after its range has changed hands.
 */
const believedMs = 10_000;

function laneOf(stage: Stage, stream: string): string {
  return `${stage}:${stream}`;
}

/**
 * The id of a message's letter: its own, if a document can have it and a URL can name it, and if it is not the marker's;
 * else one that is derived from it.
 */
function letterIdOf(id: string): string {
  const isFit = /^[A-Za-z0-9._-]{1,255}$/.test(id) && id !== markerId && !id.startsWith(derived);
  return isFit ? id : `${derived}${deriveId(24, id)}`;
}

/** Larger messages are not kept twice: with what a letter adds, they might not fit into a document. */
const largestCopy = 256 * 1024;

/** How a message can be parked, the best way first. */
function* formsOf(letter: DeadLetter): Generator<DeadLetter> {
  const { message, ...rest } = letter;
  const isSmall = JSON.stringify(message).length <= largestCopy;
  if (isSmall || letter.source === undefined) yield letter;
  if (letter.source !== undefined) yield rest;
}

export function deadLetters(
  documents: Documents<DeadLetter | LaneMarker>,
  clock: Clock,
): DeadLetters {
  const openUntil = boundedCache<number>(20_000);

  const letters = async (lane?: string): Promise<readonly DeadLetter[]> => {
    const text = `SELECT * FROM c WHERE c.id != "${markerId}" ORDER BY c["order"]`;
    return documents.query<DeadLetter>(lane === undefined ? { text } : { text, partition: lane });
  };

  /** The marker is written together with each letter, so that no reopening can come between them. */
  const parkOne = async (letter: DeadLetter): Promise<void> => {
    const { lane, stage, stream, parkedAt } = letter;
    openUntil.delete(lane);
    const marker = { id: markerId, lane, stage, stream, parkedAt };
    let refusal: unknown;
    for (const document of formsOf(letter))
      try {
        await documents.transact(lane, [
          { kind: "upsert", document: marker },
          { kind: "create", document },
        ]);
        return;
      } catch (error) {
        if (!(error instanceof DocumentRefused)) throw error;
        refusal = error;
      }
    // Letting it go would lose it.
    const detail = refusal instanceof Error ? refusal.message : "";
    throw new PlatformFault(`A dead letter was refused: ${detail}`, { cause: refusal });
  };

  return {
    async isParked(stage, stream) {
      const lane = laneOf(stage, stream);
      if ((openUntil.get(lane) ?? 0) > clock.now()) return false;
      const marker = await documents.read(lane, markerId);
      if (marker === undefined) openUntil.set(lane, clock.now() + believedMs);
      return marker !== undefined;
    },
    async park(stage, stream, messages) {
      const lane = laneOf(stage, stream);
      const nowMs = clock.now();
      const parkedAt = new Date(nowMs).toISOString();
      for (const [index, message] of messages.entries()) {
        const order = nowMs * 1_000 + index;
        const id = letterIdOf(message.id);
        await parkOne({ ...message, id, lane, stage, stream, order, parkedAt });
      }
    },
    waiting: letters,
    all: () => letters(),
    async find(stage, stream, id) {
      const found = await documents.read(laneOf(stage, stream), letterIdOf(id));
      return found?.document as DeadLetter | undefined;
    },
    async release(letter) {
      await documents.remove(letter.lane, letter.id);
    },
    async letPass(stage, stream) {
      await documents.remove(laneOf(stage, stream), markerId);
    },
    async reopen(lane) {
      const marker = await documents.read(lane, markerId);
      if ((await letters(lane)).length > 0) return false;
      // Parking anything since the marker was read has changed its etag.
      return marker === undefined || documents.remove(lane, markerId, marker.etag);
    },
  };
}

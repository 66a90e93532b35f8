/**
 * Where messages wait that a stage could not handle. A *lane* is one stream at one stage: once a message of a stream is
 * parked, the later ones of that stream park behind it (order is kept), while other streams flow on.
 *
 * What an operator decides about a message is kept in its letter until it is carried out, and then in a record.
 */
import { boundedCache } from "../../platform/bounded-cache.ts";
import type { Clock } from "../../platform/clock.ts";
import type { Documents, Versioned } from "../../platform/cosmos/documents.ts";
import { DocumentRefused } from "../../platform/cosmos/failures.ts";
import { PlatformFault } from "../../platform/platform-fault.ts";
import { archiveIn, type ArchivePart } from "./archive.ts";
import {
  type DeadLetter,
  type Decision,
  formsOf,
  isLetter,
  laneOf,
  type LaneMarker,
  letterIdOf,
  markerId,
  type ParkedMessage,
  type RecoveryRecord,
  type Stage,
} from "./letter.ts";
import { type LaneQueries, laneQueries } from "./lane-queries.ts";
import { recordOf } from "./record.ts";

export type DeadLetters = LaneQueries & {
  isParked(stage: Stage, stream: string): Promise<boolean>;
  park(stage: Stage, stream: string, messages: readonly ParkedMessage[]): Promise<void>;
  find(stage: Stage, stream: string, id: string): Promise<DeadLetter | undefined>;
  /** By its own id. */
  letter(lane: string, id: string): Promise<Versioned<DeadLetter> | undefined>;
  /** Whether a message has been repaired or discarded: if it comes again, it is done with. */
  isDecided(stage: Stage, stream: string, id: string): Promise<boolean>;
  /** Keeps a decision until it is carried out; `false` if the letter has changed since it was read, or is gone. */
  decide(read: Versioned<DeadLetter>, decision: Decision): Promise<boolean>;
  /** Keeps why a message could not be handled once more. */
  failed(read: Versioned<DeadLetter>, reason: string): Promise<void>;
  /**
   * Takes a message out once it has been handled; a record stays of what was decided about it, and of its effect. `false`
   * if something has been decided about it meanwhile.
   */
  release(read: Versioned<DeadLetter>, effect?: RecoveryRecord["effect"]): Promise<boolean>;
  /** Keeps a document that is about to be removed from where it is stored. */
  archive(letter: DeadLetter, document: object): Promise<void>;
  archived(lane: string, id: string): Promise<object | undefined>;
  /** Lets later messages pass while earlier ones still wait: in a lane that keeps no order. */
  letPass(stage: Stage, stream: string): Promise<void>;
  /** Lets the lane's messages flow again; `false` if something was parked in it meanwhile. */
  reopen(lane: string): Promise<boolean>;
};

type LaneDocument = DeadLetter | LaneMarker | RecoveryRecord | ArchivePart;

/**
 * How long an instance may go on believing that a lane is open, which saves a read for each message. The instance that
 * parks knows at once. Another one may let a message pass for so long: a reaction from another stream, which depends on
 * no earlier one, or the stream's own messages just after its range has changed hands.
 */
const believedMs = 10_000;

export function deadLetters(documents: Documents<LaneDocument>, clock: Clock): DeadLetters {
  const openUntil = boundedCache<number>(20_000);
  const queries = laneQueries(documents);

  /** The marker is written together with each letter, so that no reopening can come between them. */
  const parkOne = async (letter: DeadLetter): Promise<void> => {
    const { lane, stage, stream, parkedAt } = letter;
    openUntil.delete(lane);
    const marker = { id: markerId, lane, stage, stream, parkedAt };
    let refusal: DocumentRefused | undefined;
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
    throw new PlatformFault("A dead letter was refused.", { cause: refusal });
  };

  return {
    ...queries,
    ...decisionsIn(documents),
    ...archiveIn(documents),
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
    async find(stage, stream, id) {
      const found = await documents.read(laneOf(stage, stream), letterIdOf(id));
      return found && isLetter(found.document) ? found.document : undefined;
    },
    async isDecided(stage, stream, id) {
      const records = await queries.records(laneOf(stage, stream), letterIdOf(id));
      return records.length > 0;
    },
    async letPass(stage, stream) {
      await documents.remove(laneOf(stage, stream), markerId);
    },
    async reopen(lane) {
      const marker = await documents.read(lane, markerId);
      if ((await queries.oldest(1, lane)).length > 0) return false;
      // Parking anything since the marker was read has changed its etag.
      return marker === undefined || documents.remove(lane, markerId, marker.etag);
    },
  };
}

function decisionsIn(
  documents: Documents<LaneDocument>,
): Pick<DeadLetters, "letter" | "decide" | "failed" | "release"> {
  const change = async (
    { document, etag }: Versioned<DeadLetter>,
    changes: Partial<DeadLetter>,
  ): Promise<boolean> => {
    const next = { ...document, ...changes };
    return (await documents.replace(document.lane, next, etag)) !== undefined;
  };

  return {
    async letter(lane, id) {
      const found = await documents.read(lane, id);
      return found && isLetter(found.document)
        ? { document: found.document, etag: found.etag }
        : undefined;
    },
    decide(read, decision) {
      const { decision: earlier, earlierDecisions = [] } = read.document;
      const told = earlier === undefined ? [] : [withoutMessage(earlier)];
      return change(read, { decision, earlierDecisions: [...earlierDecisions, ...told] });
    },
    async failed(read, reason) {
      const { attempts, decision } = read.document;
      const tried =
        decision === undefined ? {} : { decision: { ...decision, hasFailed: true as const } };
      // Whoever has changed it meanwhile knows better.
      await change(read, { reason, attempts: attempts + 1, ...tried });
    },
    async release({ document, etag }, effect) {
      // The record comes first: without it, nobody would know what became of the message.
      const record = recordOf(document, effect);
      if (record !== undefined) await documents.create(document.lane, record);
      return documents.remove(document.lane, document.id, etag);
    },
  };
}

function withoutMessage(decision: Decision): Decision {
  if (decision.action === "discard") return decision;
  const { message: _, ...told } = decision;
  return told;
}

/** What `dead-letters` holds. */
import { deriveId } from "../../platform/digest.ts";

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
  /** What is to become of it: carried out when its turn comes in a replay. */
  readonly decision?: Decision;
  /** What was decided before, without the messages. */
  readonly earlierDecisions?: readonly Decision[];
};

/** What an operator has decided about a message. */
export type Decision = {
  readonly reason: string;
  /** The subject of the operator's token. */
  readonly by: string;
  readonly at: string;
  /** It could not be carried out: another decision may take its place. */
  readonly hasFailed?: true;
} & ({ readonly action: "repair"; readonly message?: object } | { readonly action: "discard" });

/** Where a document is stored. `partition` is absent if it has no partition key. */
export type Source = {
  readonly container: "commands" | "events";
  readonly partition?: string | number | boolean | null;
  readonly id: string;
};

/** The lane's own document: that it exists is what makes later messages wait. */
export type LaneMarker = Pick<DeadLetter, "id" | "lane" | "stage" | "stream" | "parkedAt">;

/** What has become of a message that an operator has decided about. Kept in its lane for ten years. */
export type RecoveryRecord = {
  readonly id: string;
  readonly lane: string;
  readonly kind: "record";
  /** The letter that it was, as it was when the decision was carried out. */
  readonly letter: DeadLetter;
  /**
   * `handled`: what it was repaired to. `rejected`: its command has this outcome. `voided`: its commit counts as if nothing
   * had happened. `removed`: the document was no part of its stream, and only the archive has it now. `dropped`: nothing had
   * to be done. `too_late`: it had been handled before.
   */
  readonly effect: "handled" | "rejected" | "voided" | "removed" | "dropped" | "too_late";
  readonly ttl: number;
};

export type ParkedMessage = Pick<
  DeadLetter,
  "id" | "source" | "attempts" | "reason" | "traceparent"
> & { readonly message: object };

export const markerId = "lane";

export function laneOf(stage: Stage, stream: string): string {
  return `${stage}:${stream}`;
}

/** What the ids begin with that are not their message's own. */
const reserved = { derived: "derived-", record: "record.", archive: "archive." };

export function recordIdOf(letterId: string, decidedAt: string): string {
  return `${reserved.record}${letterId}.${Date.parse(decidedAt)}`;
}

export function archiveIdOf(letterId: string, part: number): string {
  return `${reserved.archive}${letterId}.${part}`;
}

/** Whether a document of a lane is a letter, and not the marker or what stays of other letters. */
export function isLetter(document: { readonly id: string }): document is DeadLetter {
  return document.id !== markerId && !("kind" in document);
}

/**
 * The id of a message's letter: its own, if a document can have it and a URL can name it, and if it is nobody else's; else
 * one that is derived from it.
 */
export function letterIdOf(id: string): string {
  const isFree =
    id !== markerId && !Object.values(reserved).some((prefix) => id.startsWith(prefix));
  const isFit = isFree && /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,254}$/.test(id);
  return isFit ? id : `${reserved.derived}${deriveId(24, id)}`;
}

/** Larger messages are not kept twice: with what a letter adds, they might not fit into a document. */
const largestCopy = 256 * 1024;

/** How a message can be parked, the best way first. */
export function* formsOf(letter: DeadLetter): Generator<DeadLetter> {
  const { message, ...rest } = letter;
  const isSmall = JSON.stringify(message).length <= largestCopy;
  if (isSmall || letter.source === undefined) yield letter;
  if (letter.source !== undefined) yield rest;
}

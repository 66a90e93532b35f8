import type { Message } from "../../../domain/kernel/decider.ts";
import type { CommandEnvelope } from "./command.ts";

/**
 * What one append adds to a stream: the events of one or more commands and the outcome of each. Stored in `events`
 * (partition key: stream) as one document, created once and never changed. Because its id is the commit's number,
 * creating it is the optimistic concurrency check: 409 says that somebody was faster.
 */
export type Commit = {
  /** `number`, padded: ids are text. */
  readonly id: string;
  readonly stream: string;
  /** 1, 2, 3 … in this stream. */
  readonly number: number;
  /** Events in the stream up to and including this commit. */
  readonly version: number;
  /** ISO 8601; strictly increasing within the stream, so that it orders commits and answers "as of". */
  readonly at: string;
  readonly events: readonly StoredEvent[];
  readonly outcomes: readonly Outcome[];
  /** The ids in `outcomes`, where the index can find them. */
  readonly commandIds: readonly string[];
  readonly snapshot: Snapshot;
  readonly recent: RecentCommands;
  /** How many events there were that are void: they count in `version`, and nothing else follows from them. */
  readonly voided?: number;
  /** Whether this is what a correction says, and not what is stored. */
  readonly isCorrected?: true;
  /** Only of a correction: it has no events and no outcomes of its own, but the ids of the commands that it is about. */
  readonly corrects?: Correction;
};

/** What another commit of the stream is read as from now on, whatever is stored of it (docs/adr/0018). */
export type Correction = {
  readonly number: number;
  readonly reading: Reading;
  /** Why, and the subject of who decided it. */
  readonly reason: string;
  readonly by: string;
};

/** A commit without what only the last one of a stream is asked for. */
export type Reading = Omit<Commit, "snapshot" | "recent" | "isCorrected" | "corrects">;

export type StoredEvent = Message & {
  /** Version of this event type's shape. */
  readonly v: number;
};

/** How one command ended. Events belong to the accepted outcomes in order: the first `events` to the first, and so on. */
export type Outcome = Omit<CommandEnvelope, "data" | "stream"> & {
  readonly events: number;
} & ({ readonly status: "accepted" } | { readonly status: "rejected"; readonly code: string });

/** The stream's version that the commit follows. */
export function versionBefore({ version, events, voided = 0 }: Reading): number {
  return version - events.length - voided;
}

/** Each outcome of a commit with the events it stands for and the stream's version after the first of them. */
export function* outcomesOf(commit: Commit): Generator<{
  readonly outcome: Outcome;
  readonly events: readonly StoredEvent[];
  readonly firstVersion: number;
}> {
  let next = 0;
  const before = versionBefore(commit);
  for (const outcome of commit.outcomes) {
    const events = commit.events.slice(next, next + outcome.events);
    yield { outcome, events, firstVersion: before + next + 1 };
    next += outcome.events;
  }
}

/** Each event of a commit with its version in the stream and the outcome of the command that brought it about. */
export function* causes(
  commit: Commit,
): Generator<{ readonly event: StoredEvent; readonly version: number; readonly cause: Outcome }> {
  for (const { outcome, events, firstVersion } of outcomesOf(commit))
    for (const [index, event] of events.entries())
      yield { event, version: firstVersion + index, cause: outcome };
}

/** The folded state after the commit. Trusted only by code with the same fold; else the stream is folded anew. */
type Snapshot = { readonly fold: number; readonly state: unknown };

/**
 * The commands handled last, so that a new one is known to be new without a query. What was accepted later than
 * everything forgotten, and whose hash is not listed, is certainly new; anything else is looked up by the index, for ever.
 */
export type RecentCommands = {
  /** Latest first: a hash of the command's id, and how long before `newestMs` it was accepted (ms). */
  readonly seen: readonly (readonly [idHash: number, ageMs: number])[];
  /** The latest `acceptedAt` of all (ms since the epoch); 0 if none was handled yet. */
  readonly newestMs: number;
  /** The latest `acceptedAt` among those no longer listed; 0 if none was dropped yet. */
  readonly forgottenUpToMs: number;
};

export const noRecentCommands: RecentCommands = { seen: [], newestMs: 0, forgottenUpToMs: 0 };

/** What stands in a commit upon which nothing is decided: a snapshot of no fold. */
export const nobodysLast: Pick<Commit, "snapshot" | "recent"> = {
  snapshot: { fold: 0, state: {} },
  recent: noRecentCommands,
};

export function commitId(number: number): string {
  return number.toString().padStart(10, "0");
}

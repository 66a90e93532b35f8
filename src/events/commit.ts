import type { Message } from "../../domain/kernel/decider.ts";
import type { CommandEnvelope } from "../commands/command.ts";

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
};

export type StoredEvent = Message & {
  /** Version of this event type's shape. */
  readonly v: number;
};

/** How one command ended. Events belong to the accepted outcomes in order: the first `events` to the first, and so on. */
export type Outcome = Omit<CommandEnvelope, "data" | "stream"> & {
  readonly events: number;
} & ({ readonly status: "accepted" } | { readonly status: "rejected"; readonly code: string });

/** The folded state after the commit. Trusted only by code with the same fold; else the stream is folded anew. */
export type Snapshot = { readonly fold: number; readonly state: unknown };

/**
 * The commands handled last, so that a redelivered one is recognised without a query. What is not listed and was
 * accepted later than everything forgotten is certainly new; anything older is looked up by the index, for ever.
 */
export type RecentCommands = {
  /** [command id, accepted at, ms since the epoch] */
  readonly commands: readonly (readonly [id: string, acceptedAtMs: number])[];
  /** The latest `acceptedAt` (ms) among the commands no longer listed; 0 if none was dropped yet. */
  readonly forgottenUpToMs: number;
};

export function commitId(number: number): string {
  return number.toString().padStart(10, "0");
}

/** Saldo's documents as this console reads them in Cosmos: its own view of their shapes, nothing shared with the app. */

type Told = {
  readonly commandId: string;
  readonly type: string;
  readonly acceptedAt: string;
  readonly actor: string;
  /** The client's command that everything goes back to. */
  readonly correlationId: string;
  /** The command that led directly to this one; itself, if a client sent it. */
  readonly causationId: string;
  readonly traceparent: string;
};

/** In `commands`. */
export type CommandDocument = Told & {
  readonly id: string;
  readonly stream: string;
  readonly data: Readonly<Record<string, unknown>>;
};

/** In `events`: what one append added to a stream. */
export type CommitDocument = {
  readonly id: string;
  readonly stream: string;
  readonly number: number;
  /** Events in the stream up to and including this commit. */
  readonly version: number;
  readonly at: string;
  readonly events: readonly EventPart[];
  readonly outcomes: readonly OutcomePart[];
  readonly snapshot: { readonly state: unknown };
};

export type EventPart = {
  readonly type: string;
  readonly v: number;
  readonly data: Readonly<Record<string, unknown>>;
};

type OutcomePart = Told & {
  /** How many of the commit's events are this command's. */
  readonly events: number;
  readonly status: "accepted" | "rejected";
  readonly code?: string;
};

/** In `dead-letters`: a parked message, or a lane's marker, which has only the fields that are always there. */
export type DeadLetterDocument = {
  readonly id: string;
  readonly lane: string;
  readonly stage: string;
  readonly stream: string;
  readonly parkedAt: string;
  readonly order?: number;
  readonly message?: Readonly<Record<string, unknown>>;
  readonly reason?: string;
  /** 0 for one that only waits behind another. */
  readonly attempts?: number;
  readonly traceparent?: string;
};

/** One command's outcome with its events and the stream's version after the first of them. */
export type Decided = {
  readonly commit: CommitDocument;
  readonly outcome: OutcomePart;
  readonly events: readonly EventPart[];
  readonly firstVersion: number;
};

/** Events belong to the accepted outcomes in order. */
export const decidedIn = (commit: CommitDocument): readonly Decided[] => {
  let next = 0;
  const before = commit.version - commit.events.length;
  return commit.outcomes.map((outcome) => {
    const firstVersion = before + next + 1;
    const events = commit.events.slice(next, (next += outcome.events));
    return { commit, outcome, events, firstVersion };
  });
};

/** Of a W3C traceparent; empty if it is none. */
export const traceIdIn = (traceparent: string | undefined): string =>
  /^00-([0-9a-f]{32})-/.exec(traceparent ?? "")?.[1] ?? "";

/** Saldo's documents as this console reads them in Cosmos: its own view of their shapes, nothing shared with the app. */
import { z } from "zod";

const told = {
  commandId: z.string(),
  type: z.string(),
  acceptedAt: z.iso.datetime({ offset: true }),
  actor: z.string(),
  /** The client's command that everything goes back to. */
  correlationId: z.string(),
  /** The command that led directly to this one; itself, if a client sent it. */
  causationId: z.string(),
  traceparent: z.string(),
};

const data = z.record(z.string(), z.unknown());

const commandDocument = z.object({ ...told, stream: z.string(), data });

/** In `commands`, or parked; what a reaction asks for has no document of its own, and no id beside `commandId`. */
export type CommandDocument = Readonly<z.infer<typeof commandDocument>>;

const eventPart = z.object({ type: z.string(), v: z.number(), data });

export type EventPart = Readonly<z.infer<typeof eventPart>>;

const outcomePart = z.object({
  ...told,
  /** How many of the commit's events are this command's. */
  events: z.int().min(0),
  status: z.enum(["accepted", "rejected"]),
  code: z.string().optional(),
});

type OutcomePart = Readonly<z.infer<typeof outcomePart>>;

const reading = z.object({
  id: z.string(),
  stream: z.string(),
  number: z.int(),
  /** Events in the stream up to and including this commit. */
  version: z.int(),
  at: z.iso.datetime({ offset: true }),
  events: z.array(eventPart).readonly(),
  outcomes: z.array(outcomePart).readonly(),
});

const commitDocument = reading.extend({
  snapshot: z.object({ state: z.unknown() }),
  /** Only of a correction: what another commit of the stream is read as, and why. */
  corrects: z.object({ number: z.int(), reading, reason: z.string(), by: z.string() }).optional(),
});

/** In `events`: what one append added to a stream. */
export type CommitDocument = Readonly<z.infer<typeof commitDocument>> & {
  /** The number of the correction that says what this is. */
  readonly correctedBy?: number;
};

/** The commit that a document is; undefined if it is none: a page shows the others nevertheless. */
export const asCommit = (document: unknown): CommitDocument | undefined =>
  commitDocument.safeParse(document).data;

export const asCommand = (document: unknown): CommandDocument | undefined =>
  commandDocument.safeParse(document).data;

/** In `dead-letters`: a parked message, or a lane's marker, which has only the fields that are always there. */
export type DeadLetterDocument = {
  readonly id: string;
  readonly lane: string;
  readonly stage: string;
  readonly stream: string;
  readonly parkedAt: string;
  readonly order?: number;
  /** Absent if it is too large to be kept twice. */
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

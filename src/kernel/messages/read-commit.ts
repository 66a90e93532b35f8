/** Commits as they are stored: what is read is checked before it is believed. */
import { z } from "zod";
import { parseStream } from "../../../domain/kernel/streams.ts";
import { type Fault, faultsIn, Malformed } from "../../platform/malformed.ts";
import { type Commit, nobodysLast, type Outcome } from "./commit.ts";
import type { CorrectionCommit } from "./corrections.ts";
import { eventSchema, type Model } from "./model.ts";
import { envelope, safeId, sortableInstant, streamForm } from "./stored-values.ts";

const commitIdForm = /^\d{10}$/;

/** Whether something claims a place in a stream. What does not is no commit, whatever it is, and in nobody's way. */
export function hasCommitId(raw: object): boolean {
  return "id" in raw && typeof raw.id === "string" && commitIdForm.test(raw.id);
}

const count = z.int().min(0);

const handled = z.object({ ...envelope, events: count });

const outcome = z.discriminatedUnion("status", [
  handled.extend({ status: z.literal("accepted") }),
  handled.extend({ status: z.literal("rejected"), code: z.string().min(1) }),
]);

const commitSchema = z
  .object({
    id: z.string().regex(commitIdForm, "must be a number of ten digits"),
    stream: z.string().regex(streamForm, "must be the name of a stream"),
    number: z.int().min(1),
    version: count,
    at: sortableInstant,
    events: z.array(z.object({ type: z.string(), v: z.int(), data: z.looseObject({}) })),
    outcomes: z.array(outcome),
    commandIds: z.array(safeId),
    snapshot: z.object({ fold: z.int(), state: z.looseObject({}) }),
    recent: z.object({
      seen: z.array(z.tuple([z.number(), z.number()])),
      newestMs: z.number(),
      forgottenUpToMs: z.number(),
    }),
    voided: z.exactOptional(z.int().min(1)),
    corrects: z.exactOptional(
      z.object({
        number: z.int().min(1),
        reading: z.looseObject({}),
        reason: z.string(),
        by: z.string(),
      }),
    ),
  })
  .superRefine((commit, context) => {
    for (const [path, message] of contradictionsIn(commit))
      context.addIssue({ code: "custom", path: [path], message });
  });

type Read = z.infer<typeof commitSchema>;

function* contradictionsIn(commit: Read): Generator<readonly [path: string, message: string]> {
  const { id, number, version, events, outcomes, commandIds, voided = 0, corrects } = commit;
  if (commitIdForm.test(id) && Number(id) !== number)
    yield ["number", `must be ${Number(id)}, as the id has it`];
  if (version < events.length + voided) yield ["version", "counts fewer events than there are"];
  const told = outcomes.reduce((sum, { events: its }) => sum + its, 0);
  if (told !== events.length)
    yield ["outcomes", `stand for ${told} events, but there are ${events.length}`];
  if (corrects !== undefined) {
    if (events.length + outcomes.length > 0) yield ["corrects", "leaves no events and no outcomes"];
    if (corrects.number >= number) yield ["corrects", "must be of an earlier commit"];
    return;
  }
  const isSame =
    commandIds.length === outcomes.length &&
    outcomes.every(({ commandId }, index) => commandIds[index] === commandId);
  if (!isSame) yield ["commandIds", "are not those of the outcomes"];
}

/** What is stored in `events`, or parked, as the commit that it is. Throws `Malformed`, also of events not known here. */
export function readCommit(model: Model, raw: object): Commit {
  const commit = wellFormed(raw);
  failFor([...unknownEvents(model, commit), ...malformedEvents(model, commit)]);
  return commit;
}

/**
 * The same for those who need not understand every event: a newer version of the code may have stored some that are not
 * known here, and its snapshot tells what they came to.
 */
export function readLeniently(model: Model, raw: object): Commit {
  const commit = wellFormed(raw);
  failFor([...malformedEvents(model, commit)]);
  return commit;
}

/** Something stored as the commit that it is, whatever its events are; `undefined` if it is none. */
export function asCommit(raw: object): Commit | undefined {
  return commitSchema.safeParse(raw).success ? (raw as Commit) : undefined;
}

/** Those outcomes in something stored that are what they should be. */
export function outcomesIn(raw: object): readonly Outcome[] {
  const { outcomes } = raw as { readonly outcomes?: unknown };
  if (!Array.isArray(outcomes)) return [];
  return outcomes.filter((each) => outcome.safeParse(each).success) as Outcome[];
}

function wellFormed(raw: object): Commit {
  const result = commitSchema.safeParse(raw);
  if (!result.success)
    throw new Malformed("not a commit", { faults: faultsIn(result.error.issues) });
  return raw as Commit;
}

function failFor(faults: readonly Fault[]): void {
  if (faults.length > 0) throw new Malformed("not a commit", { faults });
}

/**
 * What a correction says that another commit is. Throws `Malformed` if that is no commit. It is nobody's last commit:
 * nothing is decided upon it.
 */
export function readingIn(model: Model, { stream, corrects }: CorrectionCommit): Commit {
  const { number, reading } = corrects;
  const commit = readCommit(model, { ...reading, ...nobodysLast });
  if (commit.stream !== stream || commit.number !== number)
    throw new Malformed("corrects.reading: is of another commit");
  return { ...commit, isCorrected: true };
}

function* unknownEvents(model: Model, { stream, events }: Commit): Generator<Fault> {
  const aggregate = model.find(stream);
  if (aggregate === undefined) {
    const { category } = parseStream(stream);
    yield { path: "stream", message: `the category ${category} is not known here` };
    return;
  }
  for (const [index, event] of events.entries())
    if (eventSchema(aggregate, event) === undefined)
      yield {
        path: `events.${index}`,
        message: `the event ${event.type} v${event.v} is not known here`,
      };
}

function* malformedEvents(model: Model, { stream, events }: Commit): Generator<Fault> {
  const aggregate = model.find(stream);
  if (aggregate === undefined) return;
  for (const [index, event] of events.entries()) {
    const result = eventSchema(aggregate, event)?.safeParse(event.data);
    if (result?.success === false) yield* faultsIn(result.error.issues, `events.${index}.data`);
  }
}

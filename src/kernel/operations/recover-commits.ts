/** What is done about parked commits, and about documents among them that are none. */
import { z } from "zod";
import type { Commit } from "../messages/commit.ts";
import type { EventStore } from "../store/event-store.ts";
import type { Model } from "../messages/model.ts";
import { hasCommitId, readCommit } from "../messages/read-commit.ts";
import { streamForm } from "../messages/stored-values.ts";
import { faultsIn, Malformed } from "../../platform/malformed.ts";
import type { FollowUp } from "../feeds/handle-events.ts";
import type { Forwarding } from "../publishing/forward.ts";
import { type Because, type Corrector, isForeign } from "./correct.ts";
import type { DeadLetters } from "../parking/dead-letters.ts";
import type { DeadLetter } from "../parking/letter.ts";
import type { Originals } from "./originals.ts";
import type { CommitRepair } from "./propose-reading.ts";
import { type Effect, nothingAllowed, type StageRecovery } from "./stage-recovery.ts";

type Dependencies = {
  readonly model: Model;
  readonly store: EventStore;
  readonly follow: FollowUp;
  readonly forward: Forwarding["forward"];
  readonly corrector: Corrector;
  readonly originals: Originals;
  readonly deadLetters: Pick<DeadLetters, "archive">;
};

export function recoverCommits(dependencies: Dependencies): StageRecovery {
  const { model, store, follow, forward, corrector, originals } = dependencies;

  const followUp = async (stream: string, commit: Commit): Promise<void> => {
    await follow(stream, [commit]);
    await forward([commit]);
  };

  /** A commit as it is read now, corrected or not. */
  const replay = async (letter: DeadLetter): Promise<void> => {
    const { stream } = letter;
    const number = numberOf(letter);
    const corrected = number === undefined ? undefined : await store.corrected(stream, number);
    await followUp(
      stream,
      corrected ?? readCommit(model, await originals.message(sourced(letter))),
    );
  };

  const discardCommit = async (
    letter: DeadLetter,
    number: number,
    because: Because,
  ): Promise<Effect> => {
    const places = await store.places(letter.stream);
    const isThere = places.some((place) => place.number === number);
    if (!isThere || isForeign(places, number)) return removeDocument(letter, dependencies);
    await corrector.correct(letter.stream, number, "void", because);
    await replay(letter);
    return "voided";
  };

  return {
    allows: (letter) => {
      if (letter.attempts === 0) return nothingAllowed;
      return {
        repair: numberOf(letter) !== undefined && model.find(letter.stream) !== undefined,
        discard: true,
      };
    },
    replay,
    async checkRepair(letter, message) {
      await corrector.check(letter.stream, numberOf(letter) ?? 0, readRepair(letter, message));
    },
    async repair(letter, message, because) {
      const repair = readRepair(letter, message);
      await corrector.correct(letter.stream, numberOf(letter) ?? 0, repair, because);
      await replay(letter);
    },
    async checkDiscard(letter) {
      const number = numberOf(letter);
      if (number === undefined) return;
      const places = await store.places(letter.stream);
      const isThere = places.some((place) => place.number === number);
      if (isThere && !isForeign(places, number))
        await corrector.check(letter.stream, number, "void");
    },
    async discard(letter, because) {
      const number = numberOf(letter);
      return number === undefined
        ? removeDocument(letter, dependencies)
        : discardCommit(letter, number, because);
    },
  };
}

/** The document is archived before it is removed: whatever happens in between, it is not lost. */
async function removeDocument(
  letter: DeadLetter,
  { originals, deadLetters }: Dependencies,
): Promise<Effect> {
  const { source } = sourced(letter);
  const found = await originals.stored({ source });
  if (found === undefined) return "removed";
  await deadLetters.archive(letter, found.document);
  if (!(await originals.remove(source, found)))
    throw new Error("The document has just been changed: look at it again.");
  return "removed";
}

/** Letters of older versions do not tell where their message is stored; a commit can be in one place only. */
function sourced(letter: DeadLetter): DeadLetter & Required<Pick<DeadLetter, "source">> {
  const { stream: partition, id, source = { container: "events", partition, id } } = letter;
  return { ...letter, source };
}

/** `undefined` of a document that claims no number in a stream. */
function numberOf({
  stream,
  id,
  source,
}: Pick<DeadLetter, "stream" | "id" | "source">): number | undefined {
  const stored = { id: source?.id ?? id };
  return streamForm.test(stream) && hasCommitId(stored) ? Number(stored.id) : undefined;
}

const repairSchema = z.object({
  id: z.exactOptional(z.string()),
  stream: z.exactOptional(z.string()),
  events: z.array(z.looseObject({})),
  outcomes: z.array(z.looseObject({})),
  at: z.exactOptional(z.string()),
});

/** The rest of a commit follows from its place in the stream, and is worked out there. */
function readRepair(letter: DeadLetter, message: object): CommitRepair {
  const result = repairSchema.safeParse(message);
  if (!result.success)
    throw new Malformed("not a commit", { faults: faultsIn(result.error.issues) });
  const { id, stream, events, outcomes, at } = result.data;
  const stored = sourced(letter).source;
  const faults = [
    ...(id !== undefined && id !== stored.id
      ? [{ path: "id", message: `must be ${stored.id}` }]
      : []),
    ...(stream !== undefined && stream !== letter.stream
      ? [{ path: "stream", message: `must be ${letter.stream}` }]
      : []),
  ];
  if (faults.length > 0) throw new Malformed("another commit", { faults });
  const repair = { events, outcomes, ...(at === undefined ? {} : { at }) };
  return repair as unknown as CommitRepair;
}

/** A whole stream, from what its partition holds. */
import { deciderOf } from "../../domain/catalog.ts";
import { Malformed } from "../platform/malformed.ts";
import type { Commit } from "./commit.ts";
import { hasCommitId, readCommit } from "./read-commit.ts";

/** What the partition of a stream holds; documents that claim no place in the stream are none of its commits. */
export type StreamDocument = { readonly id: string };

/**
 * The commits of a stream in order, each following the one before. Throws `Malformed` with the name of the first document
 * that is no commit, or does not follow.
 */
export function historyOf(stream: string, documents: readonly StreamDocument[]): readonly Commit[] {
  const claiming = documents.filter(hasCommitId).toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const history: Commit[] = [];
  for (const document of claiming) {
    const commit = inPlace(stream, document, readCommit);
    checkFollows(history.at(-1), commit);
    history.push(commit);
  }
  return history;
}

/** Reads a document of a stream; what is wrong with it is told with its name. */
export function inPlace<Document extends StreamDocument>(
  stream: string,
  document: Document,
  read: (document: Document) => Commit,
): Commit {
  try {
    return read(document);
  } catch (error) {
    const fault = error instanceof Error ? error.message : String(error);
    throw new Malformed(`${nameOf(stream, document)}: ${fault}`, { cause: error });
  }
}

function checkFollows(previous: Commit | undefined, commit: Commit): void {
  const { stream, version, at, events } = commit;
  const before = previous?.version ?? 0;
  if (version - events.length !== before)
    throw new Malformed(
      `${nameOf(stream, commit)}: it follows ${version - events.length} events, but there are ${before} before it`,
    );
  if (previous !== undefined && at <= previous.at)
    throw new Malformed(`${nameOf(stream, commit)}: at: must be after ${previous.at}`);
}

function nameOf(stream: string, { id }: StreamDocument): string {
  return `events/${stream}/${id}`;
}

/** The state that a history comes to, by today's fold. */
export function fold(stream: string, history: readonly Commit[]): Commit["snapshot"] {
  const decider = deciderOf(stream);
  const events = history.flatMap((commit) => commit.events);
  const state = events.reduce<unknown>(
    (folded, event) => decider.evolve(folded, event),
    decider.initialState,
  );
  return { fold: decider.foldVersion, state };
}

/** A whole stream, from what its partition holds. */
import { Malformed } from "../../platform/malformed.ts";
import { type Commit, versionBefore } from "../messages/commit.ts";
import { lastCorrections } from "../messages/corrections.ts";
import type { Model } from "../messages/model.ts";
import { hasCommitId, readCommit, readingIn } from "../messages/read-commit.ts";

/** What the partition of a stream holds; documents that claim no place in the stream are none of its commits. */
export type StreamDocument = { readonly id: string };

/** A document in a stream that is no commit, or none that follows there, and has not been corrected. */
export class MalformedCommit extends Malformed {
  readonly stream: string;
  readonly document: StreamDocument;

  constructor(stream: string, document: StreamDocument, fault: string, cause?: unknown) {
    super(`events/${stream}/${document.id}: ${fault}`, { cause });
    this.stream = stream;
    this.document = document;
  }
}

/** What takes a number in a stream: the commit that it is read as, or why it is none. */
export type Place = {
  readonly number: number;
  readonly document: StreamDocument;
  /** Whether a correction says what it is. */
  readonly isCorrected: boolean;
} & ({ readonly commit: Commit } | { readonly error: MalformedCommit });

/** Everything that takes a number in a stream, in order, read as its corrections say. */
export function placesIn(
  model: Model,
  stream: string,
  documents: readonly StreamDocument[],
): readonly Place[] {
  const claiming = documents
    .filter(hasCommitId)
    .map((document) => readPlace(model, stream, document));
  const commits = claiming.flatMap((place) => ("commit" in place ? [place.commit] : []));
  const corrections = lastCorrections(commits);
  return claiming
    .map((place) => {
      const correction = corrections.get(place.number);
      if (correction === undefined) return place;
      const { number, document } = place;
      return {
        number,
        document,
        isCorrected: true,
        ...read(stream, document, () => readingIn(model, correction)),
      };
    })
    .toSorted((a, b) => a.number - b.number);
}

function readPlace(model: Model, stream: string, document: StreamDocument): Place {
  const outcome = read(stream, document, (raw) => readCommit(model, raw));
  return { number: Number(document.id), document, isCorrected: false, ...outcome };
}

function read(
  stream: string,
  document: StreamDocument,
  how: (document: StreamDocument) => Commit,
): { readonly commit: Commit } | { readonly error: MalformedCommit } {
  try {
    return { commit: how(document) };
  } catch (error) {
    return { error: new MalformedCommit(stream, document, messageOf(error), error) };
  }
}

/**
 * The commits of a stream in order, each following the one before. Throws `MalformedCommit` for the first document that is
 * no commit, or does not follow.
 */
export function historyIn(stream: string, places: readonly Place[]): readonly Commit[] {
  const history: Commit[] = [];
  for (const place of places) {
    if ("error" in place) throw place.error;
    const fault = faultInFollowing(history.at(-1), place.commit);
    if (fault !== undefined) throw new MalformedCommit(stream, place.document, fault);
    history.push(place.commit);
  }
  return history;
}

/** Why a commit cannot come right after another, or as the first. */
export function faultInFollowing(previous: Commit | undefined, commit: Commit): string | undefined {
  const before = previous?.version ?? 0;
  const follows = versionBefore(commit);
  if (follows !== before) return `version: it follows ${follows} events, but there are ${before}`;
  if (previous !== undefined && commit.at <= previous.at) return `at: must be after ${previous.at}`;
  return undefined;
}

/** Reads a document of a stream. Throws `MalformedCommit`. */
export function inPlace<Document extends StreamDocument>(
  stream: string,
  document: Document,
  how: (document: Document) => Commit,
): Commit {
  try {
    return how(document);
  } catch (error) {
    throw new MalformedCommit(stream, document, messageOf(error), error);
  }
}

/** The state that a history comes to, by today's fold. */
export function fold(model: Model, stream: string, history: readonly Commit[]): Commit["snapshot"] {
  const { decider } = model.of(stream);
  const events = history.flatMap((commit) => commit.events);
  const state = events.reduce<unknown>(
    (folded, event) => decider.evolve(folded, event),
    decider.initialState,
  );
  return { fold: decider.foldVersion, state };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

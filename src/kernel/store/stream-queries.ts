/** What the readers of a stream ask of its partition. */
import type { Documents } from "../../platform/cosmos/documents.ts";
import type { Commit } from "../messages/commit.ts";
import { type CorrectionCommit, isCorrection, lastCorrections } from "../messages/corrections.ts";
import { historyIn, inPlace, type Place, placesIn, type StreamDocument } from "./history.ts";
import type { Model } from "../messages/model.ts";
import { hasCommitId, readingIn, readLeniently } from "../messages/read-commit.ts";

/** As the container has it: believed once it has been read. */
export type Stored = StreamDocument & { readonly at?: unknown };

/** By the number of the commit that is corrected. */
export type Corrections = ReadonlyMap<number, CorrectionCommit>;

export type StreamQueries = {
  readonly model: Model;
  readonly query: (
    stream: string,
    text: string,
    parameters?: Readonly<Record<string, string | number | readonly string[]>>,
  ) => Promise<readonly Stored[]>;
  /** Everything that takes a number in the stream, in order, whatever it is. */
  readonly places: (stream: string) => Promise<readonly Place[]>;
  /** All commits, in order. */
  readonly history: (stream: string) => Promise<readonly Commit[]>;
  /** An index tells that there are none, as in nearly every stream. */
  readonly corrections: (stream: string) => Promise<Corrections>;
};

export function streamQueries(documents: Documents<Commit>, model: Model): StreamQueries {
  const query: StreamQueries["query"] = (stream, text, parameters = {}) =>
    documents.query<Stored>({ text, parameters: { ...parameters, stream }, partition: stream });
  const places: StreamQueries["places"] = async (stream) =>
    placesIn(model, stream, await query(stream, "SELECT * FROM c WHERE c.stream = @stream"));
  return {
    model,
    query,
    places,
    history: async (stream) => historyIn(stream, await places(stream)),
    corrections: async (stream) => {
      const text = "SELECT * FROM c WHERE c.stream = @stream AND c.corrects.number >= 1";
      return correctionsAmong(model, stream, await query(stream, text));
    },
  };
}

/** Those that are read as they are stored. */
export function commitsAmong(
  model: Model,
  stream: string,
  documents: readonly Stored[],
  corrections: Corrections,
): readonly Commit[] {
  return documents
    .filter((document) => hasCommitId(document) && !corrections.has(Number(document.id)))
    .map((document) => inPlace(stream, document, (raw) => readLeniently(model, raw)))
    .filter((commit) => !isCorrection(commit));
}

export function correctionsAmong(
  model: Model,
  stream: string,
  documents: readonly Stored[],
): Corrections {
  return lastCorrections(
    documents
      .filter((document) => hasCommitId(document) && "corrects" in document)
      .map((document) => inPlace(stream, document, (raw) => readLeniently(model, raw))),
  );
}

export function readingsOf(
  model: Model,
  stream: string,
  corrections: Corrections,
): readonly Commit[] {
  return [...corrections.values()].map((correction) =>
    inPlace(stream, correction, () => readingIn(model, correction)),
  );
}

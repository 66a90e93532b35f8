import type { Documents, Versioned } from "../../platform/cosmos/documents.ts";
import {
  type Commit,
  commitId,
  noRecentCommands,
  type RecentCommands,
} from "../messages/commit.ts";
import { fold, inPlace, type Place, type StreamDocument } from "./history.ts";
import { readAsOf } from "./read-as-of.ts";
import type { Model } from "../messages/model.ts";
import { readCommit, readingIn } from "../messages/read-commit.ts";
import { type CommitRange, readRange } from "./read-range.ts";
import { commitsAmong, correctionsAmong, readingsOf, streamQueries } from "./stream-queries.ts";
import { trustedHead } from "./trusted-head.ts";

/** Where a stream stands: everything that is needed to decide upon its next commands. */
export type StreamHead = {
  readonly stream: string;
  /** Number of its last commit; 0 if it has none. */
  readonly number: number;
  readonly version: number;
  readonly at: string;
  readonly state: unknown;
  readonly recent: RecentCommands;
};

/**
 * Every reader gets commits as they are corrected, and no corrections. Everything that reads throws `MalformedCommit` if
 * what is stored is not a commit.
 */
export type EventStore = {
  /**
   * One top-1 read whatever the stream's length. All of it only if the snapshot is of another fold, if the last commit
   * cannot be read, or if it does not reach the number `taken`, which is known to be taken.
   */
  load(stream: string, taken?: number): Promise<StreamHead>;
  /** `false` if another commit has taken this number. */
  append(commit: Commit): Promise<boolean>;
  /** One commit that is known to be there. */
  commit(stream: string, number: number): Promise<Commit>;
  /** What a commit is read as; `undefined` if it has not been corrected. */
  corrected(stream: string, number: number): Promise<Commit | undefined>;
  /** The commits that hold outcomes of these commands. */
  findByCommands(stream: string, commandIds: readonly string[]): Promise<readonly Commit[]>;
  /** The last commit at or before an instant, with a snapshot by today's fold. */
  asOf(stream: string, at: string): Promise<Commit | undefined>;
  /** Commits in order: at or after `from`, before `to`, at most `limit`; the last ones there are if they are fewer. */
  range(stream: string, range: CommitRange): Promise<readonly Commit[]>;
  /** All commits in order, corrections among them. */
  history(stream: string): Promise<readonly Commit[]>;
  /** Everything that takes a number in the stream, in order, whatever it is. */
  places(stream: string): Promise<readonly Place[]>;
  /** One document as it is stored, whatever it is. */
  document(stream: string, id: string): Promise<Versioned<StreamDocument> | undefined>;
  /** Removes a document that is no commit; `false` if it has changed since it was read, or is gone. */
  removeForeign(stream: string, read: Versioned<StreamDocument>): Promise<boolean>;
};

export function eventStore(documents: Documents<Commit>, model: Model): EventStore {
  const queries = streamQueries(documents, model);
  const { query, history, places } = queries;

  const headOfHistory = async (stream: string): Promise<StreamHead> => {
    const commits = await history(stream);
    const last = commits.at(-1);
    return last === undefined
      ? emptyStream(model, stream)
      : headOf({ ...last, snapshot: fold(model, stream, commits) });
  };

  const corrected: EventStore["corrected"] = async (stream, number) => {
    const text = "SELECT * FROM c WHERE c.stream = @stream AND c.corrects.number = @number";
    const last = correctionsAmong(model, stream, await query(stream, text, { number })).get(number);
    return last && inPlace(stream, last, () => readingIn(model, last));
  };

  return {
    async load(stream, taken = 0) {
      const text = "SELECT TOP 1 * FROM c WHERE c.stream = @stream ORDER BY c.at DESC";
      const [last] = await query(stream, text);
      if (last === undefined && taken === 0) return emptyStream(model, stream);
      const head = last && trustedHead(model, last);
      return head !== undefined && head.number >= taken ? headOf(head) : headOfHistory(stream);
    },
    append: async (commit) => (await documents.create(commit.stream, commit)) !== undefined,
    async commit(stream, number) {
      const [found, reading] = await Promise.all([
        documents.read(stream, commitId(number)),
        corrected(stream, number),
      ]);
      if (reading !== undefined) return reading;
      if (found === undefined) throw new Error(`There is no commit ${number} in stream ${stream}.`);
      return inPlace(stream, found.document, (raw) => readCommit(model, raw));
    },
    corrected,
    async findByCommands(stream, commandIds) {
      const wanted = commandIds.map((_, index) => `ARRAY_CONTAINS(c.commandIds, @id${index})`);
      const text = `SELECT * FROM c WHERE c.stream = @stream AND (${wanted.join(" OR ")})`;
      const parameters = Object.fromEntries(commandIds.map((id, index) => [`id${index}`, id]));
      const found = await query(stream, text, parameters);
      // A correction has the ids of the commit that it is about, so it is found with it.
      const known = correctionsAmong(model, stream, found);
      return [...commitsAmong(model, stream, found, known), ...readingsOf(model, stream, known)];
    },
    asOf: (stream, at) => readAsOf(stream, at, queries),
    range: (stream, range) => readRange(stream, range, queries),
    history,
    places,
    document: (stream, id) => documents.read(stream, id),
    removeForeign: (stream, { document, etag }) => documents.remove(stream, document.id, etag),
  };
}

/** A stream's head right after a commit. */
export function headOf(commit: Commit): StreamHead {
  const { stream, number, version, at, recent, snapshot } = commit;
  return { stream, number, version, at, recent, state: snapshot.state };
}

function emptyStream(model: Model, stream: string): StreamHead {
  const state = model.of(stream).decider.initialState;
  return { stream, number: 0, version: 0, at: "", state, recent: noRecentCommands };
}

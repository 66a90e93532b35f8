import { deciderOf } from "../../domain/catalog.ts";
import type { Documents } from "../platform/cosmos/documents.ts";
import { type Commit, commitId, noRecentCommands, type RecentCommands } from "./commit.ts";

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

export type EventStore = {
  /** One top-1 read whatever the stream's length (all of it only if the snapshot is of another fold). */
  load(stream: string): Promise<StreamHead>;
  /** `false` if another commit has taken this number. */
  append(commit: Commit): Promise<boolean>;
  /** One commit that is known to be there. */
  commit(stream: string, number: number): Promise<Commit>;
  /** The commits that hold outcomes of these commands. */
  findByCommands(stream: string, commandIds: readonly string[]): Promise<readonly Commit[]>;
  /** The last commit at or before an instant. */
  asOf(stream: string, at: string): Promise<Commit | undefined>;
  /** Commits in order: at or after `from`, before `to`, at most `limit`. */
  range(stream: string, range: CommitRange): Promise<readonly Commit[]>;
};

type CommitRange = { readonly from: string; readonly to: string; readonly limit: number };

export function eventStore(documents: Documents<Commit>): EventStore {
  const query = (
    stream: string,
    text: string,
    parameters: Record<string, string | number | readonly string[]>,
  ): Promise<readonly Commit[]> =>
    documents.query<Commit>({ text, parameters: { ...parameters, stream }, partition: stream });

  const wholeStream = (stream: string): Promise<readonly Commit[]> =>
    query(stream, "SELECT * FROM c WHERE c.stream = @stream ORDER BY c.at ASC", {});

  return {
    async load(stream) {
      const text = "SELECT TOP 1 * FROM c WHERE c.stream = @stream ORDER BY c.at DESC";
      const [last] = await query(stream, text, {});
      if (last === undefined) return emptyStream(stream);
      return isTrusted(last) ? headOf(last) : headOf(refold(last, await wholeStream(stream)));
    },
    append: async (commit) => (await documents.create(commit.stream, commit)) !== undefined,
    async commit(stream, number) {
      const found = await documents.read(stream, commitId(number));
      if (found === undefined) throw new Error(`There is no commit ${number} in stream ${stream}.`);
      return found.document;
    },
    findByCommands: (stream, commandIds) => {
      const wanted = commandIds.map((_, index) => `ARRAY_CONTAINS(c.commandIds, @id${index})`);
      const text = `SELECT * FROM c WHERE c.stream = @stream AND (${wanted.join(" OR ")})`;
      const parameters = Object.fromEntries(commandIds.map((id, index) => [`id${index}`, id]));
      return query(stream, text, parameters);
    },
    async asOf(stream, at) {
      const text =
        "SELECT TOP 1 * FROM c WHERE c.stream = @stream AND c.at <= @at ORDER BY c.at DESC";
      const [commit] = await query(stream, text, { at });
      return commit;
    },
    range: (stream, { from, to, limit }) =>
      query(
        stream,
        `SELECT TOP ${limit} * FROM c WHERE c.stream = @stream AND c.at >= @from AND c.at < @to
         ORDER BY c.at ASC`,
        { from, to },
      ),
  };
}

/** A stream's head right after a commit. */
export function headOf(commit: Commit): StreamHead {
  const { stream, number, version, at, recent, snapshot } = commit;
  return { stream, number, version, at, recent, state: snapshot.state };
}

function emptyStream(stream: string): StreamHead {
  const state = deciderOf(stream).initialState;
  return { stream, number: 0, version: 0, at: "", state, recent: noRecentCommands };
}

function isTrusted({ stream, snapshot }: Commit): boolean {
  return snapshot.fold === deciderOf(stream).foldVersion;
}

function refold(last: Commit, commits: readonly Commit[]): Commit {
  const decider = deciderOf(last.stream);
  const events = commits.flatMap((commit) => commit.events);
  const state = events.reduce<unknown>(
    (folded, event) => decider.evolve(folded, event),
    decider.initialState,
  );
  return { ...last, snapshot: { fold: decider.foldVersion, state } };
}

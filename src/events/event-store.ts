import { deciderOf } from "../../domain/catalog.ts";
import type { Documents } from "../platform/cosmos/documents.ts";
import { Malformed } from "../platform/malformed.ts";
import { type Commit, commitId, noRecentCommands, type RecentCommands } from "./commit.ts";
import { fold, historyOf, inPlace, type StreamDocument } from "./history.ts";
import { hasCommitId, readCommit, readLeniently } from "./read-commit.ts";
import { isState } from "./stored-events.ts";

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

/** Everything that reads throws `Malformed`, with the name of the document, if what is stored is not a commit. */
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
  /** The commits that hold outcomes of these commands. */
  findByCommands(stream: string, commandIds: readonly string[]): Promise<readonly Commit[]>;
  /** The last commit at or before an instant, with a snapshot by today's fold. */
  asOf(stream: string, at: string): Promise<Commit | undefined>;
  /** Commits in order: at or after `from`, before `to`, at most `limit`; the last ones there are if they are fewer. */
  range(stream: string, range: CommitRange): Promise<readonly Commit[]>;
};

type CommitRange = { readonly from: string; readonly to: string; readonly limit: number };

/** As the container has it: believed once it has been read. */
type Stored = StreamDocument & { readonly at?: unknown };

export function eventStore(documents: Documents<Commit>): EventStore {
  const query = (
    stream: string,
    text: string,
    parameters: Record<string, string | number | readonly string[]> = {},
  ): Promise<readonly Stored[]> =>
    documents.query<Stored>({ text, parameters: { ...parameters, stream }, partition: stream });

  const history = async (stream: string): Promise<readonly Commit[]> =>
    historyOf(stream, await query(stream, "SELECT * FROM c WHERE c.stream = @stream"));

  const headOfHistory = async (stream: string): Promise<StreamHead> => {
    const commits = await history(stream);
    const last = commits.at(-1);
    return last === undefined
      ? emptyStream(stream)
      : headOf({ ...last, snapshot: fold(stream, commits) });
  };

  return {
    async load(stream, taken = 0) {
      const text = "SELECT TOP 1 * FROM c WHERE c.stream = @stream ORDER BY c.at DESC";
      const [last] = await query(stream, text);
      if (last === undefined && taken === 0) return emptyStream(stream);
      const head = last && trustedHead(last);
      return head !== undefined && head.number >= taken ? headOf(head) : headOfHistory(stream);
    },
    append: async (commit) => (await documents.create(commit.stream, commit)) !== undefined,
    async commit(stream, number) {
      const found = await documents.read(stream, commitId(number));
      if (found === undefined) throw new Error(`There is no commit ${number} in stream ${stream}.`);
      return inPlace(stream, found.document, readCommit);
    },
    async findByCommands(stream, commandIds) {
      const wanted = commandIds.map((_, index) => `ARRAY_CONTAINS(c.commandIds, @id${index})`);
      const text = `SELECT * FROM c WHERE c.stream = @stream AND (${wanted.join(" OR ")})`;
      const parameters = Object.fromEntries(commandIds.map((id, index) => [`id${index}`, id]));
      return commitsAmong(stream, await query(stream, text, parameters));
    },
    async asOf(stream, at) {
      const text = (operator: "<" | "<="): string =>
        `SELECT TOP 1 * FROM c WHERE c.stream = @stream AND c.at ${operator} @at ORDER BY c.at DESC`;
      let [last] = await query(stream, text("<="), { at });
      while (last !== undefined && !hasCommitId(last))
        [last] = await query(stream, text("<"), { at: String(last.at) });
      if (last === undefined) return undefined;
      const head = trustedHead(last);
      if (head !== undefined) return head;
      const { number } = inPlace(stream, last, readLeniently);
      const before = (await history(stream)).filter((commit) => commit.number <= number);
      const found = before.at(-1);
      return found && { ...found, snapshot: fold(stream, before) };
    },
    async range(stream, { from, to, limit }) {
      const text = (operator: ">" | ">="): string =>
        `SELECT TOP ${limit} * FROM c WHERE c.stream = @stream AND c.at ${operator} @from AND c.at < @to
         ORDER BY c.at ASC`;
      let page = await query(stream, text(">="), { from, to });
      const found = [...commitsAmong(stream, page)];
      // Only documents that are no commits make a full page yield too few.
      while (page.length === limit && found.length < limit) {
        page = await query(stream, text(">"), { from: String(page.at(-1)?.at), to });
        found.push(...commitsAmong(stream, page));
      }
      return found.slice(0, limit);
    },
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

/** `undefined` unless it is a commit with a snapshot by today's fold. */
function trustedHead(document: Stored): Commit | undefined {
  if (!hasCommitId(document)) return undefined;
  try {
    const commit = readLeniently(document);
    const { foldVersion, category } = deciderOf(commit.stream);
    const { snapshot } = commit;
    const isTrusted = snapshot.fold === foldVersion && isState(category, snapshot.state);
    return isTrusted ? commit : undefined;
  } catch (error) {
    if (error instanceof Malformed) return undefined;
    throw error;
  }
}

function commitsAmong(stream: string, documents: readonly Stored[]): readonly Commit[] {
  return documents.filter(hasCommitId).map((document) => inPlace(stream, document, readLeniently));
}

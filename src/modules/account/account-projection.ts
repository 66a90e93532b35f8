/**
 * Brings the read models of one stream up to date with its commits. A commit that a view has already seen changes
 * nothing, so redelivery is harmless; an overlapping owner of the same stream is caught by the etag.
 */
import type { AccountEvent } from "../../../domain/account/account.messages.ts";
import { assert } from "../../../domain/kernel/assert.ts";
import { parseStream } from "../../../domain/kernel/streams.ts";
import { type Commit, versionBefore } from "../../kernel/messages/commit.ts";
import { saveView } from "../../kernel/projections/save-view.ts";
import type { EventStore } from "../../kernel/store/event-store.ts";
import { boundedCache } from "../../platform/bounded-cache.ts";
import type { Documents, Versioned } from "../../platform/cosmos/documents.ts";
import { retryConflicts } from "../../platform/retry-conflicts.ts";
import { type AccountView, projectAccount } from "./account-view.ts";
import { isAccountView } from "./read-account-view.ts";

export type AccountProjection = {
  /**
   * Commits of one stream, in order. Answers them as they count: one that has been corrected since it was stored is
   * delivered as it was.
   */
  project(stream: string, commits: readonly Commit[]): Promise<readonly Commit[]>;
  /** Builds the view anew from the stream's history, up to this version at least. */
  rebuild(stream: string, version: number): Promise<void>;
  /** How many of the stream's events its read models show. */
  shownVersion(stream: string): Promise<number>;
};

/** What a stream says as a whole. */
export type StreamReader = Pick<EventStore, "corrected" | "history">;

const warmViews = 10_000;
const mostConflicts = 8;

type Seen = Versioned<AccountView> | undefined;

export function accountProjection(
  accounts: Documents<AccountView>,
  store: StreamReader,
): AccountProjection {
  const warm = boundedCache<Versioned<AccountView>>(warmViews);

  /** `false` if somebody else has changed the view meanwhile. */
  const save = async (seen: Seen, next: AccountView): Promise<boolean> => {
    const etag = await saveView(accounts, seen, next);
    if (etag === undefined) warm.delete(next.id);
    else warm.set(next.id, { document: next, etag });
    return etag !== undefined;
  };

  const untilSaved = (stream: string, attempt: () => Promise<boolean>): Promise<void> =>
    retryConflicts({ attempts: mostConflicts, on: `the view of ${stream}` }, attempt);

  /** The view as the stream's history tells it. Throws `MalformedCommit`. */
  const rebuildOnce = async (stream: string, seen: Seen, version: number): Promise<boolean> => {
    const { id } = parseStream(stream);
    const shown = seen && isAccountView(seen.document) ? seen.document.version : 0;
    const commits = (await store.history(stream)).filter(
      (commit) => commit.version <= Math.max(shown, version),
    );
    const next = applied(id, undefined, commits);
    warm.delete(id);
    if (next !== undefined) return save(seen, next);
    return seen === undefined || accounts.remove(id, id, seen.etag);
  };

  return {
    async project(stream, commits) {
      const { id } = parseStream(stream);
      let counting = commits;
      await untilSaved(stream, async () => {
        const known = warm.get(id);
        // Another instance may have had this stream meanwhile: what is warm here then lags behind.
        const isKnown = known !== undefined && follows(known.document, commits);
        const seen = isKnown ? known : await accounts.read(id, id);
        if (seen !== undefined && !isAccountView(seen.document)) {
          await rebuildOnce(stream, seen, commits.at(-1)?.version ?? 0);
          return false;
        }
        counting = await asTheyCount(stream, commits, seen?.document, store);
        const next = applied(id, seen?.document, counting);
        return next === undefined || next === seen?.document || save(seen, next);
      });
      return counting;
    },
    rebuild: (stream, version) =>
      untilSaved(stream, async () => {
        const { id } = parseStream(stream);
        return rebuildOnce(stream, await accounts.read(id, id), version);
      }),
    async shownVersion(stream) {
      const { id } = parseStream(stream);
      return (await accounts.read(id, id))?.document.version ?? 0;
    },
  };
}

/**
 * The view knows which commits have been corrected, so the others cost nothing. Where there is no view, as of an account
 * that was never opened, the store is asked.
 */
async function asTheyCount(
  stream: string,
  commits: readonly Commit[],
  view: AccountView | undefined,
  store: StreamReader,
): Promise<readonly Commit[]> {
  const opens = commits.some(({ events }) => events.some(({ type }) => type === "AccountOpened"));
  const mayBeCorrected = (number: number): boolean =>
    view === undefined ? !opens : view.corrected?.includes(number) === true;
  return Promise.all(
    commits.map(async (commit) => {
      if (commit.isCorrected === true || !mayBeCorrected(commit.number)) return commit;
      return (await store.corrected(stream, commit.number)) ?? commit;
    }),
  );
}

/** Whether the commits begin where the view ends, or before: nothing between them is missing in the view. */
function follows(view: AccountView, [first]: readonly Commit[]): boolean {
  return first === undefined || view.version >= versionBefore(first);
}

function applied(
  accountId: string,
  seen: AccountView | undefined,
  commits: readonly Commit[],
): AccountView | undefined {
  let view = seen;
  for (const commit of commits) {
    const { events, version, at, stream } = commit;
    if (view === undefined || version > view.version) {
      const before = versionBefore(commit);
      assert(
        view === undefined || view.version === before,
        `the view of ${stream} shows ${view?.version ?? 0} events, but the next commit follows ${before}`,
      );
      for (const event of events)
        view = projectAccount(view, event as unknown as AccountEvent, { accountId, at });
      if (view !== undefined) view = { ...view, version };
    }
    if (view !== undefined && commit.isCorrected === true) view = marked(view, commit.number);
  }
  return view;
}

function marked(view: AccountView, number: number): AccountView {
  const { corrected = [] } = view;
  return corrected.includes(number) ? view : { ...view, corrected: [...corrected, number] };
}

/**
 * Brings the read models of one stream up to date with its commits. A commit that a view has already seen changes
 * nothing, so redelivery is harmless; an overlapping owner of the same stream is caught by the etag.
 */
import type { AccountEvent } from "../../domain/account/account.messages.ts";
import { assert } from "../../domain/kernel/assert.ts";
import { parseStream } from "../../domain/kernel/streams.ts";
import type { Commit } from "../events/commit.ts";
import { boundedCache } from "../platform/bounded-cache.ts";
import type { Documents, Versioned } from "../platform/cosmos/documents.ts";
import { PlatformFault } from "../platform/platform-fault.ts";
import { type AccountView, projectAccount } from "./account-view.ts";
import { readAccountView } from "./read-views.ts";

export type Projection = {
  /** Commits of one stream, in order. */
  project(stream: string, commits: readonly Commit[]): Promise<void>;
  /** How many of the stream's events its read models show. */
  shownVersion(stream: string): Promise<number>;
};

const warmViews = 10_000;
const mostConflicts = 8;

export function accountProjection(accounts: Documents<AccountView>): Projection {
  const warm = boundedCache<Versioned<AccountView>>(warmViews);

  /** `false` if somebody else has changed the view meanwhile. */
  const save = async (seen: Versioned<AccountView> | undefined, next: AccountView) => {
    const etag =
      seen === undefined
        ? await accounts.create(next.id, next)
        : await accounts.replace(next.id, next, seen.etag);
    if (etag === undefined) warm.delete(next.id);
    else warm.set(next.id, { document: next, etag });
    return etag !== undefined;
  };

  return {
    async project(stream, commits) {
      const { id } = parseStream(stream);
      for (let conflicts = 0; conflicts < mostConflicts; conflicts += 1) {
        const known = warm.get(id);
        // Another instance may have had this stream meanwhile: what is warm here then lags behind.
        const seen =
          known && follows(known.document, commits) ? known : checked(await accounts.read(id, id));
        const next = applied(id, seen?.document, commits);
        if (next === undefined || next === seen?.document) return;
        if (await save(seen, next)) return;
      }
      throw new PlatformFault(`${mostConflicts} conflicts in a row on the view of ${stream}`);
    },
    async shownVersion(stream) {
      const { id } = parseStream(stream);
      return (await accounts.read(id, id))?.document.version ?? 0;
    },
  };
}

/** Throws `Malformed`: nothing is built upon a damaged view. */
function checked(seen: Versioned<AccountView> | undefined): Versioned<AccountView> | undefined {
  if (seen !== undefined) readAccountView(seen.document);
  return seen;
}

/** Whether the commits begin where the view ends, or before: nothing between them is missing in the view. */
function follows(view: AccountView, [first]: readonly Commit[]): boolean {
  return first === undefined || view.version >= first.version - first.events.length;
}

function applied(
  accountId: string,
  seen: AccountView | undefined,
  commits: readonly Commit[],
): AccountView | undefined {
  let view = seen;
  for (const { events, version, at, stream } of commits) {
    if (view !== undefined && version <= view.version) continue;
    const before = version - events.length;
    assert(
      view === undefined || view.version === before,
      `the view of ${stream} shows ${view?.version ?? 0} events, but the next commit follows ${before}`,
    );
    for (const event of events)
      view = projectAccount(view, event as unknown as AccountEvent, { accountId, at });
    if (view !== undefined && events.length > 0) view = { ...view, version };
  }
  return view;
}

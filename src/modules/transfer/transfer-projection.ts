/** Keeps the read model of the transfers that a process leads. Other commits cost it nothing. */
import type { AccountEvent } from "../../../domain/account/account.messages.ts";
import { senderOf } from "../../../domain/account/transfer-id.ts";
import { streamOf } from "../../../domain/kernel/streams.ts";
import { causes, type Commit } from "../../kernel/messages/commit.ts";
import { saveView } from "../../kernel/projections/save-view.ts";
import type { EventStore } from "../../kernel/store/event-store.ts";
import type { Documents, Versioned } from "../../platform/cosmos/documents.ts";
import { retryConflicts } from "../../platform/retry-conflicts.ts";
import { isTransferView } from "./read-transfer-view.ts";
import { isLed, type LedEvent, projectTransfer, type TransferView } from "./transfer-view.ts";

export type TransferProjection = {
  /** Commits of one stream, in order. */
  project(commits: readonly Commit[]): Promise<void>;
  /** Builds the views of these transfers anew, from their senders' whole histories. */
  rebuild(transferIds: readonly string[]): Promise<void>;
};

type Happening = Parameters<typeof projectTransfer>[2] & { readonly event: LedEvent };

type Seen = Versioned<TransferView> | undefined;

const mostConflicts = 8;

export function transferProjection(
  transfers: Documents<TransferView>,
  store: Pick<EventStore, "history">,
): TransferProjection {
  /** `false` if somebody else has changed the view meanwhile. */
  const save = async (seen: Seen, next: TransferView): Promise<boolean> =>
    (await saveView(transfers, seen, next)) !== undefined;

  const untilSaved = (id: string, attempt: (seen: Seen) => Promise<boolean>): Promise<void> =>
    retryConflicts({ attempts: mostConflicts, on: `the view of transfer ${id}` }, async () =>
      attempt(await transfers.read(id, id)),
    );

  const rebuildOnce = async (id: string, seen: Seen): Promise<boolean> => {
    const history = await store.history(streamOf("account", senderOf(id)));
    const next = retell(id, undefined, history);
    if (next === undefined) return seen === undefined || transfers.remove(id, id, seen.etag);
    // What has been forgotten in its time stays so.
    const isForgotten = seen === undefined && next.stage === "ended";
    return isForgotten || save(seen, next);
  };

  const projectOne = (id: string, happenings: readonly Happening[]): Promise<void> =>
    untilSaved(id, async (seen) => {
      if (seen !== undefined && !isTransferView(seen.document)) return rebuildOnce(id, seen);
      const next = happenings
        .filter(({ version }) => version > (seen?.document.version ?? 0))
        .reduce<TransferView | undefined>(
          (view, { event, ...context }) => projectTransfer(view, event, context),
          seen?.document,
        );
      return next === undefined || next === seen?.document || save(seen, next);
    });

  return {
    async project(commits) {
      const happenings = commits.flatMap(happeningsIn);
      if (happenings.length === 0) return;
      const byTransfer = Map.groupBy(happenings, ({ event }) => event.data.transferId);
      await Promise.all([...byTransfer].map(([id, ofOne]) => projectOne(id, ofOne)));
    },
    async rebuild(transferIds) {
      for (const id of transferIds) await untilSaved(id, (seen) => rebuildOnce(id, seen));
    },
  };
}

/** The transfer as a part of its sender's stream tells it, beginning with the request; as the read model shows it. */
export function retell(
  id: string,
  told: TransferView | undefined,
  commits: readonly Commit[],
): TransferView | undefined {
  return commits
    .flatMap(happeningsIn)
    .filter(({ event }) => event.data.transferId === id)
    .reduce((view, { event, ...context }) => projectTransfer(view, event, context), told);
}

function happeningsIn(commit: Commit): readonly Happening[] {
  return [...causes(commit)].flatMap(({ event: stored, version, cause }) => {
    const event = stored as unknown as AccountEvent;
    if (!isLed(event)) return [];
    const { actor: by, correlationId, commandId: causationId, traceparent } = cause;
    return [
      { event, version, at: commit.at, by, cause: { correlationId, causationId, traceparent } },
    ];
  });
}

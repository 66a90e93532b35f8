/** Keeps the read model of the transfers that a process leads. Other commits cost it nothing. */
import type { AccountEvent } from "../../domain/account/account.messages.ts";
import { causes, type Commit } from "../events/commit.ts";
import type { Documents } from "../platform/cosmos/documents.ts";
import { PlatformFault } from "../platform/platform-fault.ts";
import { readTransferView } from "./read-views.ts";
import { isLed, type LedEvent, projectTransfer, type TransferView } from "./transfer-view.ts";

export type TransferProjection = {
  /** Commits of one stream, in order. */
  project(commits: readonly Commit[]): Promise<void>;
};

type Happening = Parameters<typeof projectTransfer>[2] & { readonly event: LedEvent };

const mostConflicts = 8;

export function transferProjection(transfers: Documents<TransferView>): TransferProjection {
  const projectOne = async (id: string, happenings: readonly Happening[]): Promise<void> => {
    for (let conflicts = 0; conflicts < mostConflicts; conflicts += 1) {
      const seen = await transfers.read(id, id);
      if (seen !== undefined) readTransferView(seen.document);
      const next = happenings
        .filter(({ version }) => version > (seen?.document.version ?? 0))
        .reduce<TransferView | undefined>(
          (view, { event, ...context }) => projectTransfer(view, event, context),
          seen?.document,
        );
      if (next === undefined || next === seen?.document) return;
      const etag =
        seen === undefined
          ? await transfers.create(id, next)
          : await transfers.replace(id, next, seen.etag);
      if (etag !== undefined) return;
    }
    throw new PlatformFault(`${mostConflicts} conflicts in a row on the view of transfer ${id}`);
  };

  return {
    async project(commits) {
      const happenings = commits.flatMap(happeningsIn);
      if (happenings.length === 0) return;
      const byTransfer = Map.groupBy(happenings, ({ event }) => event.data.transferId);
      await Promise.all([...byTransfer].map(([id, ofOne]) => projectOne(id, ofOne)));
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

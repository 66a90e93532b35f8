/**
 * Change feed of `events` → the primary event handler: first the read models (what people must see at once), then the
 * primary reactions (what must change a balance fast), then Event Grid (for everybody else).
 */
import type { Progress } from "../commands/progress.ts";
import type { Commit } from "../events/commit.ts";
import type { HandleCommands } from "../handling/handle-commands.ts";
import type { Clock } from "../platform/clock.ts";
import type { Forwarding } from "../publishing/forward.ts";
import { primaryReactions } from "../reactions/primary-reactions.ts";
import { measureVisible, spanned } from "./commit-spans.ts";
import { groupByStream, type PerStream, type StageWork } from "../recovery/per-stream.ts";
import type { Projection } from "./projection.ts";
import type { TransferProjection } from "./transfer-projection.ts";

type Dependencies = {
  readonly accounts: Projection;
  readonly transfers: TransferProjection;
  readonly handle: HandleCommands;
  readonly progress: Progress;
  readonly clock: Clock;
};

/** Takes the commits of one stream, in order, to everything that follows from them inside. */
export type FollowUp = (stream: string, commits: readonly Commit[]) => Promise<void>;

export function followUp({ accounts, transfers, handle, progress, clock }: Dependencies): FollowUp {
  return async (stream, commits) => {
    const projected = await spanned("project", commits, async (continued) => {
      await Promise.all([accounts.project(stream, commits), transfers.project(commits)]);
      return continued;
    });
    for (const commit of commits) {
      progress.announce("visible", commit);
      measureVisible(commit, clock.now());
    }
    const reactions = projected.flatMap(primaryReactions);
    if (reactions.length > 0) await handle(reactions);
  };
}

export function primaryHandler(
  follow: FollowUp,
  perStream: PerStream,
  { forward }: Forwarding,
): (commits: readonly Commit[]) => Promise<void> {
  return async (commits) => {
    const followed: Commit[] = [];
    const work: StageWork<Commit> = {
      stage: "projecting",
      handle: async (stream, ofOne) => {
        await follow(stream, ofOne);
        followed.push(...ofOne);
      },
      identify: ({ id, outcomes }) => ({ id, traceparent: outcomes[0]?.traceparent ?? "" }),
    };
    await perStream(work, groupByStream(commits));
    await spanned("publish", followed, forward);
  };
}

/**
 * Change feed of `events` → the primary event handler: first the read models (what people must see at once), then the
 * primary reactions (what must change a balance fast), then Event Grid (for everybody else).
 */
import type { Progress } from "../commands/progress.ts";
import type { Commit } from "../events/commit.ts";
import { readCommit } from "../events/read-commit.ts";
import type { HandleCommands } from "../handling/handle-commands.ts";
import type { Clock } from "../platform/clock.ts";
import type { Forwarding } from "../publishing/forward.ts";
import { primaryReactions } from "../reactions/primary-reactions.ts";
import { measureVisible, spanned } from "./commit-spans.ts";
import { identifyCommit } from "../recovery/identity.ts";
import type { PerStream, StageWork } from "../recovery/per-stream.ts";
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
      // One after the other: what does not follow in the account's view must not get into any.
      await accounts.project(stream, commits);
      await transfers.project(commits);
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
): (stored: readonly object[]) => Promise<void> {
  return async (stored) => {
    const followed: Commit[] = [];
    const work: StageWork<Commit> = {
      stage: "projecting",
      read: readCommit,
      handle: async (stream, ofOne) => {
        await follow(stream, ofOne);
        followed.push(...ofOne);
      },
      identify: identifyCommit,
    };
    await perStream(work, stored);
    await spanned("publish", followed, forward);
  };
}

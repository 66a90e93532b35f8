/**
 * Change feed of `events` → the primary event handler: first the read models (what people must see at once), then the
 * primary reactions (what must change a balance fast).
 */
import type { Progress } from "../commands/progress.ts";
import type { Commit } from "../events/commit.ts";
import type { HandleCommands } from "../handling/handle-commands.ts";
import { primaryReactions } from "../reactions/primary-reactions.ts";
import { groupByStream, type PerStream, type StageWork } from "../recovery/per-stream.ts";
import type { Projection } from "./projection.ts";

type Dependencies = {
  readonly projection: Projection;
  readonly handle: HandleCommands;
  readonly progress: Progress;
};

/** Takes the commits of one stream, in order, to everything that follows from them. */
export type FollowUp = (stream: string, commits: readonly Commit[]) => Promise<void>;

export function followUp({ projection, handle, progress }: Dependencies): FollowUp {
  return async (stream, commits) => {
    await projection.project(stream, commits);
    for (const commit of commits) progress.announce("visible", commit);
    const reactions = commits.flatMap(primaryReactions);
    if (reactions.length > 0) await handle(reactions);
  };
}

export function primaryHandler(
  follow: FollowUp,
  perStream: PerStream,
): (commits: readonly Commit[]) => Promise<void> {
  const work: StageWork<Commit> = {
    stage: "projecting",
    handle: follow,
    identify: ({ id, outcomes }) => ({ id, traceparent: outcomes[0]?.traceparent ?? "" }),
  };
  return (commits) => perStream(work, groupByStream(commits));
}

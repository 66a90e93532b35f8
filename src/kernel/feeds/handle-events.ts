/**
 * Change feed of `events` → the primary event handler: first the read models (what people must see at once), then the
 * primary reactions (what must change a balance fast), then Event Grid (for everybody else).
 */
import type { Notifier } from "../messages/notifier.ts";
import { type Commit, commitId } from "../messages/commit.ts";
import { type CorrectionCommit, isCorrection } from "../messages/corrections.ts";
import type { EventStore } from "../store/event-store.ts";
import { hasCommitId, readCommit } from "../messages/read-commit.ts";
import type { HandleCommands } from "../handling/handle-commands.ts";
import type { Clock } from "../../platform/clock.ts";
import type { Forwarding } from "../publishing/forward.ts";
import { primaryReactions } from "./primary-reactions.ts";
import { measureVisible, spanned } from "./commit-spans.ts";
import { identifyCommit } from "../parking/identity.ts";
import type { PerStream } from "../parking/per-stream.ts";
import type { StageWork } from "../parking/stage-work.ts";
import type { Model } from "../messages/model.ts";
import type { Projections } from "../projections/projections.ts";

type Dependencies = {
  readonly model: Model;
  readonly store: Pick<EventStore, "document">;
  readonly projections: Projections;
  readonly handle: HandleCommands;
  readonly notifier: Notifier;
  readonly clock: Clock;
};

/** Takes the commits of one stream, in order, to everything that follows from them inside. */
export type FollowUp = (stream: string, commits: readonly Commit[]) => Promise<void>;

export function followUp(dependencies: Dependencies): FollowUp {
  const { model, projections, handle, notifier, clock } = dependencies;

  const followCommits = async (stream: string, commits: readonly Commit[]): Promise<void> => {
    const projected = await spanned("project", commits, (continued) =>
      projections.project(stream, continued),
    );
    for (const commit of projected) {
      notifier.notify("visible", commit);
      measureVisible(model, commit, clock.now());
    }
    const reactions = projected.flatMap((commit) => primaryReactions(model, commit));
    if (reactions.length > 0) await handle(reactions);
  };

  return async (stream, commits) => {
    if (!commits.some(isCorrection)) return followCommits(stream, commits);
    for (const commit of commits)
      if (isCorrection(commit)) await rebuildViews(commit, dependencies);
      else await followCommits(stream, [commit]);
  };
}

type PrimaryStages = Pick<Forwarding, "forward"> & {
  readonly model: Model;
  readonly follow: FollowUp;
  readonly store: Pick<EventStore, "corrected">;
};

/** Views may show what has been corrected since, from before the correction or from before it was found wrong. */
async function rebuildViews(
  correction: CorrectionCommit,
  { projections, store }: Dependencies,
): Promise<void> {
  const { stream, corrects } = correction;
  const original = await store.document(stream, commitId(corrects.number));
  await projections.rebuild(correction, original?.document);
}

export function primaryHandler(
  { model, follow, forward, store }: PrimaryStages,
  perStream: PerStream,
): (stored: readonly object[]) => Promise<void> {
  return async (stored) => {
    const followed: Commit[] = [];
    const work: StageWork<Commit> = {
      stage: "projecting",
      read: (document) => readCommit(model, document),
      handle: async (stream, ofOne) => {
        await follow(stream, ofOne);
        followed.push(...ofOne);
      },
      identify: identifyCommit,
      decided: async (document, { stream, id }) => {
        if (!hasCommitId(document)) return undefined;
        const corrected = await store.corrected(stream, Number(id));
        return corrected && [corrected];
      },
    };
    await perStream(work, stored);
    await spanned("publish", followed, forward);
  };
}

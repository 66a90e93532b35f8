/**
 * Forwards what has happened to Event Grid, once the read models show it. While the topic is away nothing waits for it:
 * the commits are noted in a lane of their own, and sent from there when it is back. A note names commits only; what they
 * say stands in `events`. Order is no loss: Event Grid keeps none.
 */
import type { Commit } from "../messages/commit.ts";
import type { Model } from "../messages/model.ts";
import type { EventStore } from "../store/event-store.ts";
import { deriveId } from "../../platform/digest.ts";
import { PlatformFault } from "../../platform/platform-fault.ts";
import type { DeadLetters } from "../parking/dead-letters.ts";
import type { ParkedMessage } from "../parking/letter.ts";
import { describe } from "../parking/per-stream.ts";
import type { Publish } from "./publisher.ts";

export type Forwarding = {
  /** When this returns, the commits are published or noted. Throws `PlatformFault` if neither was possible. */
  forward(commits: readonly Commit[]): Promise<void>;
  /** Publishes the commits that a note in a lane names; throws what keeps it from being done. */
  publishNoted(lane: string, note: object): Promise<void>;
};

type Note = { readonly commits: readonly Pick<Commit, "stream" | "number">[] };

/** What could not be done with something, and why. */
type Failed<What> = { readonly what: What; readonly error: unknown };

type Named = Note["commits"][number];

type Dependencies = {
  readonly model: Model;
  readonly publish: Publish;
  readonly store: EventStore;
  readonly deadLetters: DeadLetters;
};

/** Where what the topic's absence holds up waits, whatever stream it comes from. */
export const topic = "topic";

export function forwarding({ model, publish, store, deadLetters }: Dependencies): Forwarding {
  const park = (lane: string, commits: readonly Named[], reason: string, attempts: number) =>
    deadLetters.park("publishing", lane, [noteOf(commits, reason, attempts)]);

  const publishOne = async (commit: Commit): Promise<void> => {
    await publish(model.of(commit.stream).tell(commit));
  };

  /** Each by itself: what fails for its own sake is parked in its stream's own lane. Answers what the platform held up. */
  const separately = async <What extends Named>(
    named: readonly What[],
    work: (one: What) => Promise<void>,
  ): Promise<readonly Failed<What>[]> => {
    const ends = await Promise.allSettled(named.map(work));
    const failures = ends.flatMap((end, index) => {
      const what = named[index];
      return end.status === "rejected" && what !== undefined
        ? [{ what, error: end.reason as unknown }]
        : [];
    });
    const held = failures.filter(({ error }) => error instanceof PlatformFault);
    for (const { what, error } of failures)
      if (!(error instanceof PlatformFault)) await park(what.stream, [what], describe(error), 1);
    return held;
  };

  return {
    async forward(commits) {
      if (commits.length === 0) return;
      if (await deadLetters.isParked("publishing", topic)) {
        await park(topic, commits, "waits until the topic is back", 0);
        return;
      }
      const held = await separately(commits, publishOne);
      const [first] = held;
      if (first !== undefined)
        await park(
          topic,
          held.map(({ what }) => what),
          describe(first.error),
          1,
        );
    },
    async publishNoted(lane, message) {
      const { commits } = message as Note;
      const publishNamed = async ({ stream, number }: Named): Promise<void> =>
        publishOne(await store.commit(stream, number));
      if (lane !== topic) {
        for (const named of commits) await publishNamed(named);
        return;
      }
      const [held] = await separately(commits, publishNamed);
      if (held !== undefined) throw held.error;
      // It is back: what happens now need not be noted, or the notes would never come to an end under traffic.
      if (await deadLetters.isParked("publishing", topic))
        await deadLetters.letPass("publishing", topic);
    },
  };
}

function noteOf(commits: readonly Named[], reason: string, attempts: number): ParkedMessage {
  const names = commits.map(({ stream, number }) => ({ stream, number }));
  const id = deriveId(20, ...names.map(({ stream, number }) => `${stream}/${number}`));
  const message: Note = { commits: names };
  return { id, message, reason, attempts, traceparent: traceOf(commits[0]) };
}

function traceOf(commit: (Named & Partial<Pick<Commit, "outcomes">>) | undefined): string {
  return commit?.outcomes?.[0]?.traceparent ?? "";
}

/**
 * Forwards what has happened to Event Grid, once the read models show it. While the topic is away nothing waits for it:
 * the commits are noted in a lane of their own, and sent from there when it is back. A note names commits only; what they
 * say stands in `events`. Order is no loss: Event Grid keeps none.
 */
import type { Commit } from "../events/commit.ts";
import type { EventStore } from "../events/event-store.ts";
import { deriveId } from "../platform/digest.ts";
import { PlatformFault } from "../platform/platform-fault.ts";
import type { DeadLetters, ParkedMessage } from "../recovery/dead-letters.ts";
import { groupByStream } from "../recovery/per-stream.ts";
import type { Publish } from "./publisher.ts";
import { toIntegrationEvents } from "./to-integration-events.ts";

export type Forwarding = {
  /** When this returns, the commits are published or noted. Throws `PlatformFault` if neither was possible. */
  forward(commits: readonly Commit[]): Promise<void>;
  /** Publishes the commits that a note in a lane names; throws what keeps it from being done. */
  publishNoted(lane: string, note: object): Promise<void>;
};

type Note = { readonly commits: readonly Pick<Commit, "stream" | "number">[] };

type Held = { readonly commits: readonly Commit[]; readonly error: unknown };

type Dependencies = {
  readonly publish: Publish;
  readonly store: EventStore;
  readonly deadLetters: DeadLetters;
};

/** Where what the topic's absence holds up waits, whatever stream it comes from. */
const topic = "topic";

export function forwarding({ publish, store, deadLetters }: Dependencies): Forwarding {
  const park = (lane: string, commits: readonly Commit[], reason: string, attempts: number) =>
    deadLetters.park("publishing", lane, [noteOf(commits, reason, attempts)]);

  /** What the topic refuses is parked in its stream's own lane; answers what it was away for. */
  const publishEach = async (commits: readonly Commit[]): Promise<Held | undefined> => {
    const byStream = [...groupByStream(commits)];
    const ends = await Promise.allSettled(
      byStream.map(([, ofOne]) => publish(ofOne.flatMap(toIntegrationEvents))),
    );
    const failures = ends.flatMap((end, index) => {
      const group = byStream[index];
      return end.status === "rejected" && group !== undefined
        ? [{ group, error: end.reason as unknown }]
        : [];
    });
    const held = failures.filter(({ error }) => error instanceof PlatformFault);
    const guilty = failures.filter(({ error }) => !(error instanceof PlatformFault));
    for (const { group, error } of guilty) await park(group[0], group[1], describe(error), 1);
    const [first] = held;
    return first && { commits: held.flatMap(({ group }) => group[1]), error: first.error };
  };

  return {
    async forward(commits) {
      if (commits.length === 0) return;
      if (await deadLetters.isParked("publishing", topic)) {
        await park(topic, commits, "waits until the topic is back", 0);
        return;
      }
      const held = await publishEach(commits);
      if (held !== undefined) await park(topic, held.commits, describe(held.error), 1);
    },
    async publishNoted(lane, message) {
      const { commits } = message as Note;
      const found = await Promise.all(
        commits.map(({ stream, number }) => store.commit(stream, number)),
      );
      if (lane !== topic) return publish(found.flatMap(toIntegrationEvents));
      const held = await publishEach(found);
      if (held !== undefined) throw held.error;
      // It is back: what happens now need not be noted, or the notes would never come to an end under traffic.
      if (await deadLetters.isParked("publishing", topic))
        await deadLetters.letPass("publishing", topic);
    },
  };
}

function noteOf(commits: readonly Commit[], reason: string, attempts: number): ParkedMessage {
  const names = commits.map(({ stream, number }) => ({ stream, number }));
  const id = deriveId(20, ...names.map(({ stream, number }) => `${stream}/${number}`));
  const message: Note = { commits: names };
  const traceparent = commits[0]?.outcomes[0]?.traceparent ?? "";
  return { id, message, reason, attempts, traceparent };
}

function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

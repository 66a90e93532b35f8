/** What is forwarded together is told apart when some of it cannot be: the rest is published, by the real SDK to a topic. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { model } from "../../../../src/modules/aggregates.ts";
import { localKeys } from "../../../../scripts/local-azure.ts";
import type { Commit } from "../../../../src/kernel/messages/commit.ts";
import type { EventStore } from "../../../../src/kernel/store/event-store.ts";
import { systemClock } from "../../../../src/platform/clock.ts";
import { openTopic } from "../../../../src/platform/event-grid/topic.ts";
import { Malformed } from "../../../../src/platform/malformed.ts";
import { readSettings } from "../../../../src/platform/settings.ts";
import { type Forwarding, forwarding } from "../../../../src/kernel/publishing/forward.ts";
import { publisher } from "../../../../src/kernel/publishing/publisher.ts";
import { deadLetters } from "../../../../src/kernel/parking/dead-letters.ts";
import type { DeadLetter } from "../../../../src/kernel/parking/letter.ts";
import { topicName } from "../../../../src/subscriptions.ts";
import { stories } from "../../../contract/support/stories.ts";
import { eventually } from "../../../support/eventually.ts";
import { startLocalSystem } from "../../../support/local-system.ts";
import { type MemoryDocuments, memoryDocuments } from "../../../support/memory-documents.ts";
import { idsIn, subscribeToAll } from "../../../support/subscriber.ts";

const { eventGridUrl } = await startLocalSystem();
const subscriber = await subscribeToAll(eventGridUrl);
const publish = publisher(
  openTopic(
    readSettings({
      EVENT_GRID_TOPIC_ENDPOINT: `${eventGridUrl}/${topicName}/api/events`,
      EVENT_GRID_TOPIC_KEY: localKeys.topic,
    }),
  ),
);

const [opened] = stories().get("AccountOpened")?.commits ?? [];
const sent = stories().get("CreditsSent")?.commits.at(-1);
assert.ok(opened && sent);
const { events: sending, ...rest } = sent;

/** The same in the stream of somebody else. */
const openedBy = (name: string): Commit => ({ ...opened, stream: `account-${name}` });

const changed = (name: string, change: object): Commit => ({
  ...rest,
  stream: `account-${name}`,
  events: sending.map((event) => ({ ...event, data: { ...event.data, ...change } })),
});

const broken: Readonly<Record<string, (name: string) => Commit>> = {
  "cannot be told": (name) => changed(name, { amountE4: "much" }),
  "has no time": (name) => ({ ...openedBy(name), at: "yesterday" }),
  "is too large for any request": (name) => changed(name, { note: "x".repeat(1_200_000) }),
};

function forwarder(commit: EventStore["commit"]): {
  readonly forwarded: Forwarding;
  readonly documents: MemoryDocuments<DeadLetter>;
} {
  const documents = memoryDocuments<DeadLetter>();
  const letters = deadLetters(documents, systemClock);
  const store = { commit } as EventStore;
  return { documents, forwarded: forwarding({ model, publish, store, deadLetters: letters }) };
}

const untilPublished = (commits: readonly Commit[]): Promise<boolean> =>
  eventually("the others are published", () =>
    Promise.resolve([...idsIn(commits)].every((id) => subscriber.ids().has(id))),
  );

let names = 0;
const nextName = (): string => `f${(names += 1)}`;

for (const [what, commitOf] of Object.entries(broken))
  describe(`a commit that ${what}`, () => {
    test("is parked in its stream's lane, while the others of its batch are published", async () => {
      const { forwarded, documents } = forwarder(() => Promise.reject(new Error("unasked")));
      const guilty = nextName();
      const others = Array.from({ length: 5 }, () => openedBy(nextName()));
      const also = { ...openedBy(guilty), number: 7, version: 7, id: "0000000007" };
      await forwarded.forward([...others.slice(0, 3), commitOf(guilty), also, ...others.slice(3)]);
      await untilPublished([...others, also]);
      const lane = `publishing:account-${guilty}`;
      const [letter] = documents.stored(lane).filter(({ id }) => id !== "lane");
      const { number } = commitOf(guilty);
      assert.deepEqual(letter?.message, { commits: [{ stream: `account-${guilty}`, number }] });
      assert.equal(letter.attempts, 1);
      assert.deepEqual(documents.stored("publishing:topic"), []);
    });

    test("that was noted while the topic was away does not keep the others from being published", async () => {
      const guilty = nextName();
      const others = [openedBy(nextName()), openedBy(nextName())];
      const all = new Map(
        [...others, commitOf(guilty)].map((commit) => [
          `${commit.stream}/${commit.number}`,
          commit,
        ]),
      );
      const { forwarded, documents } = forwarder((stream, number) => {
        const found = all.get(`${stream}/${number}`);
        return found ? Promise.resolve(found) : Promise.reject(new Malformed("none"));
      });
      const commits = [...all.values()].map(({ stream, number }) => ({ stream, number }));
      const unreadable = { stream: `account-${nextName()}`, number: 1 };
      await forwarded.publishNoted("topic", { commits: [...commits, unreadable] });
      await untilPublished(others);
      for (const stream of [`account-${guilty}`, unreadable.stream])
        assert.equal(
          documents.stored(`publishing:${stream}`).length,
          2,
          "its letter and the marker",
        );
    });
  });

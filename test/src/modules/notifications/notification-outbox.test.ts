/** However events come, from however many instances: each notification once, and no reader's cursor passes one over. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { PlatformFault } from "../../../../src/platform/platform-fault.ts";
import { notifyOwners } from "../../../../src/modules/notifications/notify-owners.ts";
import {
  type NotificationCount,
  type NotificationDocuments,
  type NotificationOutbox,
  notificationOutbox,
  type StoredNotification,
} from "../../../../src/modules/notifications/outbox.ts";
import { memoryDocuments } from "../../../support/memory-documents.ts";
import { bob, deliver, eventOf, noOriginals } from "../../../support/reactions.ts";

const clock = { now: () => 0, sleep: () => Promise.resolve() };

const received = (version: number) => eventOf("saldo.transfer.received.v1", { version });

type Stored = StoredNotification | NotificationCount;

/** What the outbox asks of its container: the next notifications after a number. */
function notificationDocuments(before?: () => Promise<void>) {
  return memoryDocuments<Stored>({
    ...(before && { before }),
    select: (documents, { text, parameters = {} }) => {
      const limit = Number(/TOP (\d+)/.exec(text)?.[1]);
      return notificationsAmong(documents)
        .filter(({ number }) => number > Number(parameters["number"]))
        .toSorted((a, b) => a.number - b.number)
        .slice(0, limit);
    },
  });
}

function notificationsAmong(documents: readonly Stored[]): readonly StoredNotification[] {
  return documents.filter((document) => "number" in document);
}

/** The reply of some transactions is lost: they are done, but nobody knows. */
function losingReplies(
  documents: NotificationDocuments,
  isLost: () => boolean,
): NotificationDocuments {
  return {
    ...documents,
    async transact(partition, writes) {
      const isDone = await documents.transact(partition, writes);
      if (isLost()) throw new PlatformFault("the reply was lost");
      return isDone;
    },
  };
}

const deliverTo = (outbox: NotificationOutbox, version: number): Promise<void> =>
  deliver(notifyOwners(outbox, noOriginals), received(version));

/** A client that looks so many times, and at last until nothing more is there. */
async function readAll(
  outbox: NotificationOutbox,
  limits: readonly number[],
  written: { isOver: boolean },
): Promise<readonly string[]> {
  const seen: StoredNotification[] = [];
  const cursor = (): number => seen.at(-1)?.number ?? 0;
  for (const limit of limits) seen.push(...(await outbox.after(bob, cursor(), limit)));
  for (;;) {
    const { isOver } = written;
    const page = await outbox.after(bob, cursor(), 3);
    seen.push(...page);
    if (isOver && page.length === 0) return seen.map(({ id }) => id);
  }
}

describe("the notification outbox", () => {
  test("shows every reader each notification exactly once, in the same order", async () => {
    const deliveries = fc.array(fc.tuple(fc.nat(2), fc.nat(9)), { minLength: 1, maxLength: 20 });
    const readers = fc.array(fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 12 }), {
      minLength: 1,
      maxLength: 3,
    });
    const losses = fc.infiniteStream(fc.nat(4).map((drawn) => drawn === 0));
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        deliveries,
        readers,
        losses,
        async (scheduler, delivered, looks, lost) => {
          const documents = notificationDocuments(() => scheduler.schedule(Promise.resolve()));
          const isLost = (): boolean => lost.next().value === true;
          const instances = [0, 1, 2].map(() =>
            notificationOutbox(losingReplies(documents, isLost), clock),
          );
          const written = { isOver: false };
          const writing = Promise.all(
            delivered.map(([instance, version]) =>
              deliverTo(instances[instance] ?? assert.fail(), version),
            ),
          ).then(() => {
            written.isOver = true;
          });
          const reading = looks.map((limits) =>
            readAll(notificationOutbox(documents, clock), limits, written),
          );
          const [seen] = await scheduler.waitFor(Promise.all([Promise.all(reading), writing]));

          const stored = notificationsAmong(documents.stored(bob)).toSorted(
            (a, b) => a.number - b.number,
          );
          const inOrder = stored.map(({ id }) => id);
          assert.equal(stored.length, new Set(delivered.map(([, version]) => version)).size);
          assert.deepEqual(
            stored.map(({ number }) => number),
            stored.map((_, index) => index + 1),
          );
          for (const ids of seen) assert.deepEqual(ids, inOrder);
        },
      ),
      { numRuns: 300 },
    );
  });

  test("ends with the same notifications, however events are repeated and shuffled", async () => {
    const versions = fc.uniqueArray(fc.nat(30), { minLength: 1, maxLength: 12 });
    const deliveries = versions.chain((given) =>
      fc.shuffledSubarray([...given, ...given, ...given], { minLength: 3 * given.length }),
    );
    const contents = (documents: ReturnType<typeof notificationDocuments>) =>
      notificationsAmong(documents.stored(bob))
        .map(({ number, ...notification }) => notification)
        .toSorted((a, b) => (a.id < b.id ? -1 : 1));
    await fc.assert(
      fc.asyncProperty(deliveries, async (delivered) => {
        const [once, often] = [notificationDocuments(), notificationDocuments()];
        for (const version of new Set(delivered))
          await deliverTo(notificationOutbox(once, clock), version);
        const outbox = notificationOutbox(often, clock);
        for (const version of delivered) await deliverTo(outbox, version);
        assert.deepEqual(contents(often), contents(once));
      }),
    );
  });

  test("writes together what comes in for an account meanwhile", async () => {
    let transactions = 0;
    const documents = notificationDocuments();
    const counting: NotificationDocuments = {
      ...documents,
      transact: (...given) => {
        transactions += 1;
        return documents.transact(...given);
      },
    };
    const outbox = notificationOutbox(counting, clock);
    const versions = Array.from({ length: 41 }, (_, index) => index);
    await Promise.all(versions.map((version) => deliverTo(outbox, version)));
    assert.equal(await outbox.lastNumber(bob), 41);
    // The first alone, then all that came meanwhile.
    assert.equal(transactions, 2);
    await deliverTo(outbox, 41);
    assert.equal(transactions, 3);
  });

  test("writes once what comes several times at once", async () => {
    const documents = notificationDocuments();
    const outbox = notificationOutbox(documents, clock);
    const again = [1, 2, 2, 1, 2].map((version) =>
      notifyOwners(outbox, noOriginals)(received(version)),
    );
    await Promise.all(again);
    assert.equal(notificationsAmong(documents.stored(bob)).length, 2);
    assert.equal(await outbox.lastNumber(bob), 2);
  });

  test("keeps what is refused for good to the delivery that it came with", async () => {
    const documents = notificationDocuments();
    const isBroken = (id: string): boolean => id === "broken";
    const outbox = notificationOutbox(
      {
        ...documents,
        transact: (partition, writes) =>
          writes.some((write) => write.kind === "create" && isBroken(write.document.id))
            ? Promise.reject(new Error("refused"))
            : documents.transact(partition, writes),
      },
      clock,
    );
    const notification = { accountId: bob, at: "", type: "credits_received", text: "" } as const;
    const ends = await Promise.allSettled(
      ["first", "one", "broken", "two"].map((id) => outbox.post({ ...notification, id })),
    );
    assert.deepEqual(
      ends.map(({ status }) => status),
      ["fulfilled", "fulfilled", "rejected", "fulfilled"],
    );
  });

  test("gives an account back to the platform on which others are always faster", async () => {
    const documents = notificationDocuments();
    const transact = () => Promise.resolve(false);
    const outbox = notificationOutbox({ ...documents, transact }, clock);
    await assert.rejects(notifyOwners(outbox, noOriginals)(received(1)), PlatformFault);
  });
});

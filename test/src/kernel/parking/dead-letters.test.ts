/** A lane is closed for as long as anything waits in it, however parking and replaying overlap. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { type DeadLetters, deadLetters } from "../../../../src/kernel/parking/dead-letters.ts";
import type { DeadLetter, ParkedMessage } from "../../../../src/kernel/parking/letter.ts";
import { memoryDocuments } from "../../../support/memory-documents.ts";

const lane = "handling:account-ada";

const message = (id: string): ParkedMessage => ({
  id,
  message: { id },
  attempts: 0,
  reason: "a reason",
  traceparent: "",
});

const inOrder = (stored: readonly DeadLetter[]): readonly DeadLetter[] =>
  stored.filter(({ id }) => id !== "lane").sort((a, b) => a.order - b.order);

async function releaseAll(letters: DeadLetters): Promise<void> {
  for (const { id } of await letters.waiting(lane)) {
    const read = await letters.letter(lane, id);
    if (read !== undefined) await letters.release(read);
  }
}

/** Time passes with every look at the clock. */
function tickingClock(): { now(): number; sleep(): Promise<void> } {
  let nowMs = 1_000;
  return { now: () => (nowMs += 1), sleep: () => Promise.resolve() };
}

describe("a lane", () => {
  test("is never open with something in it, however parking and replaying overlap", async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.integer({ min: 1, max: 3 }), async (scheduler, count) => {
        const isScheduled = { now: false };
        const documents = memoryDocuments<DeadLetter>({
          select: inOrder,
          before: (operation) =>
            isScheduled.now ? scheduler.schedule(Promise.resolve(), operation) : Promise.resolve(),
        });
        const instance = (): ReturnType<typeof deadLetters> =>
          deadLetters(documents, tickingClock());
        await instance().park("handling", "account-ada", [message("m0")]);
        isScheduled.now = true;

        const parking = Array.from({ length: count }, (_, index) =>
          instance().park("handling", "account-ada", [message(`m${index + 1}`)]),
        );
        const replay = async (): Promise<void> => {
          const operator = instance();
          do await releaseAll(operator);
          while (!(await operator.reopen(lane)));
        };
        await scheduler.waitFor(Promise.all([...parking, replay()]));

        isScheduled.now = false;
        const isParked = await instance().isParked("handling", "account-ada");
        const waiting = await instance().waiting(lane);
        if (waiting.length > 0) assert.equal(isParked, true);
        await releaseAll(instance());
        assert.equal(await instance().reopen(lane), true);
        assert.equal(await instance().isParked("handling", "account-ada"), false);
      }),
      { numRuns: 500 },
    );
  });

  test("keeps the order of what is parked in it, also in one call", async () => {
    const documents = memoryDocuments<DeadLetter>({ select: inOrder });
    const letters = deadLetters(documents, tickingClock());
    const ids = Array.from({ length: 30 }, (_, index) => `m${index}`);
    await letters.park("handling", "account-ada", ids.slice(0, 10).map(message));
    for (const id of ids.slice(10)) await letters.park("handling", "account-ada", [message(id)]);
    const waiting = await letters.waiting(lane);
    assert.deepEqual(
      waiting.map(({ id }) => id),
      ids,
    );
  });

  test("does not mistake its own marker for a message", async () => {
    const documents = memoryDocuments<DeadLetter>({ select: inOrder });
    const letters = deadLetters(documents, tickingClock());
    await letters.park("handling", "account-ada", [message("m0")]);
    assert.equal(await letters.find("handling", "account-ada", "lane"), undefined);
    assert.equal((await letters.find("handling", "account-ada", "m0"))?.attempts, 0);
  });

  test("is closed at once for the instance that parks, even if it has just found it open", async () => {
    const documents = memoryDocuments<DeadLetter>({ select: inOrder });
    const letters = deadLetters(documents, tickingClock());
    assert.equal(await letters.isParked("handling", "account-ada"), false);
    await letters.park("handling", "account-ada", [message("m0")]);
    assert.equal(await letters.isParked("handling", "account-ada"), true);
  });
});

/** One writer a stream within an instance, any number of instances: every command takes effect once. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { model } from "../../../../src/modules/aggregates.ts";
import type { CommandEnvelope } from "../../../../src/kernel/messages/command.ts";
import type { Commit } from "../../../../src/kernel/messages/commit.ts";
import { type EventStore, eventStore } from "../../../../src/kernel/store/event-store.ts";
import { streamWriter, type StreamWriter } from "../../../../src/kernel/handling/stream-writer.ts";
import { PlatformFault } from "../../../../src/platform/platform-fault.ts";
import { envelope, epochMs, load, open } from "../../../support/envelopes.ts";
import { type MemoryDocuments, memoryDocuments } from "../../../support/memory-documents.ts";

const clock = { now: () => epochMs, sleep: () => Promise.resolve() };
const stream = "account-ada";

/** What the event store asks of its container: the last commit, or those with certain commands. */
function commitDocuments(before?: () => Promise<void>): MemoryDocuments<Commit> {
  return memoryDocuments<Commit>({
    ...(before && { before }),
    select: (commits, { text, parameters = {} }) => {
      if (text.includes("TOP 1"))
        return commits.toSorted((a, b) => b.number - a.number).slice(0, 1);
      const wanted = Object.values(parameters);
      return commits.filter(({ commandIds }) => commandIds.some((id) => wanted.includes(id)));
    },
  });
}

function writerOn(
  store: EventStore,
  committed: (commit: Commit) => void = () => undefined,
): StreamWriter {
  return streamWriter({ model, store, clock, committed });
}

const outcomesIn = (documents: MemoryDocuments<Commit>): readonly string[] =>
  documents
    .stored(stream)
    .toSorted((a, b) => a.number - b.number)
    .flatMap(({ commandIds }) => commandIds);

describe("writers of one stream", () => {
  test("in several instances handle every command once, whatever they are given twice", async () => {
    const calls = fc.array(
      fc.tuple(
        fc.nat(2),
        fc.array(fc.tuple(fc.nat(12), fc.nat(5_000)), { minLength: 1, maxLength: 5 }),
      ),
      { minLength: 2, maxLength: 12 },
    );
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), calls, async (scheduler, given) => {
        const times = new Map<number, number>();
        const commandOf = ([number, ms]: readonly [number, number]): CommandEnvelope => {
          if (!times.has(number)) times.set(number, ms);
          return load("ada", `c${number}`, times.get(number));
        };
        const documents = commitDocuments(() => scheduler.schedule(Promise.resolve()));
        const writers = [0, 1, 2].map(() => writerOn(eventStore(documents, model)));
        const opened = writers[0]?.handle(stream, [open("ada")]);
        const handled = given.map(([writer, commands]) =>
          writers[writer]?.handle(stream, commands.map(commandOf)),
        );
        await scheduler.waitFor(Promise.all([opened, ...handled]));
        const outcomes = outcomesIn(documents);
        const asked = given.flatMap(([, commands]) => commands.map(([number]) => `c${number}`));
        assert.deepEqual([...outcomes].sort(), [...new Set(["open-ada", ...asked])].sort());
      }),
      { numRuns: 200 },
    );
  });

  test("decide together what comes while a commit is under way", async () => {
    const documents = commitDocuments();
    const told: number[] = [];
    const writer = writerOn(eventStore(documents, model), ({ number }) => told.push(number));
    const ids = ["c1", "c2", "c3", "c4"];
    await Promise.all([
      writer.handle(stream, [open("ada")]),
      ...ids.map((id) => writer.handle(stream, [load("ada", id)])),
    ]);
    assert.deepEqual(
      documents.stored(stream).map(({ commandIds }) => commandIds),
      [["open-ada"], ids],
    );
    assert.deepEqual(told, [1, 2]);
  });

  test("keep a broken command to the call that it came with", async () => {
    const documents = commitDocuments();
    const writer = writerOn(eventStore(documents, model));
    const broken = envelope("ada", "broken", { type: "LevyTax", data: {} });
    const calls = [[open("ada")], [load("ada", "c1")], [broken], [load("ada", "c2")]];
    const ends = await Promise.allSettled(calls.map((call) => writer.handle(stream, call)));
    assert.deepEqual(
      ends.map(({ status }) => status),
      ["fulfilled", "fulfilled", "rejected", "fulfilled"],
    );
    assert.deepEqual(outcomesIn(documents), ["open-ada", "c1", "c2"]);
  });

  test("give a stream back to the platform on which others are always faster", async () => {
    const documents = commitDocuments();
    const writer = writerOn({
      ...eventStore(documents, model),
      append: () => Promise.resolve(false),
    });
    await assert.rejects(writer.handle(stream, [open("ada")]), PlatformFault);
  });

  test("notice that a commit was stored whose reply was lost", async () => {
    const documents = commitDocuments();
    const store = eventStore(documents, model);
    let isFirst = true;
    const writer = writerOn({
      ...store,
      append: async (commit) => {
        const isStored = await store.append(commit);
        if (!isFirst) return isStored;
        isFirst = false;
        throw new PlatformFault("the reply was lost");
      },
    });
    await assert.rejects(writer.handle(stream, [open("ada")]), PlatformFault);
    await writer.handle(stream, [open("ada")]);
    assert.deepEqual(outcomesIn(documents), ["open-ada"]);
  });
});

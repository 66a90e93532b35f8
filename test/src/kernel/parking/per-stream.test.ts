/** How a batch is handled stream by stream: what fails is parked or thrown back, and nothing else is touched by it. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { assert as hold } from "../../../../domain/kernel/assert.ts";
import type { Clock } from "../../../../src/platform/clock.ts";
import { PlatformFault } from "../../../../src/platform/platform-fault.ts";
import { deadLetters } from "../../../../src/kernel/parking/dead-letters.ts";
import type { DeadLetter } from "../../../../src/kernel/parking/letter.ts";
import { Malformed } from "../../../../src/platform/malformed.ts";
import { perStream } from "../../../../src/kernel/parking/per-stream.ts";
import type { StageWork } from "../../../../src/kernel/parking/stage-work.ts";
import { memoryDocuments } from "../../../support/memory-documents.ts";

type Message = { readonly id: string; readonly stream: string };

const messages = (stream: string, ...ids: readonly string[]): readonly Message[] =>
  ids.map((id) => ({ id, stream }));

/** A stage, its dead letters and a clock that only counts what it is asked to sleep. */
function stage(handle: (message: Message) => Promise<void> | void): {
  run(...batch: readonly (readonly Message[])[]): Promise<void>;
  readonly handled: readonly string[];
  readonly sleptMs: readonly number[];
  letters(stream: string): readonly DeadLetter[];
} {
  const documents = memoryDocuments<DeadLetter>({
    select: (stored) => stored.filter(({ id }) => id !== "lane").sort((a, b) => a.order - b.order),
  });
  const sleptMs: number[] = [];
  const clock: Clock = {
    now: () => 1_000,
    sleep: (ms) => {
      sleptMs.push(ms);
      return Promise.resolve();
    },
  };
  const handled: string[] = [];
  const work: StageWork<Message> = {
    stage: "handling",
    handle: async (_, batch) => {
      for (const message of batch) {
        await handle(message);
        handled.push(message.id);
      }
    },
    read: (stored) => {
      const message = stored as Message;
      if (message.id.startsWith("malformed")) throw new Malformed(`${message.id} is no message`);
      return message;
    },
    decided: () => Promise.resolve(undefined),
    identify: (stored) => {
      const { id, stream } = stored as Message;
      return { id, stream, traceparent: `trace of ${id}` };
    },
  };
  const safely = perStream(deadLetters(documents, clock), clock);
  return {
    run: (...batch) => safely(work, batch.flat()),
    handled,
    sleptMs,
    letters: (stream) => documents.stored(`handling:${stream}`).filter(({ id }) => id !== "lane"),
  };
}

const broken = ({ id }: Message): void => {
  hold(!id.startsWith("broken"), `${id} cannot be`);
};

describe("a message that cannot be handled", () => {
  test("is parked after three attempts, with what comes after it in its stream", async () => {
    const { run, handled, letters } = stage(broken);
    await run(messages("a", "a1", "broken", "a2", "broken-again", "a3"), messages("b", "b1", "b2"));
    assert.deepEqual(
      letters("a").map(({ id, attempts, reason, traceparent }) => [
        id,
        attempts,
        reason,
        traceparent,
      ]),
      [
        ["broken", 3, "InvariantBroken: broken cannot be", "trace of broken"],
        ["a2", 0, "waits behind InvariantBroken", "trace of a2"],
        ["broken-again", 0, "waits behind InvariantBroken", "trace of broken-again"],
        ["a3", 0, "waits behind InvariantBroken", "trace of a3"],
      ],
    );
    assert.deepEqual(letters("b"), []);
    assert.deepEqual(new Set(handled), new Set(["a1", "b1", "b2"]));
  });

  test("makes all later messages of its stream wait behind it, untried, and no others", async () => {
    const { run, handled, letters } = stage(broken);
    await run(messages("a", "broken"));
    await run(messages("a", "a1"), messages("b", "b1"));
    await run(messages("a", "a2"));
    assert.deepEqual(handled, ["b1"]);
    assert.deepEqual(
      letters("a").map(({ id, attempts }) => [id, attempts]),
      [
        ["broken", 3],
        ["a1", 0],
        ["a2", 0],
      ],
    );
  });

  test("is parked once however often it is delivered", async () => {
    const { run, letters } = stage(broken);
    for (let round = 0; round < 3; round += 1) await run(messages("a", "broken", "a1"));
    assert.deepEqual(
      letters("a").map(({ id, attempts }) => [id, attempts]),
      [
        ["broken", 3],
        ["a1", 0],
      ],
    );
  });

  test("may throw anything at all", async () => {
    const { run, letters } = stage(() => {
      // eslint-disable-next-line @typescript-eslint/only-throw-error -- what a package might throw
      throw "a text";
    });
    await run(messages("a", "a1"));
    assert.equal(letters("a")[0]?.reason, "Error: a text");
  });

  test("is parked at the first attempt if it is none, with what comes after it", async () => {
    const { run, handled, letters } = stage(broken);
    await run(messages("a", "a1", "malformed", "a2"), messages("b", "b1"));
    assert.deepEqual(
      letters("a").map(({ id, attempts, reason }) => [id, attempts, reason]),
      [
        ["malformed", 1, "Malformed: malformed is no message"],
        ["a2", 0, "waits behind Malformed"],
      ],
    );
    assert.deepEqual(handled.toSorted(), ["a1", "b1"]);
  });

  test("is handled after all if an attempt succeeds", async () => {
    let attempts = 0;
    const { run, handled, letters } = stage(() => {
      attempts += 1;
      if (attempts < 4) throw new Error("not yet");
    });
    await run(messages("a", "a1"));
    assert.deepEqual([handled, letters("a")], [["a1"], []]);
  });
});

describe("a platform fault", () => {
  const faulty = (ids: Set<string>, fault = new PlatformFault("not now")) => {
    return ({ id }: Message): void => {
      if (ids.has(id)) throw fault;
    };
  };

  test("is thrown back to the host, after all other streams are done with, and parks nothing", async () => {
    const releases: (() => void)[] = [];
    const slowly = new Promise<void>((resolve) => releases.push(resolve));
    const isFaulty = faulty(new Set(["a1"]));
    let tries = 0;
    const { run, handled, letters } = stage(async (message) => {
      if (message.id === "b1") await slowly;
      if (message.id === "a1" && (tries += 1) === 4) for (const release of releases) release();
      isFaulty(message);
    });
    await assert.rejects(run(messages("a", "a1", "a2"), messages("b", "b1", "b2")), PlatformFault);
    assert.deepEqual(handled, ["b1", "b2"]);
    assert.deepEqual([letters("a"), letters("b")], [[], []]);
  });

  test("does not keep a broken message of another stream from being parked", async () => {
    const isFaulty = faulty(new Set(["a1"]));
    const { run, letters } = stage((message) => {
      isFaulty(message);
      broken(message);
    });
    await assert.rejects(run(messages("a", "a1"), messages("b", "broken")), PlatformFault);
    assert.deepEqual(
      letters("b").map(({ id }) => id),
      ["broken"],
    );
  });

  test("that is short is ridden out, and waited for as long as the platform asks", async () => {
    const failing = new Set(["a1"]);
    const isFaulty = faulty(failing, new PlatformFault("throttled", { retryAfterMs: 5_000 }));
    let tries = 0;
    const { run, handled, sleptMs } = stage((message) => {
      if ((tries += 1) === 3) failing.clear();
      isFaulty(message);
    });
    await run(messages("a", "a1"));
    assert.deepEqual(handled, ["a1"]);
    assert.deepEqual(sleptMs, [5_000, 5_000]);
  });

  test("amid the attempts at a broken message does not get it parked", async () => {
    let tries = 0;
    const { run, letters } = stage(() => {
      tries += 1;
      throw tries < 3 ? new Error("cannot be") : new PlatformFault("not now");
    });
    await assert.rejects(run(messages("a", "a1")), PlatformFault);
    assert.deepEqual(letters("a"), []);
  });
});

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readDurableOptions } from "../../../emulator/durable/options.ts";
import { readConfiguration } from "../../../emulator/host/settings.ts";
import { durableFixture } from "./support/hub.ts";

const configuration = readConfiguration(durableFixture("durable-app"), {});

describe("the section durableTask of host.json", () => {
  const read = (durableTask: unknown): ReturnType<typeof readDurableOptions> =>
    readDurableOptions({ ...configuration, extensions: { durableTask } });
  const dayMs = 86_400_000;

  it("leaves the limits of timers at those of Azure Storage", () => {
    const limits = { maximumShortTimerMs: 6 * dayMs, longTimerIntervalMs: 3 * dayMs };
    assert.deepEqual(read({}).timerLimits, limits);
  });

  it("may shorten them for tests", () => {
    const emulator = {
      maximumShortTimerDuration: "1.00:00:00",
      longRunningTimerIntervalDuration: "00:30:05",
    };
    const limits = { maximumShortTimerMs: dayMs, longTimerIntervalMs: 1_805_000 };
    assert.deepEqual(read({ emulator }).timerLimits, limits);
  });

  it("is not asked about what only Azure has", () => {
    const storageProvider = { maxQueuePollingInterval: "00:00:10", partitionCount: 4 };
    assert.equal(
      read({ hubName: "Hub", storageProvider, useGracefulShutdown: true }).hubName,
      "Hub",
    );
  });

  const atLeastASecond = /must be a time span of at least a second, e\.g\. "00:01:00"/;
  const wrong = [
    [7, /"durableTask" must be an object/],
    [{ hubName: 7 }, /"durableTask\.hubName" must be a string/],
    [{ hubName: "a-b" }, /task hub name "a-b" must be 3 to 45 letters and digits/],
    [{ maxConcurrentActivityFunctions: "many" }, /maxConcurrentActivityFunctions" must be a whole/],
    [{ maxConcurrentActivityFunctions: 1.5 }, /maxConcurrentActivityFunctions" must be a whole/],
    [{ maxConcurrentOrchestratorFunctions: 0 }, /OrchestratorFunctions" must be a whole number of/],
    [{ emulator: "short" }, /"durableTask\.emulator" must be an object/],
    [{ emulator: { maximumShortTimerDuration: 6 } }, atLeastASecond],
    [{ emulator: { maximumShortTimerDuration: "6 days" } }, atLeastASecond],
    [{ emulator: { maximumShortTimerDuration: "24:00:00" } }, atLeastASecond],
    [{ emulator: { longRunningTimerIntervalDuration: "00:00:00" } }, atLeastASecond],
    [{ emulator: { maximumShortTimerDuration: "00:01:00" } }, /must not be longer than/],
  ] as const;
  for (const [section, sentence] of wrong) {
    it(`is refused with a sentence: ${JSON.stringify(section)}`, () => {
      assert.throws(() => read(section), sentence);
    });
  }
});

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, before, describe, it } from "node:test";
import { dueMs } from "../../../emulator/durable/engine/timer-limits.ts";
import { durableFixture, startHub, type Hub } from "./support/hub.ts";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

const isTimerFired = ({ EventType }: Readonly<Record<string, unknown>>): boolean =>
  EventType === "TimerFired";

describe("a timer of more than six days", () => {
  let hub: Hub;
  before(async () => {
    hub = await startHub();
  });
  after(async () => {
    await hub.app.stop();
  });

  const startWaiting = async (name: string): Promise<string> => {
    const id = await hub.start(name);
    await hub.until(id, ({ customStatus }) => customStatus === "waiting");
    return id;
  };
  const timesFired = async (id: string): Promise<number> =>
    (await hub.history(id)).filter(isTimerFired).length;
  const untilFired = async (id: string, times: number): Promise<void> => {
    while ((await timesFired(id)) < times);
  };

  it("is made of timers of three days, and ends when it should", async () => {
    const id = await startWaiting("month");
    for (let piece = 1; piece <= 9; piece += 1) {
      hub.advance(3 * dayMs);
      await untilFired(id, piece);
      assert.equal((await hub.status(id)).runtimeStatus, "Running");
    }
    hub.advance(3 * dayMs);
    assert.equal((await hub.end(id)).output, "a month has passed");
    assert.equal(await timesFired(id), 10);
  });

  it("can be cancelled before the first of them has fired", async () => {
    const id = await startWaiting("month");
    hub.advance(dayMs);
    await hub.raise(id, "answer", "soon");
    const { runtimeStatus, output } = await hub.end(id);
    assert.deepEqual([runtimeStatus, output], ["Completed", "soon"]);
  });

  it("fails its instance when it is cancelled after the first of them has fired", async () => {
    const id = await startWaiting("month");
    hub.advance(3 * dayMs);
    await untilFired(id, 1);
    await hub.raise(id, "answer", "late");
    const { runtimeStatus, output } = await hub.end(id);
    assert.equal(runtimeStatus, "Failed");
    assert.match(String(output), /Non-Deterministic workflow detected.*timer task.*number 1/);
  });
});

describe("a timer's delay", () => {
  it("is whole seconds, cut off", () => {
    const dueAfter = (delayMs: number): number => dueMs(5_000 + delayMs, 4_990, 5_000) - 5_000;
    const delays = [-7_000, 0, 400, 999, 1_000, 1_990, 2_000.5, 6 * dayMs + 1];
    const due = [0, 0, 0, 0, 1_000, 1_000, 2_000, 6 * dayMs];
    assert.deepEqual(delays.map(dueAfter), due);
  });

  it("makes it fire early, though history has the instant that was asked for", async () => {
    const stateDirectory = await mkdtemp(join(tmpdir(), "durable-"));
    const first = await startHub({ stateDirectory });
    const clock = await first.start("clock");
    await first.until(clock, ({ runtimeStatus }) => runtimeStatus === "Running");
    await first.app.stop();

    const file = new DatabaseSync(join(stateDirectory, "durable", "TestHub.sqlite"));
    const { dueMs: due, startMs } = file
      .prepare(
        `SELECT due_ms AS dueMs, updated_ms AS startMs FROM timers
         JOIN instances ON number = instance WHERE id = ?`,
      )
      .get(clock) as { readonly dueMs: number; readonly startMs: number };
    file.close();
    const askedMs = startMs + 3 * dayMs;
    assert.ok(due < askedMs && due > askedMs - 1_001, `${askedMs - due} ms early`);

    const second = await startHub({ stateDirectory });
    second.advance(3 * dayMs);
    await second.end(clock);
    const fired = (await second.history(clock)).find(isTimerFired);
    assert.equal(fired?.["FireAt"], new Date(askedMs).toISOString());
    await second.app.stop();
    await rm(stateDirectory, { recursive: true });
  });
});

describe("limits of timers in host.json", () => {
  it("make several timers of one that is farther away", async () => {
    const hub = await startHub({ directory: durableFixture("limited-app") });
    const id = await hub.start("two-minutes");
    await hub.until(id, ({ customStatus }) => customStatus === "waiting");
    for (let piece = 1; piece <= 6; piece += 1) {
      hub.advance(20_000);
      while ((await hub.history(id)).filter(isTimerFired).length < piece);
    }
    assert.equal((await hub.end(id)).output, "two minutes have passed");
    await hub.app.stop();
  });
});

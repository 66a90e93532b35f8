import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, before, describe, it } from "node:test";
import { startHub, type Hub, type Status } from "./support/hub.ts";

describe("an orchestrator's answer that the extension cannot read", () => {
  let hub: Hub;
  before(async () => {
    hub = await startHub();
  });
  after(async () => {
    await hub.app.stop();
  });

  const run = async (name: string, input: unknown): Promise<Status> =>
    hub.end(await hub.start(name, { input }));
  const failsWith = async (name: string, input: unknown, reason: string): Promise<void> => {
    const { runtimeStatus, output } = await run(name, input);
    const expected = `Orchestrator function '${name}' failed: ${reason}`;
    assert.deepEqual([runtimeStatus, output], ["Failed", expected]);
  };

  // As the extension 3.19 says them.
  const overflow = "Value was either too large or too small for an Int32.";
  const zero =
    "Invalid interval.  Specify a TimeSpan value greater then TimeSpan.Zero. " +
    "(Parameter 'firstRetryInterval')";
  const nothing = "Null object cannot be converted to a value type.";
  const numbers = [
    ["a first interval above an Int32", { first: 9e15, attempts: 2 }, overflow],
    ["a first interval that is rounded to zero", { first: 0.5, attempts: 3 }, zero],
    ["more attempts than an Int32 counts", { first: 1, attempts: 1e10 }, overflow],
    ["no end of attempts", { first: 1, attempts: "Infinity" }, nothing],
    [
      "a longest interval above an Int32",
      { first: 1, attempts: 3, others: { maxRetryIntervalInMilliseconds: 2 ** 31 } },
      overflow,
    ],
    [
      "a time-out above an Int32",
      { first: 1, attempts: 3, others: { retryTimeoutInMilliseconds: 2 ** 31 } },
      overflow,
    ],
  ] as const;
  for (const [what, input, reason] of numbers) {
    it(`fails its instance: retries with ${what}`, () => failsWith("retried-by", input, reason));
  }

  it("fails its instance: a timer without a date", async () => {
    const path = "actions[0][0].fireAt";
    const reason = `Error converting value {null} to type 'System.DateTime'. Path '${path}'.`;
    await failsWith("timer-at", "no date", reason);
  });

  it("fails its instance: a custom status of more than 16 KB", async () => {
    const reason =
      "The UTF-16 size of the JSON-serialized payload must not exceed 16 KB. " +
      "The current payload size is 17 KB.";
    await failsWith("status-of-size", 9_000, reason);
    assert.equal((await run("status-of-size", 8_000)).output, "done");
  });

  it("fails its instance: something thrown that is no error", async () => {
    const { runtimeStatus, output } = await run("throws-text", "at once");
    assert.equal(runtimeStatus, "Failed");
    assert.match(String(output), /One or more errors occurred\. \(Result: Failure\nException: /);
  });

  it("fails its instance as one that has begun nothing, if something was begun before", async () => {
    const { runtimeStatus, output } = await run("throws-text", "later");
    assert.equal(runtimeStatus, "Failed");
    assert.match(String(output), /Non-Deterministic workflow detected.*hasn't \(yet\?\) scheduled/);
  });
});

it("a turn that can never be saved fails its instance instead of being repeated", async () => {
  const stateDirectory = await mkdtemp(join(tmpdir(), "durable-"));
  await (await startHub({ stateDirectory })).app.stop();
  const file = new DatabaseSync(join(stateDirectory, "durable", "TestHub.sqlite"));
  file.exec(`CREATE TRIGGER no_timers BEFORE INSERT ON timers
    BEGIN SELECT RAISE(ABORT, 'no timer fits'); END`);
  file.close();
  const hub = await startHub({ stateDirectory });
  const { runtimeStatus, output } = await hub.end(await hub.start("approval"));
  assert.equal(runtimeStatus, "Failed");
  assert.equal(output, "Orchestrator function 'approval' failed: no timer fits");
  await hub.app.stop();
  await rm(stateDirectory, { recursive: true });
});

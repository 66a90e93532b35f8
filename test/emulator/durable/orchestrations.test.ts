import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { startHub, type Hub, type Status } from "./support/hub.ts";

const hourMs = 3_600_000;

const toMs = (time: unknown): number => Date.parse(String(time));

describe("an orchestration", () => {
  let hub: Hub;
  before(async () => {
    hub = await startHub();
  });
  after(async () => {
    await hub.app.stop();
  });

  const run = async (name: string, input?: unknown): Promise<unknown> => {
    const { runtimeStatus, output } = await hub.end(await hub.start(name, { input }));
    assert.equal(runtimeStatus, "Completed", JSON.stringify(output));
    return output;
  };
  const untilWaiting = (id: string): Promise<Status> =>
    hub.until(id, ({ customStatus }) => customStatus === "waiting");
  const attempts = (key: string): number =>
    hub.app.seen("attempt").filter((value) => (value as { key: string }).key === key).length;
  const hasLogged = (level: string, text: string): boolean =>
    hub.app.logs.some((entry) => entry.level === level && entry.message.includes(text));

  it("calls activities one after another, with every kind of value", async () => {
    const values = ["text", '{"a":1}', 1, 1.5, true, null, [1, ["x"]], { a: { b: "ü" } }];
    assert.deepEqual(await run("sequence", values), values);
  });

  it("gets null from an activity that returns nothing", async () => {
    assert.deepEqual(await run("returns-nothing"), { result: null });
  });

  it("fans out and in", async () => {
    assert.deepEqual(
      await run("fan", 40),
      Array.from({ length: 40 }, (_, index) => index),
    );
  });

  it("awaits when-all and when-any inside each other", async () => {
    assert.deepEqual(await run("nested"), ["a", "b", "c"]);
  });

  it("goes on with the event that wins the race against a timer", async () => {
    const id = await hub.start("approval", { input: { amount: 5 } });
    await untilWaiting(id);
    await hub.raise(id, "answer", { approved: true });
    const { output } = await hub.end(id);
    assert.deepEqual(output, { prepared: { amount: 5 }, answer: { approved: true } });
  });

  it("goes on with the timer when its day has passed by the host's clock", async () => {
    const id = await hub.start("approval", { input: 1 });
    await untilWaiting(id);
    hub.advance(23 * hourMs);
    assert.equal((await hub.status(id)).runtimeStatus, "Running");
    hub.advance(1 * hourMs);
    assert.deepEqual((await hub.end(id)).output, { prepared: 1, answer: "nobody answered" });
  });

  it("keeps an event that comes before it is awaited", async () => {
    const id = await hub.start("approval");
    await hub.raise(id, "answer", "early");
    assert.deepEqual((await hub.end(id)).output, { prepared: null, answer: "early" });
  });

  it("reads events of one name in the order of their arrival", async () => {
    const id = await hub.start("queued");
    await hub.raise(id, "x", 1);
    await hub.raise(id, "x", 2);
    await hub.raise(id, "go");
    assert.deepEqual((await hub.end(id)).output, [1, 2]);
  });

  it("gives an event to the waiter that registered last", async () => {
    const id = await hub.start("two-waiters");
    await untilWaiting(id);
    await hub.raise(id, "x", "hello");
    assert.deepEqual((await hub.end(id)).output, { winner: "second", result: "hello" });
  });

  it("sees the time of its turns go by the host's clock", async () => {
    const id = await hub.start("clock");
    await hub.until(id, ({ runtimeStatus }) => runtimeStatus === "Running");
    hub.advance(72 * hourMs);
    const hours = (await hub.end(id)).output as number;
    // Timers come up to a second early.
    assert.ok(hours > 72 - 1 / 3_600 && hours < 73, String(hours));
  });

  it("repeats a failing activity after growing delays, until it succeeds", async () => {
    const id = await hub.start("retried", { input: { key: "grows", failures: 4, attempts: 9 } });
    for (const [index, hours] of [1, 2, 4, 4].entries()) {
      await untilFailed(id, index + 1);
      hub.advance(hours * hourMs);
      await hub.app.until(() => attempts("grows") === index + 2);
    }
    assert.equal((await hub.end(id)).output, "done at attempt 5");
    const history = await hub.history(id);
    const times = (type: string, key: string): number[] =>
      history.filter(({ EventType }) => EventType === type).map((event) => toMs(event[key]));
    const failedAt = times("TaskFailed", "Timestamp");
    const delaysMs = times("TimerFired", "FireAt").map((ms, index) => ms - (failedAt[index] ?? 0));
    assert.deepEqual(
      delaysMs.map((ms) => ms / hourMs),
      [1, 2, 4, 4],
    );
  });

  /** Once the failure of an attempt is in the history, the timer of the next is set. */
  const untilFailed = async (id: string, failures: number): Promise<void> => {
    for (;;) {
      const failed = (await hub.history(id)).filter(({ EventType }) =>
        String(EventType).endsWith("Failed"),
      );
      if (failed.length >= failures) return;
    }
  };

  it("shows the last failure to the orchestrator at once when the attempts are used up", async () => {
    const id = await hub.start("retried", { input: { key: "ends", failures: 9, attempts: 2 } });
    await untilFailed(id, 1);
    hub.advance(hourMs);
    const caught = "Activity function 'unreliable' failed: attempt 2 fails";
    assert.deepEqual((await hub.end(id)).output, { caught });
    assert.equal(attempts("ends"), 2);
  });

  it("keeps results apart when a completion and a retryable failure come at one time", async () => {
    const id = await hub.start("retry-beside-completion", { input: { key: "beside" } });
    await hub.app.until(() => hub.app.seen("held").includes("beside"));
    await hub.app.until(() => hub.app.seen("held").includes("plain"));
    hub.app.order({ kind: "proceed", what: "both" });
    await untilFailed(id, 1);
    hub.advance(hourMs);
    assert.deepEqual((await hub.end(id)).output, ["plain", "third", "done at attempt 2"]);
  });

  it("can catch the failure of an activity", async () => {
    const caught = "Activity function 'unreliable' failed: attempt 1 fails";
    assert.deepEqual(await run("caught"), { caught });
  });

  it("fails with what it throws", async () => {
    const { runtimeStatus, output } = await hub.end(await hub.start("failing", { input: "y" }));
    assert.equal(runtimeStatus, "Failed");
    assert.equal(output, "Orchestrator function 'failing' failed: no luck with y");
  });

  it("starts children, reads their results and catches their failures", async () => {
    const id = await hub.start("parent");
    const caught = "Orchestrator function 'failing' failed: no luck with x";
    assert.deepEqual((await hub.end(id)).output, { results: [["a"], ["b"], ["c"]], caught });
    assert.deepEqual((await hub.status(`${id}-child`)).output, ["c"]);
  });

  it("repeats a failing child", async () => {
    const id = await hub.start("retries-child");
    await untilFailed(id, 1);
    hub.advance(hourMs);
    assert.equal((await hub.end(id)).output, "the second time");
  });

  it("fails when its child is terminated: the library cannot read why", async () => {
    const id = await hub.start("waits-for-child");
    for (;;) {
      const response = await hub.request("POST", `instances/${id}-child/terminate?reason=enough`);
      if (response.status === 202) break;
    }
    const { runtimeStatus, output } = await hub.end(id);
    assert.equal(runtimeStatus, "Failed");
    assert.match(
      String(output),
      /Non-Deterministic workflow detected.*sub-orchestration.*'approval'/,
    );
  });

  it("continues as new, reading one queued event in each execution", async () => {
    const id = await hub.start("counter", { input: { total: 0, left: 3 } });
    for (const value of [1, 20, 300]) await hub.raise(id, "add", value);
    assert.equal((await hub.end(id)).output, 321);
  });

  it("loses an unread event by continuing as new, and the host warns of it", async () => {
    const id = await hub.start("forgetful", { input: "first" });
    await hub.raise(id, "early");
    await hub.until(id, ({ runtimeStatus }) => runtimeStatus === "Running");
    await hub.raise(id, "go");
    await hub.until(id, ({ customStatus }) => customStatus === "second");
    hub.advance(hourMs);
    assert.equal((await hub.end(id)).output, "early was lost");
    await hub.app.until(() => hasLogged("warning", "1 unread external event(s) are lost"));
  });

  it("continues as new with a text in additional quotes, and the host warns of it", async () => {
    assert.equal(await run("continues-with-text"), '"text"');
    await hub.app.until(() => hasLogged("warning", "additional quotes"));
  });

  it("stays Running after its function returned, until a forgotten timer has fired", async () => {
    const id = await hub.start("forgotten-timer");
    await hub.until(id, ({ customStatus }) => customStatus === "returning");
    assert.equal((await hub.status(id)).runtimeStatus, "Running");
    hub.advance(hourMs);
    assert.equal((await hub.end(id)).output, "done");
  });

  it("is reported when it awaits one timer in two races", async () => {
    const id = await hub.start("same-timer-twice");
    await hub.raise(id, "x");
    await hub.app.until(() => hasLogged("error", "awaits a task again"));
    await hub.request("POST", `instances/${id}/terminate?reason=hangs`);
    await hub.end(id);
  });

  it("fails when a replay asks for something else than before", async () => {
    const { runtimeStatus, output } = await hub.end(await hub.start("undecided"));
    assert.equal(runtimeStatus, "Failed");
    assert.match(
      String(output),
      /Non-Deterministic workflow detected: A previous .*'echo'.*'nothing'/,
    );
  });

  it("fails when it calls a function that does not exist", async () => {
    const { runtimeStatus, output } = await hub.end(await hub.start("calls-nobody"));
    assert.equal(runtimeStatus, "Failed");
    assert.match(String(output), /'nobody' doesn't exist, is disabled, or is not an activity/);
  });

  it("fails with a clear reason when it calls an entity", async () => {
    const { runtimeStatus, output } = await hub.end(await hub.start("calls-entity"));
    assert.equal(runtimeStatus, "Failed");
    assert.match(String(output), /does not support durable entities/);
  });
});

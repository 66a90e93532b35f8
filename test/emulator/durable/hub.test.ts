import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { startApp } from "../host/support/app-process.ts";
import { durableFixture, startHub, type Hub } from "./support/hub.ts";

const hourMs = 3_600_000;

describe("a task hub", () => {
  let stateDirectory: string;
  let hub: Hub;
  beforeEach(async () => {
    stateDirectory = await mkdtemp(join(tmpdir(), "durable-"));
  });
  afterEach(async () => {
    await hub.app.stop();
    await rm(stateDirectory, { recursive: true });
  });

  const start = async (fixture = "durable-app"): Promise<void> => {
    hub = await startHub({ directory: durableFixture(fixture), stateDirectory });
  };
  const restart = async (how: "kill" | "stop"): Promise<void> => {
    await hub.app[how]();
    await start();
  };
  const startWaiting = async (id: string): Promise<void> => {
    await hub.start("approval", { id });
    await hub.until(id, ({ customStatus }) => customStatus === "waiting");
  };

  for (const how of ["kill", "stop"] as const) {
    it(`keeps timers and waiting instances over a ${how}`, async () => {
      await start();
      await startWaiting("slow");
      await startWaiting("quick");
      await restart(how);
      await hub.raise("quick", "answer", 1);
      assert.deepEqual((await hub.end("quick")).output, { prepared: null, answer: 1 });
      hub.advance(24 * hourMs);
      const { output } = await hub.end("slow");
      assert.deepEqual(output, { prepared: null, answer: "nobody answered" });
    });
  }

  it("runs an activity again that had not answered when the host was killed", async () => {
    await start();
    const id = await hub.start("holds");
    await hub.app.until(() => hub.app.seen("held").length === 1);
    await restart("kill");
    await hub.app.until(() => hub.app.seen("held").length === 1);
    hub.app.order({ kind: "proceed", what: "held" });
    assert.equal((await hub.end(id)).output, id);
  });

  it("lets a running activity end when the host stops, and keeps its answer", async () => {
    await start();
    const id = await hub.start("holds");
    await hub.app.until(() => hub.app.seen("held").length === 1);
    const stopped = hub.app.stop();
    hub.app.order({ kind: "proceed", what: "held" });
    await stopped;
    await start();
    assert.equal((await hub.end(id)).output, id);
    assert.equal(hub.app.seen("held").length, 0, "not called again");
  });

  it("keeps an accepted event that nobody has read yet", async () => {
    await start();
    await startWaiting("told");
    await hub.request("POST", "instances/told/suspend?reason=x");
    await hub.until("told", ({ runtimeStatus }) => runtimeStatus === "Suspended");
    await hub.raise("told", "answer", "kept");
    await restart("kill");
    await hub.request("POST", "instances/told/resume?reason=x");
    assert.deepEqual((await hub.end("told")).output, { prepared: null, answer: "kept" });
  });

  it("tells a parent of its child's end after a kill", async () => {
    await start();
    await hub.start("waits-for-child", { id: "parent" });
    while ((await hub.request("GET", "instances/parent-child")).status === 404);
    await restart("kill");
    await hub.raise("parent-child", "answer", "x");
    assert.deepEqual((await hub.end("parent")).output, { prepared: 1, answer: "x" });
  });

  it("keeps results, history and the key in its URLs", async () => {
    await start();
    const started = await hub.request("POST", "orchestrators/sequence/old", ["x"]);
    const { statusQueryGetUri } = (await started.json()) as { readonly statusQueryGetUri: string };
    await hub.end("old");
    await restart("kill");
    const url = new URL(statusQueryGetUri);
    const again = await fetch(`${hub.app.url}${url.pathname}${url.search}`);
    assert.equal(again.status, 200);
    assert.deepEqual((await hub.status("old")).output, ["x"]);
    assert.equal((await hub.history("old")).length, 3);
  });

  it("has one host: a second one on the same file says so and does not start", async () => {
    await start();
    const directory = durableFixture("durable-app");
    await assert.rejects(
      startApp({ directory, stateDirectory }),
      /task hub file .*TestHub\.sqlite is in use by another host/,
    );
    assert.equal((await hub.request("GET", "instances")).status, 200);
  });

  it("fails an instance whose orchestrator is registered no more", async () => {
    await start();
    await startWaiting("orphan");
    await hub.app.stop();
    await start("limited-app");
    await hub.raise("orphan", "answer");
    const { runtimeStatus, output } = await hub.end("orphan");
    assert.equal(runtimeStatus, "Failed");
    assert.match(String(output), /'approval' doesn't exist/);
  });

  it("runs as many activities at one time as host.json allows", async () => {
    await start("limited-app");
    const id = await hub.start("five");
    for (const running of [2, 3, 4, 5]) {
      await hub.app.until(() => hub.app.seen("held").length === running);
      await hub.status(id);
      assert.equal(hub.app.seen("held").length, running);
      hub.app.order({ kind: "proceed", what: "one" });
    }
    hub.app.order({ kind: "proceed", what: "the last" });
    assert.equal((await hub.end(id)).output, "all five");
  });

  it("reports an entity as unsupported, and runs the rest of the app", async () => {
    await start("limited-app");
    const entity = hub.app.functions.find(({ name }) => name === "counter");
    assert.match(entity?.error ?? "", /trigger type "entityTrigger" is not supported/);
    assert.equal((await hub.request("GET", "instances")).status, 200);
  });

  it("refuses a name that Azure would refuse", async () => {
    await start();
    const directory = durableFixture("limited-app");
    await assert.rejects(
      startApp({ directory, settings: { HUB: "my-hub" } }),
      /task hub name "my-hub"/,
    );
  });
});

it("without a state directory a task hub lives in memory", async () => {
  const hub = await startHub();
  const id = await hub.start("sequence", { input: [1] });
  assert.deepEqual((await hub.end(id)).output, [1]);
  await hub.app.stop();
});

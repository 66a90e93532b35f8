import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { startHub, type Hub, type Status } from "./support/hub.ts";

describe("the durable client inside a function", () => {
  let hub: Hub;
  before(async () => {
    hub = await startHub();
  });
  after(async () => {
    await hub.app.stop();
  });

  const call = async (method: string, ...args: unknown[]): Promise<unknown> => {
    const { result, error } = await hub.client(method, ...args);
    assert.equal(error, undefined);
    return result;
  };
  const refusal = async (method: string, ...args: unknown[]): Promise<string> =>
    (await hub.client(method, ...args)).error ?? assert.fail(`${method} succeeded`);
  const untilWaiting = (id: string): Promise<Status> =>
    hub.until(id, ({ customStatus }) => customStatus === "waiting");

  it("starts, asks, raises an event and reads the result", async () => {
    const id = await call("startNew", "approval", { instanceId: "mine", input: { a: 1 } });
    assert.equal(id, "mine");
    await untilWaiting("mine");
    const waiting = (await call("getStatus", "mine")) as Status;
    assert.equal(waiting.runtimeStatus, "Running");
    await call("raiseEvent", "mine", "answer", { ok: true });
    await hub.end("mine");
    const { output, input } = (await call("getStatus", "mine", { showInput: true })) as Status;
    assert.deepEqual(output, { prepared: { a: 1 }, answer: { ok: true } });
    assert.deepEqual(input, { a: 1 });
  });

  it("starts under an id of the hub's own", async () => {
    const id = String(await call("startNew", "sequence", { input: [1] }));
    assert.match(id, /^[0-9a-f]{32}$/);
    assert.deepEqual((await hub.end(id)).output, [1]);
  });

  it("is told when an id is running, when a function or an instance is unknown", async () => {
    await call("startNew", "approval", { instanceId: "twice" });
    await untilWaiting("twice");
    const twice = await refusal("startNew", "approval", { instanceId: "twice" });
    assert.match(twice, /409.*already exists/);
    assert.match(await refusal("startNew", "nobody"), /400.*'nobody' doesn't exist/);
    assert.match(await refusal("getStatus", "unknown"), /404/);
    assert.match(await refusal("raiseEvent", "unknown", "x", 1), /No instance with ID 'unknown'/);
    assert.match(await refusal("rewind", "twice", "reason"), /not supported/);
  });

  it("suspends, resumes, terminates and purges", async () => {
    await call("startNew", "approval", { instanceId: "managed" });
    await untilWaiting("managed");
    await call("suspend", "managed", "reason");
    await hub.until("managed", ({ runtimeStatus }) => runtimeStatus === "Suspended");
    await call("resume", "managed", "reason");
    await hub.until("managed", ({ runtimeStatus }) => runtimeStatus === "Running");
    await call("terminate", "managed", "enough");
    assert.equal((await hub.end("managed")).output, "enough");
    await call("raiseEvent", "managed", "answer", "too late, and the library keeps it to itself");
    assert.deepEqual(await call("purgeInstanceHistory", "managed"), { instancesDeleted: 1 });
    assert.deepEqual(await call("purgeInstanceHistory", "managed"), { instancesDeleted: 0 });
  });

  it("lists instances page by page", async () => {
    for (let index = 0; index < 120; index += 1) {
      await hub.start("sequence", { id: `page-${index}`, input: [] });
    }
    const all = (await call("getStatusAll")) as Status[];
    const pages = all.filter(({ instanceId }) => instanceId.startsWith("page-"));
    assert.equal(pages.length, 120);
    assert.equal(new Set(pages.map(({ instanceId }) => instanceId)).size, 120);
    const failed = (await call("getStatusBy", { runtimeStatus: ["Failed"] })) as Status[];
    assert.deepEqual(failed, []);
  });

  it("answers a caller with URLs that work", async () => {
    const response = await fetch(`${hub.app.url}/api/begin/approval`, {
      method: "POST",
      body: JSON.stringify("input"),
    });
    assert.equal(response.status, 202);
    const urls = (await response.json()) as Readonly<Record<string, string>>;
    const raise = (urls["sendEventPostUri"] ?? "").replace("{eventName}", "answer");
    const raised = await fetch(raise, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: "42",
    });
    assert.equal(raised.status, 202);
    await hub.end(urls["id"] ?? "");
    const status = (await (await fetch(urls["statusQueryGetUri"] ?? "")).json()) as Status;
    assert.deepEqual(status.output, { prepared: "input", answer: 42 });
  });
});

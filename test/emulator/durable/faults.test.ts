import assert from "node:assert/strict";
import { it } from "node:test";
import { openControlDoor } from "../../../emulator/control/control-door.ts";
import { meter } from "../../../emulator/control/usage.ts";
import { createFaults } from "../../../emulator/cosmos/faults.ts";
import { createDurableFaults } from "../../../emulator/durable/faults.ts";
import { createClock } from "../../../emulator/shared/clock.ts";
import { startHub } from "./support/hub.ts";

it("a worker that dies in a turn fails the instance, whose turn is not taken again", async () => {
  const died = "One or more errors occurred. (node exited with code 137 (0x89))";
  const hub = await startHub({
    durableFaults: [
      { match: { orchestrator: "Sequence" }, effect: { kind: "worker_dies" }, times: 1 },
    ],
  });
  const first = await hub.end(await hub.start("sequence", { input: [1] }));
  assert.equal(first.runtimeStatus, "Failed");
  assert.equal(first.output, `Orchestrator function 'sequence' failed: ${died}`);
  const second = await hub.end(await hub.start("sequence", { input: [1] }));
  assert.deepEqual(second.output, [1]);
  await hub.app.stop();
});

it("the control endpoints set, list and remove such faults, and say what is wrong with one", async () => {
  const durableFaults = createDurableFaults();
  const unasked = meter(() => Promise.reject(new Error("Nobody asks Cosmos here.")));
  const clock = createClock();
  const controlled = { clock, faults: createFaults(), durableFaults, meter: unasked };
  const { url, close } = await openControlDoor(controlled, { port: 0 });
  const post = async (rule: unknown): Promise<Response> =>
    fetch(`${url}/durable/faults`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(rule),
    });

  const effect = { kind: "worker_dies" };
  const created = await post({ match: { instanceId: "a" }, effect, times: 1 });
  assert.deepEqual([created.status, await created.json()], [201, { id: "durable-1" }]);
  assert.equal(durableFaults.killsWorker({ orchestrator: "x", instanceId: "b" }), false);
  assert.equal(durableFaults.killsWorker({ orchestrator: "x", instanceId: "a" }), true);
  assert.equal(durableFaults.killsWorker({ orchestrator: "x", instanceId: "a" }), false);
  for (const [rule, sentence] of [
    [{ effect }, /needs match and effect/],
    [{ match: { instanceId: 7 }, effect }, /match\.instanceId is a text/],
    [
      { match: {}, effect: { kind: "delay" } },
      /effect of a fault of durable functions is worker_dies/,
    ],
    [{ match: {}, effect, times: 0 }, /times is a positive integer/],
    [{ id: 7, match: {}, effect }, /id is a text/],
  ] as const) {
    const refused = await post(rule);
    assert.equal(refused.status, 400);
    assert.match(((await refused.json()) as { readonly message: string }).message, sentence);
  }
  await fetch(`${url}/durable/faults/durable-1`, { method: "DELETE" });
  assert.deepEqual(durableFaults.list(), []);
  await close();
});

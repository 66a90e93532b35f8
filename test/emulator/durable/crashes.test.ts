import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { durableFixture, startHub, type Hub } from "./support/hub.ts";

const sagas = Array.from({ length: 60 }, (_, index) => `saga-${index}`);
const kills = 8;

/** Fixed moments for a fixed seed (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A client that starts each saga and answers it, until both were acknowledged. */
async function drive(hub: Hub, acknowledged: Set<string>): Promise<void> {
  const startAndAnswer = async (id: string): Promise<void> => {
    // Never start it twice: an instance that has ended would begin anew.
    const found = await hub.request("GET", `instances/${id}`);
    if (found.status === 404) await hub.start("saga", { id, input: { name: id } });
    const raised = await hub.request("POST", `instances/${id}/raiseEvent/answer`, "yes");
    // 410: an answer whose acknowledgement was lost has been read already.
    assert.ok(raised.status === 202 || raised.status === 410, `${id}: ${raised.status}`);
    acknowledged.add(id);
  };
  await Promise.all(sagas.filter((id) => !acknowledged.has(id)).map(startAndAnswer));
}

async function countUnfinished(hub: Hub): Promise<number> {
  const response = await hub.request("GET", "instances?runtimeStatus=Running,Pending&top=1000");
  return ((await response.json()) as readonly unknown[]).length;
}

it("every saga ends with the right result, whenever the host is killed", async (context) => {
  const seed = Number(process.env["SEED"] ?? Date.now() % 100_000);
  context.diagnostic(`SEED=${seed}`);
  const random = randomFrom(seed);
  const stateDirectory = await mkdtemp(join(tmpdir(), "crashes-"));
  const acknowledged = new Set<string>();
  const start = (): Promise<Hub> =>
    startHub({ directory: durableFixture("saga-app"), stateDirectory });

  for (let kill = 1; kill <= kills; kill += 1) {
    const hub = await start();
    context.diagnostic(`kill ${kill}: ${await countUnfinished(hub)} instances to go on with`);
    let isKilled = false;
    const driven = drive(hub, acknowledged).catch((error: unknown) => {
      if (!isKilled) throw error;
    });
    await delay(random() * 120);
    isKilled = true;
    await hub.app.kill();
    await driven;
  }

  const hub = await start();
  await drive(hub, acknowledged);
  for (const id of sagas) {
    const { runtimeStatus, output } = await hub.end(id);
    assert.equal(runtimeStatus, "Completed", `${id}: ${String(output)}`);
    const expected = [`${id} reserved`, `${id} left`, `${id} right`, "yes", `${id} settled`];
    assert.deepEqual(output, expected);
  }
  await hub.app.stop();

  const file = new DatabaseSync(join(stateDirectory, "durable", "TestHub.sqlite"));
  for (const table of ["inbox", "timers", "activities"]) {
    const { left } = file.prepare(`SELECT count(*) AS left FROM ${table}`).get() ?? {};
    assert.equal(left, 0, `${table} is empty when all is done`);
  }
  const { children } =
    file.prepare("SELECT count(*) AS children FROM instances WHERE name = 'leg'").get() ?? {};
  assert.equal(children, 2 * sagas.length, "no child was started twice");
  file.close();
  await rm(stateDirectory, { recursive: true });
});

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { it } from "node:test";
import { startHub, type Hub } from "./support/hub.ts";

const instances = 200;

/** Runs many instances at one time, each to its end; gives how many that were in a second. */
async function measure(hub: Hub, name: string, input: unknown): Promise<number> {
  const startedAt = performance.now();
  const ids = Array.from({ length: instances }, (_, index) => `${name}-${index}`);
  await Promise.all(
    ids.map(async (id) => {
      await hub.start(name, { id, input });
      if (name === "approval") await hub.raise(id, "answer", true);
    }),
  );
  for (const id of ids) assert.equal((await hub.end(id)).runtimeStatus, "Completed");
  return Math.round((instances / (performance.now() - startedAt)) * 1_000);
}

it("many instances at one time all end; the rates are reported, not judged", async (context) => {
  const stateDirectory = await mkdtemp(join(tmpdir(), "throughput-"));
  const hub = await startHub({ stateDirectory });
  const race = await measure(hub, "approval", 1);
  context.diagnostic(`an activity and a race of event and timer: ${race} instances/s, on disk`);
  const chain = await measure(hub, "sequence", [1, 2, 3]);
  context.diagnostic(`three activities in turn: ${chain} instances/s, on disk`);
  await hub.app.stop();
  await rm(stateDirectory, { recursive: true });
});

/** What watches an instance is told whether it lives, and whether it can work. */
import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { eventually } from "../support/eventually.ts";
import { startLocalSystem } from "../support/local-system.ts";

const { functionsUrl, control } = await startLocalSystem();
afterEach(() => control.clear());

/** Without a token: a prober has none. */
async function ask(what: "live" | "ready"): Promise<{ status: number; body: unknown }> {
  const response = await fetch(`${functionsUrl}/api/health/${what}`);
  assert.equal(response.headers.get("cache-control"), "no-store");
  return { status: response.status, body: await response.json() };
}

test("an instance that answers lives, and is ready while it can reach the store", async () => {
  assert.deepEqual(await ask("live"), { status: 200, body: { status: "up" } });
  const ready = { status: 200, body: { status: "up", checks: { store: "up" } } };
  assert.deepEqual(await ask("ready"), ready);
});

test("without the store it lives, but is not ready until the store is back", async () => {
  const effect = { kind: "status", status: 503 } as const;
  await control.fault({ match: { operation: "read", container: "accounts" }, effect });
  await eventually("it is not ready", async () => (await ask("ready")).status === 503);
  const down = { status: 503, body: { status: "down", checks: { store: "down" } } };
  assert.deepEqual(await ask("ready"), down);
  assert.equal((await ask("live")).status, 200);
  await control.clear();
  await eventually("it is ready again", async () => (await ask("ready")).status === 200);
});

test("a store that does not answer in time is not there", async () => {
  await control.fault({
    match: { operation: "read", container: "accounts" },
    effect: { kind: "delay", ms: 8_000 },
  });
  await eventually("it is not ready", async () => (await ask("ready")).status === 503);
});

/** Killed at any instruction and started again on the same data: nothing is lost, nothing is doubled. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { clientOf, operator } from "../support/client.ts";
import { controlOf } from "../support/control.ts";
import { temporaryDirectory } from "../support/local-system.ts";
import { recoveryOf } from "../support/recovery.ts";
import { anyPorts, portsOf, startService } from "../support/service-process.ts";
import { simulate } from "../support/simulate.ts";

/** How many requests store commands before each kill. */
const killedAfter = [30, 60, 120, 60, 120];

test("a storm passes the audit though everything is killed again and again under it", async () => {
  const data = { SALDO_DATA: temporaryDirectory() };
  let system = await startService("start", { ...data, ...anyPorts });
  const { urls } = system;
  const control = controlOf(urls.control);
  const client = clientOf(urls.functions);
  const options = ["--duration", "12s", "--patience", "60s", "--clients", "24", "--rate", "400"];
  const playing = simulate(urls.functions, "storm", "--seed", "crash", ...options);
  for (const requests of killedAfter) {
    await control.untilMoreCommands(requests);
    await system.kill();
    system = await startService("start", { ...data, ...portsOf(urls) });
  }
  const summary = await playing;
  assert.ok(summary.retries > 0, "the clients noticed");
  assert.ok(summary.transfers.completed > 100, "there was something to lose");
  assert.deepEqual(await recoveryOf(client).lanes(), []);
  const { body } = await client.get("/operator/totals", operator);
  assert.equal(body["conserved"], true);
  assert.equal(body["inFlight"], "0.00");
  await system.stop();
});

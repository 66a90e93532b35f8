/** Killed at any instruction and started again on the same data: nothing is lost, nothing is doubled. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { clientOf } from "../support/client.ts";
import { controlOf } from "../support/control.ts";
import { temporaryDirectory } from "../support/local-system.ts";
import { recoveryOf } from "../support/recovery.ts";
import { anyPorts, portsOf, startService } from "../support/service-process.ts";
import { simulateDuring } from "../support/simulate.ts";

/** How many requests store commands before each kill. */
const killedAfter = [30, 60, 120, 60, 120];

test("a storm passes the audit though everything is killed again and again under it", async () => {
  const data = { SALDO_DATA: temporaryDirectory() };
  let system = await startService("start", { ...data, ...anyPorts });
  const { urls } = system;
  const control = controlOf(urls.control);
  const client = clientOf(urls.functions);
  const storm = [
    "storm",
    "--seed",
    "crash",
    "--patience",
    "60s",
    "--clients",
    "24",
    "--rate",
    "400",
  ];
  const summary = await simulateDuring(urls.functions, storm, async () => {
    for (const requests of killedAfter) {
      await control.untilMoreCommands(requests);
      await system.kill();
      system = await startService("start", { ...data, ...portsOf(urls) });
    }
  });
  assert.ok(summary.retries > 0, "the clients noticed");
  assert.ok(summary.transfers.completed > 100, "there was something to lose");
  assert.deepEqual(await recoveryOf(client).lanes(), []);
  const { body } = await client.get("/operator/totals");
  assert.equal(body["conserved"], true);
  assert.equal(body["inFlight"], "0.00");
  await system.stop();
});

/** Killed at any instruction and started again on the same data: nothing is lost, nothing is doubled. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { clientOf, operator } from "../support/client.ts";
import { controlOf } from "../support/control.ts";
import { eventually } from "../support/eventually.ts";
import { temporaryDirectory } from "../support/local-system.ts";
import { recoveryOf } from "../support/recovery.ts";
import { portsOf, startService } from "../support/service-process.ts";
import { simulate } from "../support/simulate.ts";

const anyPort = { SALDO_FUNCTIONS_PORT: "0", SALDO_COSMOS_PORT: "0", SALDO_CONTROL_PORT: "0" };

/** How far the system is allowed to come each time before it is killed: reads and writes of commits. */
const killedAfter = [40, 200, 400, 300, 500];

test("a storm passes the audit though everything is killed again and again under it", async () => {
  const data = { SALDO_DATA: temporaryDirectory() };
  let system = await startService("start", { ...data, ...anyPort });
  const { urls } = system;
  const control = controlOf(urls.control);
  const client = clientOf(urls.functions);
  const storm = ["storm", "--seed", "crash", "--duration", "12s", "--patience", "60s"];
  const gentle = ["--accounts", "40", "--clients", "24", "--rate", "250"];
  const playing = simulate(urls.functions, ...storm, ...gentle);
  const kills = (async () => {
    for (const requests of killedAfter) {
      await eventually(`${requests} requests of commits`, async () => {
        return (await control.requests("events")) >= requests;
      });
      console.log("kill", Math.round(performance.now()), await control.requests("events"));
      await system.kill();
      system = await startService("start", { ...data, ...portsOf(urls) });
    }
  })();
  const [summary] = await Promise.all([playing, kills]);
  console.log(summary);
  assert.ok(summary.retries > 0, "the clients noticed");
  assert.ok(summary.transfers.completed > 100, "there was something to lose");
  assert.deepEqual(await recoveryOf(client).lanes(), []);
  const { body } = await client.get("/operator/totals", operator);
  assert.equal(body["conserved"], true);
  assert.equal(body["inFlight"], "0.00");
});

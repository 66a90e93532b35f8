/**
 * Everything at once: large and scheduled transfers among the small ones, people who decide about them, Event Grid
 * delivering twice, late and in another order, and everything killed again and again. `npm run storms` plays twenty.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { WeatherRule } from "../../emulator/event-grid/rules.ts";
import { clientOf } from "../support/client.ts";
import { type Control, controlOf } from "../support/control.ts";
import { durableInstancesAt } from "../support/durable-instances.ts";
import { temporaryDirectory } from "../support/local-system.ts";
import { recoveryOf } from "../support/recovery.ts";
import { keptPorts, portsOf, startService } from "../support/service-process.ts";
import { simulateDuring } from "../support/simulate.ts";

const storms = Number(process.env["STORMS"] ?? "1");
const seeds = Array.from({ length: storms }, (_, index) => `storm-${index + 1}`);

/** How many requests store commands before each kill. */
const killedAfter = [40, 80, 160, 80];

const storm = ["storm", "--patience", "90s", "--clients", "16", "--rate", "150"];

for (const seed of seeds)
  test(`${seed}: every transfer ends once, the money is conserved, no process is left`, async (t) => {
    const data = { SALDO_DATA: temporaryDirectory() };
    let system = await startService("start", { ...data, ...(await keptPorts()) });
    const { urls } = system;
    const control = controlOf(urls.control);
    await badWeather(control);
    const words = [...storm, "--seed", seed, "--admin", urls.admin];
    const { transfers, retries } = await simulateDuring(urls.functions, words, async () => {
      for (const requests of killedAfter) {
        await control.untilMoreCommands(requests);
        await system.kill();
        system = await startService("start", { ...data, ...portsOf(urls) });
        await badWeather(control);
      }
      await control.untilMoreCommands(80);
    });
    await durableInstancesAt(urls.functions).untilNoneRuns();
    const client = clientOf(urls.functions);
    assert.deepEqual(await recoveryOf(client).lanes(), []);
    const { body } = await client.get("/operator/totals");
    assert.equal(body["conserved"], true);
    assert.equal(body["inFlight"], "0.00");
    t.diagnostic(`${retries} retries, ${JSON.stringify(transfers)}`);
    await system.stop();
  });

/** For every subscription. Rules end with the process; what they have decided about an accepted event does not. */
async function badWeather({ eventRule }: Control): Promise<void> {
  const rules: readonly WeatherRule[] = [
    { effect: { kind: "duplicate" }, probability: 0.2 },
    { effect: { kind: "delay", ms: 400 }, probability: 0.2, seed: 2 },
    { effect: { kind: "reorder", windowMs: 1_500 }, probability: 0.3, seed: 3 },
    { effect: { kind: "drop_first_attempt" }, probability: 0.05, seed: 4 },
  ];
  for (const rule of rules) await eventRule(rule);
}

/** Cosmos and instances of the function app, each a process, over real HTTP: they share the work, and may die. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { clientOf } from "../support/client.ts";
import { controlOf } from "../support/control.ts";
import { eventually } from "../support/eventually.ts";
import { leasesIn } from "../support/leases.ts";
import { balanceLoad } from "../support/load-balancer.ts";
import { temporaryDirectory } from "../support/local-system.ts";
import { recoveryOf } from "../support/recovery.ts";
import {
  functionsOn,
  keptPorts,
  portsOf,
  type ServiceProcess,
  startService,
} from "../support/service-process.ts";
import { simulateDuring } from "../support/simulate.ts";
import { storedAt } from "../support/stored.ts";

/** Leases change hands within seconds, not within the minute that Azure takes. */
const quickLeases = {
  LEASE_ACQUIRE_INTERVAL_MS: "500",
  LEASE_RENEW_INTERVAL_MS: "500",
  LEASE_EXPIRATION_INTERVAL_MS: "3000",
};

const data = { SALDO_DATA: temporaryDirectory() };
let cosmos = await startService("local-services", { ...data, ...(await keptPorts()) });
const { urls } = cosmos;
const stored = storedAt(urls.cosmos);
after(stored.close);
const environment = { ...functionsOn(urls), ...quickLeases };
const instances: string[] = [];
const url = await balanceLoad(instances);

/** One more instance of the function app, which gets requests and its share of the feeds. */
async function startInstance(): Promise<ServiceProcess<"functions">> {
  const isFirst = instances.length === 0;
  const front = isFirst ? {} : { SALDO_PUBLIC_URL: url };
  const instance = await startService("local-functions", { ...environment, ...front });
  instances.push(instance.urls.functions);
  return instance;
}

const one = await startInstance();
const other = await startInstance();
const client = clientOf(url);
const control = controlOf(urls.control);

/** How many ranges of each feed each instance reads, most first. */
async function shares(): Promise<readonly (readonly number[])[]> {
  const owners = Map.groupBy(await leasesIn(stored), ({ Owner }) => Owner ?? "nobody");
  const feeds = Map.groupBy(owners, ([owner]) => owner.split("/").at(-1));
  return [...feeds.values()].map((held) =>
    held.map(([, leases]) => leases.length).sort((a, b) => b - a),
  );
}

const untilShared = (...each: readonly number[]): Promise<true> =>
  eventually(`each feed's ranges are shared ${each.join(" : ")}`, async () =>
    (await shares()).every((feed) => JSON.stringify(feed) === JSON.stringify(each)),
  );

const storm = ["storm", "--clients", "24", "--patience", "60s"];

test("two instances share the feeds and the requests, and the audit finds nothing", async () => {
  await untilShared(2, 2);
  const summary = await simulateDuring(url, [...storm, "--seed", "both"], async () => {
    await control.untilMoreCommands(400);
  });
  assert.ok(summary.transfers.completed > 100, "there was something to share");
});

test("instances are killed, join and are killed again, and those that are left go on", async () => {
  // Few accounts: each has to do with every one of the instances, and the first one sees it come back.
  const few = [...storm, "--accounts", "12", "--seed", "killed"];
  const summary = await simulateDuring(url, few, async () => {
    await control.untilMoreCommands(50);
    await other.kill();
    await untilShared(4);
    await control.untilMoreCommands(50);
    const third = await startInstance();
    await untilShared(2, 2);
    await control.untilMoreCommands(50);
    await third.kill();
    await untilShared(4);
  });
  assert.ok(summary.retries > 0, "the clients noticed");
});

test("Cosmos itself is killed in the middle and comes back with everything", async () => {
  const summary = await simulateDuring(url, [...storm, "--seed", "cosmos"], async () => {
    for (const requests of [100, 100]) {
      await control.untilMoreCommands(requests);
      await cosmos.kill();
      cosmos = await startService("local-services", { ...data, ...portsOf(urls) });
    }
  });
  assert.ok(summary.retries > 0, "the clients noticed");
});

test("after all this nothing is parked, and the totals add up", async () => {
  assert.deepEqual(await recoveryOf(client).lanes(), []);
  const { body } = await client.get("/operator/totals");
  assert.equal(body["conserved"], true);
  assert.equal(body["inFlight"], "0.00");
  await one.stop();
  await cosmos.stop();
});

/** The function app is killed between its read models and the topic, again and again: nothing is lost on the way. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import type { AccountView } from "../../src/modules/account/account-view.ts";
import { clientOf, type Json } from "../support/client.ts";
import { eventually } from "../support/eventually.ts";
import { temporaryDirectory } from "../support/local-system.ts";
import { recoveryOf } from "../support/recovery.ts";
import {
  anyPorts,
  functionsOn,
  keptPorts,
  portsOf,
  startService,
} from "../support/service-process.ts";
import { storedAt } from "../support/stored.ts";
import { subscribeToAll } from "../support/subscriber.ts";
import { openTopicDoor, type TopicDoor } from "../support/topic-door.ts";
import { assertConserved } from "../support/transfers.ts";

const data = { SALDO_DATA: temporaryDirectory() };
const services = await startService("local-services", { ...data, ...anyPorts });
const door = await openTopicDoor(services.urls["event-grid"]);
const grid = { "event-grid": door.url };
const environment = { ...functionsOn({ ...services.urls, ...grid }), ...(await keptPorts()) };
let app = await startService("local-functions", environment);
const ports = portsOf(app.urls);
const client = clientOf(app.urls.functions);
const stored = storedAt(services.urls.cosmos);
after(stored.close);
const subscriber = await subscribeToAll(services.urls["event-grid"]);

async function restart(): Promise<void> {
  await app.kill();
  app = await startService("local-functions", { ...environment, ...ports });
}

type Fate = ReturnType<Parameters<TopicDoor["decide"]>[0]>;

const idsOf = (events: readonly Json[]): readonly string[] => events.map(({ id }) => String(id));

/** Lets a load happen, and kills the app while the topic has its events and has not answered. */
async function killWhilePublishing(accountId: string, fate: Fate): Promise<readonly string[]> {
  const held = Promise.withResolvers<readonly string[]>();
  door.decide((events) => {
    const isOurs = events.some(({ source }) => source === `/saldo/account-${accountId}`);
    if (isOurs) held.resolve(idsOf(events));
    return isOurs ? fate : "through";
  });
  await client.post(`/accounts/${accountId}/loads`, { amount: "1.00" }, { wait: 0 });
  const ids = await held.promise;
  const { resource } = await stored
    .container("accounts")
    .item(accountId, accountId)
    .read<AccountView>();
  const shown = ids.map((id) => Number(id.split("/")[1]));
  assert.ok(
    shown.every((version) => version <= (resource?.version ?? 0)),
    "people see it already",
  );
  return ids;
}

test("what a killed app has shown and not published is published by the next", async () => {
  const accountId = await client.accountWith("1.00");
  await subscriber.untilComplete(stored);
  for (let round = 0; round < 3; round += 1) {
    const ids = await killWhilePublishing(accountId, "unanswered");
    assert.ok(ids.every((id) => !subscriber.ids().has(id)));
    const restarted = restart();
    door.decide(() => "through");
    await restarted;
    const delivered = await subscriber.untilComplete(stored);
    assert.ok(ids.every((id) => delivered.has(id)));
  }
});

test("what a killed app has published without knowing it is published again, under the same id", async () => {
  const accountId = await client.accountWith("1.00");
  await subscriber.untilComplete(stored);
  const ids = await killWhilePublishing(accountId, "answer held");
  const times = (id: string): number => idsOf(subscriber.events).filter((one) => one === id).length;
  await eventually("it has been delivered", () =>
    Promise.resolve(ids.every((id) => times(id) > 0)),
  );
  const before = new Map(ids.map((id) => [id, times(id)]));
  await app.kill();
  door.decide(() => "through");
  app = await startService("local-functions", { ...environment, ...ports });
  await eventually("it has been delivered again", () =>
    Promise.resolve(ids.every((id) => times(id) > (before.get(id) ?? 0))),
  );
  await subscriber.untilComplete(stored);
});

test("after all this nothing is parked, and the totals add up", async () => {
  assert.deepEqual(await recoveryOf(client).lanes(), []);
  await assertConserved(client);
});

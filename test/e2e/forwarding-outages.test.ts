/** The topic is away, or refuses: nothing waits for it, nothing is lost, and everything is published by itself later. */
import assert from "node:assert/strict";
import { after, afterEach, test } from "node:test";
import { clientOf, type Json } from "../support/client.ts";
import { controlOf } from "../support/control.ts";
import { eventually } from "../support/eventually.ts";
import { temporaryDirectory } from "../support/local-system.ts";
import { recoveryOf } from "../support/recovery.ts";
import { anyPorts, functionsOn, startService } from "../support/service-process.ts";
import { simulateDuring } from "../support/simulate.ts";
import { storedAt } from "../support/stored.ts";
import { subscribeToAll } from "../support/subscriber.ts";
import { openTopicDoor } from "../support/topic-door.ts";
import { assertConserved, refusalOf, transfersOf } from "../support/transfers.ts";

const data = { SALDO_DATA: temporaryDirectory() };
const services = await startService("local-services", { ...data, ...anyPorts });
const door = await openTopicDoor(services.urls["event-grid"]);
const app = await startService("local-functions", {
  ...functionsOn({ ...services.urls, "event-grid": door.url }),
  WATCH_SCHEDULE: "* * * * * *",
});
const stored = storedAt(services.urls.cosmos);
after(stored.close);
const subscriber = await subscribeToAll(services.urls["event-grid"]);
const client = clientOf(app.urls.functions);
const control = controlOf(services.urls.control);
const transfers = transfersOf(client);
const recovery = recoveryOf(client);

const topicLane = "publishing:topic";

afterEach(async () => {
  door.decide(() => "through");
  await control.clear();
});

const lanes = async (): Promise<readonly string[]> =>
  (await recovery.lanes()).map(({ lane }) => lane);

const untilParked = (lane: string): Promise<boolean> =>
  eventually(`${lane} is parked`, async () => (await lanes()).includes(lane));

const untilNothingIsParked = (): Promise<boolean> =>
  eventually("nothing is parked", async () => (await lanes()).length === 0);

/** One plain transfer, and what its two owners see at once. */
async function assertUndisturbed(from: string, to: string): Promise<void> {
  const before = Number((await client.balance(to))["available"]);
  const sent = await client.post(`/accounts/${from}/transfers`, { to, amount: "1.00" });
  assert.deepEqual([sent.status, sent.body["reached"]], [200, "settled"]);
  assert.equal(Number((await client.balance(to))["available"]), before + 1);
}

for (const fate of ["broken", 401, 503] as const)
  test(`a topic that answers ${fate} disturbs nobody, and is sent everything when it is back`, async () => {
    const [from, to] = [await client.accountWith("3000.00"), await client.accountWith("0")];
    door.decide(() => fate);
    await assertUndisturbed(from, to);
    await untilParked(topicLane);
    for (let count = 0; count < 5; count += 1) await assertUndisturbed(from, to);
    const large = await transfers.request(from, to, "2000.00");
    assert.equal(
      refusalOf(await client.post(`/accounts/${from}/closure`, {})),
      "account_not_empty",
    );
    assert.ok((await transfers.approvals()).some(({ transferId }) => transferId === large));
    door.decide(() => "through");
    await untilNothingIsParked();
    await subscriber.untilComplete(stored);
    const approved = await transfers.approve(large);
    assert.equal(approved.body["reached"], "settled", "its process has heard of it");
  });

test("a topic that never answers holds the feed up once, and what it shows at no time", async (t) => {
  const [from, to] = [await client.accountWith("100.00"), await client.accountWith("0")];
  await subscriber.untilComplete(stored);
  door.decide(() => "unanswered");
  const startedMs = performance.now();
  const body = { to, amount: "1.00" };
  const first = await client.post(`/accounts/${from}/transfers`, body, { until: "visible" });
  assert.equal(first.body["reached"], "visible");
  await untilParked(topicLane);
  t.diagnostic(`noted after ${Math.round(performance.now() - startedMs)} ms`);
  const later = await client.follow(first);
  assert.equal(later.body["reached"], "settled");
  for (let count = 0; count < 5; count += 1) await assertUndisturbed(from, to);
  door.decide(() => "through");
  await untilNothingIsParked();
  await subscriber.untilComplete(stored);
});

test("what it takes though the answer is lost is sent again, under the same ids", async () => {
  const [from, to] = [await client.accountWith("100.00"), await client.accountWith("0")];
  await subscriber.untilComplete(stored); // or the lost answer would be that to something earlier
  door.decide(() => "answer lost");
  await assertUndisturbed(from, to);
  await untilParked(topicLane);
  door.decide(() => "through");
  await untilNothingIsParked();
  await eventually("it has come again", () => {
    const sent = subscriber.events.filter(isAbout(from)).map(({ id }) => id);
    return Promise.resolve(sent.length > new Set(sent).size);
  });
  await subscriber.untilComplete(stored);
});

test("while it is away, it is hardly asked", async () => {
  const [from, to] = [await client.accountWith("100.00"), await client.accountWith("0")];
  door.decide(() => 503);
  await assertUndisturbed(from, to);
  await untilParked(topicLane);
  const asked = door.requests();
  for (let count = 0; count < 20; count += 1) await assertUndisturbed(from, to);
  assert.ok(door.requests() - asked < 20, `${door.requests() - asked} requests`);
});

test("an event that it refuses holds up nobody but its own stream", async () => {
  const guilty = await client.accountWith("10.00");
  const [from, to] = [await client.accountWith("10.00"), await client.accountWith("0")];
  await subscriber.untilComplete(stored);
  door.decide((events) => (events.some(isAbout(guilty)) ? 400 : "through"));
  await assertUndisturbed(guilty, to);
  await untilParked(`publishing:account-${guilty}`);
  await assertUndisturbed(from, to);
  await assertDelivered(from);
  assert.deepEqual(await lanes(), [`publishing:account-${guilty}`]);
  door.decide(() => "through");
  await untilNothingIsParked();
  await subscriber.untilComplete(stored);
});

test("an event that it refuses when it is back holds up nobody but its own stream", async () => {
  const guilty = await client.accountWith("10.00");
  const [from, to] = [await client.accountWith("10.00"), await client.accountWith("0")];
  door.decide(() => "broken");
  await Promise.all([transferOne(guilty, to), transferOne(from, to)]);
  await untilParked(topicLane);
  await Promise.all([1, 2, 3].flatMap(() => [transferOne(guilty, to), transferOne(from, to)]));
  door.decide((events) => (events.some(isAbout(guilty)) ? 413 : "through"));
  await untilParked(`publishing:account-${guilty}`);
  await eventually("the topic's lane is open", async () => !(await lanes()).includes(topicLane));
  await assertDelivered(from);
  door.decide(() => "through");
  await untilNothingIsParked();
  await subscriber.untilComplete(stored);
});

test("a topic that is back in the middle of traffic is caught up with while the traffic goes on", async (t) => {
  const words = ["storm", "--seed", "outage", "--clients", "16", "--rate", "200"];
  const summary = await simulateDuring(app.urls.functions, words, async () => {
    await control.untilMoreCommands(20);
    door.decide(() => 503);
    await untilParked(topicLane);
    await control.untilMoreCommands(100);
    const notes = (await recovery.letters(topicLane)).length;
    door.decide(() => "through");
    const startedMs = performance.now();
    await untilNothingIsParked();
    const tookMs = Math.round(performance.now() - startedMs);
    t.diagnostic(`${notes} notes caught up with in ${tookMs} ms`);
  });
  await subscriber.untilComplete(stored);
  assert.ok(summary.transfers.completed > 0);
});

test("more than one request can take is sent in several", async () => {
  const busy = await client.accountWith("10.00");
  const unfeed = (container: string): Promise<string> =>
    control.fault({
      match: { operation: "feed", container },
      effect: { kind: "status", status: 503, retryAfterMs: 100 },
    });
  const [commands, events] = [await unfeed("commands"), await unfeed("events")];
  const load = (): Promise<unknown> =>
    client.post(`/accounts/${busy}/loads`, { amount: "1.00" }, { wait: 0 });
  for (let round = 0; round < 20; round += 1) await Promise.all(Array.from({ length: 100 }, load));
  await control.clear(commands);
  await eventually("all is handled", async () => {
    const { resources } = await stored
      .container("events")
      .items.query<number>(
        `SELECT VALUE SUM(ARRAY_LENGTH(c.events)) FROM c WHERE c.stream = "account-${busy}"`,
      )
      .fetchAll();
    return (resources[0] ?? 0) >= 2_002;
  });
  await control.clear(events);
  await subscriber.untilComplete(stored);
  assert.deepEqual(await lanes(), []);
});

test("after all this nothing is parked, and the totals add up", async () => {
  await untilNothingIsParked();
  await transfers.untilAllEnded();
  await assertConserved(client);
});

async function transferOne(from: string, to: string): Promise<void> {
  await client.post(`/accounts/${from}/transfers`, { to, amount: "0.01" });
}

function isAbout(account: string): (event: Json) => boolean {
  return ({ source }) => source === `/saldo/account-${account}`;
}

/** Everything of one stream has been delivered. */
async function assertDelivered(account: string): Promise<void> {
  await subscriber.untilDelivered(stored, `account-${account}`);
}

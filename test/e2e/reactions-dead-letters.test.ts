/** Who keeps failing to react, for a day: what was meant for them lies in blob storage, and nobody else is disturbed. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, test } from "node:test";
import { startLocalAzure } from "../../scripts/local-azure.ts";
import { clientOf, type Json } from "../support/client.ts";
import { controlOf } from "../support/control.ts";
import { deadLettersOf } from "../support/dead-letter-blobs.ts";
import { eventually } from "../support/eventually.ts";
import { anyPorts, temporaryDirectory } from "../support/local-system.ts";
import { recoveryOf } from "../support/recovery.ts";
import { storedAt } from "../support/stored.ts";
import { manage, subscribeToAll } from "../support/subscriber.ts";
import { topicAt } from "../support/topic.ts";

const azure = await startLocalAzure({
  directory: temporaryDirectory(),
  ...anyPorts,
  blobPort: 0,
});
const stored = storedAt(azure.cosmosUrl);
const client = clientOf(azure.functionsUrl);
const control = controlOf(azure.controlUrl);
const topic = topicAt(azure.eventGridUrl);
const subscriber = await subscribeToAll(azure.eventGridUrl);
const blobs = await deadLettersOf(topic);
after(async () => {
  stored.close();
  await azure.stop();
});

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

type CountName = "failedAttempts" | "waitingDeadLetters" | "deadLettered";

const untilCount = (subscription: string, name: CountName, least: number): Promise<boolean> =>
  eventually(`${subscription} has ${least} ${name}`, async () => {
    const counts = (await topic.counts()).get(subscription);
    return (counts?.[name] ?? 0) >= least;
  });

/** Every event it was sent has failed so often; then its day passes, and the five minutes after it. */
async function untilDeadLettered(subscription: string, count: number): Promise<void> {
  await untilCount(subscription, "failedAttempts", count);
  await control.advanceClock(minuteMs);
  await untilCount(subscription, "failedAttempts", 2 * count);
  await control.advanceClock(dayMs + minuteMs);
  await untilCount(subscription, "waitingDeadLetters", count);
  await control.advanceClock(6 * minuteMs);
  await untilCount(subscription, "deadLettered", count);
}

const aboutDelivery = [
  "deadletterreason",
  "deliveryattempts",
  "lastdeliveryoutcome",
  "publishtime",
  "lastdeliveryattempttime",
];

/** A dead letter's own attributes, apart from the event that it holds. */
function split(letter: Json): { readonly event: Json; readonly about: Json } {
  const isAbout = ([name]: [string, unknown]): boolean => aboutDelivery.includes(name);
  const entries = Object.entries(letter);
  return {
    event: Object.fromEntries(entries.filter((entry) => !isAbout(entry))),
    about: Object.fromEntries(entries.filter(isAbout)),
  };
}

/** A webhook that agrees to be called and then answers every call with 503. */
async function subscribeBusy(name: string): Promise<void> {
  const server = createServer((request, response) => {
    request.resume();
    const origin = request.headers["webhook-request-origin"];
    if (request.method === "OPTIONS") response.setHeader("webhook-allowed-origin", origin ?? "");
    response.writeHead(request.method === "OPTIONS" ? 200 : 503).end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  after(() => {
    server.close();
    server.closeAllConnections();
  });
  const endpointUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  await manage(azure.eventGridUrl, "PUT", name, {
    destination: { endpointType: "WebHook", properties: { endpointUrl } },
    deadLetterDestination: blobs.destination,
  });
}

test("what a subscriber has refused for a day lies in blob storage as it was published", async () => {
  await subscribeBusy("ledger");
  const [accountId, to] = [await client.accountWith("10.00"), await client.accountWith("0")];
  const sent = await client.post(`/accounts/${accountId}/transfers`, { to, amount: "1.00" });
  assert.equal(sent.body["reached"], "settled");
  await subscriber.untilComplete(stored);
  const count = (await topic.counts()).get("ledger")?.matched ?? 0;
  assert.ok(count >= 6);
  await untilDeadLettered("ledger", count);

  const found = await blobs.of("ledger");
  for (const { name } of found)
    assert.match(name, /^LEDGER\/\d{4}\/\d{1,2}\/\d{1,2}\/\d{1,2}\/[0-9a-f-]{36}\.json$/);
  const letters = found.flatMap((blob) => blob.letters).map(split);
  const published = await subscriber.untilComplete(stored);
  const ours = letters.filter(({ event }) => event["source"] === `/saldo/account-${accountId}`);
  assert.deepEqual(
    ours.map(({ event }) => event["id"]).sort(),
    [1, 2, 3, 4].map((version) => `account-${accountId}/${version}`),
  );
  for (const { event, about } of letters) {
    assert.deepEqual(event, published.get(String(event["id"])));
    const { publishtime, lastdeliveryattempttime, ...rest } = about;
    assert.deepEqual(rest, {
      deadletterreason: "TimeToLiveExceeded",
      deliveryattempts: 2,
      lastdeliveryoutcome: "Busy",
    });
    const tookMs = Date.parse(String(lastdeliveryattempttime)) - Date.parse(String(publishtime));
    assert.ok(tookMs >= minuteMs / 2, `the last attempt came ${tookMs} ms later`);
  }
  assert.deepEqual(await recoveryOf(client).lanes(), []);
  await manage(azure.eventGridUrl, "DELETE", "ledger");
});

test("what a reaction of ours could not do for a day is done once, when its letters are published again", async () => {
  const [from, to] = [await client.accountWith("10.00"), await client.accountWith("0")];
  const fault = await control.fault({
    match: { container: "notifications" },
    effect: { kind: "status", status: 503 },
  });
  const before = (await topic.counts()).get("notify-owners")?.matched ?? 0;
  await client.post(`/accounts/${from}/transfers`, { to, amount: "1.00" });
  await subscriber.untilComplete(stored);
  const matched = ((await topic.counts()).get("notify-owners")?.matched ?? 0) - before;
  assert.equal(matched, 1, "that credits were received");
  await untilDeadLettered("notify-owners", matched);
  await control.clear(fault);

  const [blob, ...others] = await blobs.of("notify-owners");
  assert.deepEqual(others, []);
  const events = (blob?.letters ?? []).map((letter) => split(letter).event);
  assert.deepEqual(
    events.map(({ type }) => type),
    ["saldo.transfer.received.v1"],
  );
  const messages = async (): Promise<readonly Json[]> => {
    const { body } = await client.get(`/accounts/${to}/notifications`);
    return body["items"] as Json[];
  };
  assert.deepEqual(await messages(), []);
  await topic.publish(events);
  await topic.publish(events);
  await eventually("it has reacted to both", async () => {
    const { matched: all = 0, delivered = 0 } = (await topic.counts()).get("notify-owners") ?? {};
    return all === before + 3 && delivered === before + 2;
  });
  assert.equal((await messages()).length, 1);
  assert.deepEqual(await recoveryOf(client).lanes(), []);
});

/**
 * Event Grid delivers to the processes of transfers what it likes, when it likes and as often as it likes, or not at all:
 * every transfer ends in exactly one way, and no process is left.
 */
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import type { WeatherRule } from "../../emulator/event-grid/index.ts";
import { clientOf } from "../support/client.ts";
import { controlOf } from "../support/control.ts";
import { durableInstancesAt } from "../support/durable-instances.ts";
import { eventually } from "../support/eventually.ts";
import { temporaryDirectory } from "../support/local-system.ts";
import { assertAllOver, leadAll, untilAllOver } from "../support/process-world.ts";
import { recoveryOf } from "../support/recovery.ts";
import { anyPorts, startService } from "../support/service-process.ts";
import { type Stored, storedAt, type StoredFields } from "../support/stored.ts";
import { subscribeToAll } from "../support/subscriber.ts";
import { topicAt } from "../support/topic.ts";
import { transfersOf } from "../support/transfers.ts";

const { urls } = await startService("start", {
  ...anyPorts,
  SALDO_DATA: temporaryDirectory(),
  APPROVAL_WITHIN_MS: "15000",
  WATCH_SCHEDULE: "* * * * * *",
  WATCH_GRACE_MS: "2000",
});
const client = clientOf(urls.functions);
const control = controlOf(urls.control);
const transfers = transfersOf(client);
const instances = durableInstancesAt(urls.functions);
const parts = { client, control, controlUrl: urls.control, transfers, instances };
const stored = storedAt(urls.cosmos);
after(stored.close);
const topic = topicAt(urls["event-grid"]);
const subscriber = await subscribeToAll(urls["event-grid"]);

const count = 24;

const toProcesses = { subscription: "lead-transfer" };
const duplicate = { kind: "duplicate", copies: 2 } as const;
const reorder = { kind: "reorder", windowMs: 10_000 } as const;
/** Longer than Event Grid tries: when its time has come, it is too late. */
const lose = { kind: "delay", ms: 30 * 24 * 3_600_000 } as const;
const loseFirst = { kind: "drop_first_attempt" } as const;

type Weather = readonly Pick<WeatherRule, "effect" | "probability">[];

const weathers: Readonly<Record<string, Weather>> = {
  "three times over": [{ effect: duplicate }],
  "up to ten seconds late, in any order": [{ effect: reorder }],
  "half of it only with the second attempt": [{ effect: loseFirst, probability: 0.5 }],
  "late, in any order, again and again, with broken connections": [
    { effect: reorder },
    { effect: duplicate, probability: 0.5 },
    { effect: loseFirst, probability: 0.3 },
  ],
  "half of it not at all": [{ effect: lose, probability: 0.5 }],
  "nothing at all": [{ effect: lose }],
};

describe("when the processes are delivered", () => {
  for (const [how, weather] of Object.entries(weathers))
    test(`${how}, every transfer ends once and no process is left`, async (t) => {
      for (const rule of weather) await control.eventRule({ ...rule, match: toProcesses, seed: 7 });
      const led = await leadAll(parts, count);
      await untilAllOver(parts);
      await assertAllOver(parts, led);
      const struck = await control.eventRules();
      assert.ok(
        struck.every(({ hits }) => hits > 0),
        "there was weather",
      );
      await control.clearEventRules();
      const ends = Map.groupBy(led, ({ end }) => end);
      const told = [...ends].map(([end, { length }]) => `${end} ${length}`);
      t.diagnostic(
        `${told.join(", ")}; the weather struck ${struck.map((one) => one.hits).join("+")}`,
      );
    });
});

/** Everything stored but the feeds' positions, to the etag: a document that was only written again would show. */
async function everything({ all }: Stored): Promise<unknown> {
  const names = [
    ...(["commands", "events", "accounts", "transfers"] as const),
    ...(["notifications", "dailyRevenue", "deadLetters"] as const),
  ];
  const tagsIn = async (name: (typeof names)[number]): Promise<readonly string[]> =>
    (await all<StoredFields>(name)).map(({ id, _etag }) => `${id} ${_etag}`).sort();
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await tagsIn(name)] as const)),
  );
}

test("everything delivered again after the end, to everybody, changes nothing", async (t) => {
  const events = [...(await subscriber.untilComplete(stored)).values()];
  await eventually("everybody has reacted", async () => {
    const settled = [...(await topic.counts())].filter(([name]) => name !== "lead-transfer");
    return settled.every(([, { matched, delivered }]) => delivered >= matched);
  });
  const before = await everything(stored);
  const countsBefore = await topic.counts();
  await topic.publish(events.toReversed());
  await eventually("everything has been delivered again", async () => {
    const now = [...(await topic.counts())];
    return now.every(([name, { matched, delivered }]) => {
      const earlier = countsBefore.get(name) ?? { matched: 0, delivered: 0 };
      const again = matched - earlier.matched;
      return again > 0 && delivered - earlier.delivered >= again;
    });
  });
  await untilAllOver(parts);
  await instances.untilNoneRuns();
  assert.deepEqual(await everything(stored), before);
  assert.deepEqual(await recoveryOf(client).lanes(), []);
  t.diagnostic(`${events.length} events`);
});

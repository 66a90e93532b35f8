/** What hosts the functions and their processes is killed while processes wait and act: all go on where they were. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { type Answer, type Client, clientOf, type Json } from "../support/client.ts";
import { controlOf } from "../support/control.ts";
import { durableInstancesAt } from "../support/durable-instances.ts";
import { eventually } from "../support/eventually.ts";
import { temporaryDirectory } from "../support/local-system.ts";
import { assertAllOver, type Led, untilAllOver } from "../support/process-world.ts";
import { recoveryOf } from "../support/recovery.ts";
import {
  anyPorts,
  functionsOn,
  keptPorts,
  portsOf,
  startService,
} from "../support/service-process.ts";
import { grace, refusalOf, transfersOf } from "../support/transfers.ts";

const watchful = { WATCH_SCHEDULE: "* * * * * *", WATCH_GRACE_MS: "2000" };

/** Asks again under the same key until somebody who lives answers that it is settled. */
async function persistently(client: Client, path: string, body: Json): Promise<Answer> {
  const key = randomUUID();
  return eventually(`${path} is settled`, async () => {
    try {
      const answer = await client.post(path, body, { key, wait: 5 });
      return answer.body["reached"] === "settled" && answer;
    } catch (error) {
      if (error instanceof TypeError || error instanceof SyntaxError) return false; // cut off
      throw error;
    }
  });
}

/** Does something with each item, four at a time. */
async function inTurns<Item, Result>(
  items: readonly Item[],
  act: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  const left = items.values();
  const work = async (): Promise<void> => {
    for (const item of left) results.push(await act(item));
  };
  await Promise.all([work(), work(), work(), work()]);
  return results;
}

const decisions = {
  settled: "approval",
  denied: "denial",
} as const;

test("killed with everything again and again, it brings every transfer to its one end", async (t) => {
  const environment = { SALDO_DATA: temporaryDirectory(), ...watchful };
  let system = await startService("start", { ...environment, ...(await keptPorts()) });
  const { urls } = system;
  const client = clientOf(urls.functions);
  const control = controlOf(urls.control);
  const instances = durableInstancesAt(urls.functions);
  const parts = {
    ...{ client, control, controlUrl: urls.control, instances },
    transfers: transfersOf(client),
  };
  const [from, to] = [await client.accountWith("100000.00"), await client.accountWith("0")];
  let kills = 0;
  const restart = async (): Promise<void> => {
    await system.kill();
    system = await startService("start", { ...environment, ...portsOf(urls) });
    kills += 1;
  };
  /** Kills it up to so many times while work is done: requests that come together are stored together, and soon over. */
  const killDuring = async <Result>(work: Promise<Result>, times: number): Promise<Result> => {
    let isOver = false;
    const ended = work.finally(() => {
      isOver = true;
    });
    for (let time = 0; time < times; time += 1) {
      if (!(await control.untilMoreCommands(2, () => isOver))) break;
      await restart();
    }
    return ended;
  };
  const decide = async (id: string, end: keyof typeof decisions): Promise<Led> => {
    const path = `/operator/transfers/${id}/${decisions[end]}`;
    const answer = await persistently(client, path, { approver: grace, reason: "because" });
    assert.equal(refusalOf(answer), undefined);
    return { id, end };
  };

  // While they are asked for and their processes start.
  const asking = inTurns(Array.from({ length: 24 }), async () => {
    const body = { to, amount: "1000.00" };
    const { body: asked } = await persistently(client, `/accounts/${from}/transfers`, body);
    return String(asked["resource"]).replace("/api/transfers/", "");
  });
  const ids = await killDuring(asking, 2);
  // While all of them wait.
  await parts.transfers.untilAllLed();
  await restart();
  assert.equal((await instances.list("Running")).length, ids.length);
  // While they are decided, credited and settled.
  const decided = ids.flatMap((id, index) => {
    const end = ([undefined, "settled", "settled", "denied"] as const)[index % 4];
    return end === undefined ? [] : [{ id, end }];
  });
  const deciding = inTurns(decided, ({ id, end }) => decide(id, end));
  const led = [...(await killDuring(deciding, 3))];
  // While the others expire.
  const forgotten = ids.filter((id) => !led.some((one) => one.id === id));
  await control.advanceClock(24 * 3_600_000);
  await restart();
  led.push(...forgotten.map((id) => ({ id, end: "expired" })));
  await untilAllOver(parts);
  await assertAllOver(parts, led);
  assert.deepEqual(await recoveryOf(client).lanes(), []);
  assert.equal((await client.balance(to))["available"], "12000.00");
  assert.ok(kills > 3, "it was killed while it was asked, and while it was told");
  t.diagnostic(`${ids.length} transfers, ${kills} kills`);
  await system.stop();
});

test("a task hub that is lost with all its processes costs time and nothing else", async (t) => {
  const services = await startService("local-services", {
    ...anyPorts,
    SALDO_DATA: temporaryDirectory(),
  });
  const environment = {
    ...functionsOn(services.urls), // whose host keeps its task hub in memory
    ...watchful,
    APPROVAL_WITHIN_MS: "10000",
  };
  const first = await startService("local-functions", environment);
  const asker = clientOf(first.urls.functions);
  const [from, to] = [await asker.accountWith("20000.00"), await asker.accountWith("0")];
  const transfers = transfersOf(asker);
  const asking = Array.from({ length: 10 }, () => transfers.request(from, to, "1000.00"));
  const ids = await Promise.all(asking);
  await transfers.untilAllLed();
  await first.kill();

  const { urls } = await startService("local-functions", environment);
  const client = clientOf(urls.functions);
  const control = controlOf(services.urls.control);
  const instances = durableInstancesAt(urls.functions);
  const parts = {
    ...{ client, control, controlUrl: services.urls.control, instances },
    transfers: transfersOf(client),
  };
  await untilAllOver(parts);
  await assertAllOver(
    parts,
    ids.map((id) => ({ id, end: "expired" })),
  );
  assert.equal((await instances.list("Completed")).length, ids.length);
  t.diagnostic(`${ids.length} processes lost and led to their ends by others`);
});

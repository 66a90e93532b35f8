/** What the task hub still keeps of processes that have ended, one way or another, as time passes. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { durableInstancesAt } from "../support/durable-instances.ts";
import { eventually } from "../support/eventually.ts";
import { startLocalSystem } from "../support/local-system.ts";
import { assertConserved, transfersOf } from "../support/transfers.ts";

const dayMs = 24 * 3_600_000;

const { client, control, controlUrl, functionsUrl } = await startLocalSystem({
  settings: { WATCH_SCHEDULE: "* * * * * *" },
});
const transfers = transfersOf(client);
const instances = durableInstancesAt(functionsUrl);

async function post(path: string, body?: unknown): Promise<void> {
  const response = await fetch(`${functionsUrl}/runtime/webhooks/durabletask/instances/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-functions-key": "master-key" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  assert.equal(response.status, 202, await response.text());
}

const statusOf = async (id: string): Promise<string | undefined> =>
  (await instances.history(id))?.runtimeStatus;

const untilStatus = (id: string, status: string): Promise<boolean> =>
  eventually(`the instance ${id} is ${status}`, async () => (await statusOf(id)) === status);

/** A signal that no version of the app sends: the process throws. */
async function breakInstance(id: string): Promise<void> {
  await post(`${id}/raiseEvent/news`, "no signal");
  await untilStatus(id, "Failed");
}

async function terminate(id: string): Promise<void> {
  await post(`${id}/terminate?reason=by+an+operator`);
  await untilStatus(id, "Terminated");
}

test("ended instances are forgotten a month later, unless their transfer still needs them", async () => {
  const [from, to] = [await client.accountWith("10000.00"), await client.accountWith("0")];
  const { now } = (await (await fetch(`${controlUrl}/clock`)).json()) as { now: string };
  const scheduledIn = (days: number): Promise<string> =>
    transfers.request(from, to, "1.00", {
      scheduledFor: new Date(Date.parse(now) + days * dayMs).toISOString(),
    });
  const waits = await scheduledIn(200);
  const completed = await scheduledIn(200);
  const failed = await scheduledIn(200);
  const failedLater = await scheduledIn(200);
  const terminated = await scheduledIn(200);
  const needed = await scheduledIn(60);
  const neededToo = await scheduledIn(60);
  await transfers.untilAllLed();

  await breakInstance(needed);
  await terminate(neededToo);
  await breakInstance(failed);
  await terminate(terminated);
  for (const id of [completed, failed, terminated]) await transfers.cancel(id);
  await untilStatus(completed, "Completed");

  await control.advanceClock(20 * dayMs);
  await breakInstance(failedLater);
  await transfers.cancel(failedLater);
  await control.advanceClock(11 * dayMs);
  await eventually("those that nobody needs are forgotten", async () => {
    const left = [completed, failed, terminated].map(statusOf);
    return (await Promise.all(left)).every((status) => status === undefined);
  });
  assert.equal(await statusOf(failedLater), "Failed", "what has failed is shown for a month");
  assert.equal(await statusOf(needed), "Failed", "its transfer has not ended");
  assert.equal(await statusOf(neededToo), "Terminated", "its transfer has not ended");
  assert.equal(await statusOf(waits), "Running");

  await control.advanceClock(30 * dayMs);
  await eventually("what failed later is forgotten", async () => {
    return (await statusOf(failedLater)) === undefined;
  });
  for (const id of [needed, neededToo]) {
    await transfers.until(id, "settled"); // the watchdog has started them anew
    await untilStatus(id, "Completed");
  }
  assert.equal(await statusOf(waits), "Running");
  await transfers.cancel(waits);
  await untilStatus(waits, "Completed");
  await assertConserved(client);
});

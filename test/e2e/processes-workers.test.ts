/**
 * A worker that dies during a turn of a process: Durable Functions does not take the turn again, the instance has failed.
 * It is started anew, by the watchdog or the next event, and the transfer ends once all the same.
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Json } from "../support/client.ts";
import { durableInstancesAt } from "../support/durable-instances.ts";
import { eventually } from "../support/eventually.ts";
import { startLocalSystem } from "../support/local-system.ts";
import { assertConserved, grace, happenings, transfersOf } from "../support/transfers.ts";

const graceMs = 60_000; // WATCH_GRACE_MS, unless it is set
const dayMs = 24 * 3_600_000;

const { client, control, controlUrl, functionsUrl } = await startLocalSystem({
  settings: { WATCH_SCHEDULE: "* * * * * *" },
});
const transfers = transfersOf(client);
const instances = durableInstancesAt(functionsUrl);
const [from, to] = [await client.accountWith("9000.00"), await client.accountWith("0")];

/** The worker dies in the next turn of an instance; without one, of whichever is first. */
async function dieInTheNextTurn(instanceId?: string): Promise<void> {
  const match = { orchestrator: "transfer-process-v2", ...(instanceId && { instanceId }) };
  const rule = { match, effect: { kind: "worker_dies" }, times: 1 };
  const body = JSON.stringify(rule);
  const headers = { "content-type": "application/json" };
  const init = { method: "POST", headers, body };
  const response = await fetch(`${controlUrl}/durable/faults`, init);
  assert.equal(response.status, 201, await response.text());
}

const untilStatus = (id: string, status: string): Promise<boolean> =>
  eventually(`the instance ${id} is ${status}`, async () => {
    return (await instances.history(id))?.runtimeStatus === status;
  });

/** It has looked, and waits. */
async function waiting(): Promise<string> {
  const id = await transfers.request(from, to, "1000.00");
  await eventually("the process waits", async () => {
    const { historyEvents = [] } = (await instances.history(id)) ?? {};
    return historyEvents.some(({ EventType }) => EventType === "TaskCompleted");
  });
  return id;
}

const approve = (id: string): Promise<unknown> =>
  client.post(`/operator/transfers/${id}/approval`, { approver: grace }, { until: "visible" });

async function assertReceivedOnce(id: string): Promise<void> {
  const shown = await transfers.until(id, "settled");
  assert.deepEqual(happenings(shown), ["approval_requested", "approved", "settled"]);
  const { body } = await client.get(`/accounts/${to}/statement`);
  const received = (body["items"] as Json[]).filter(({ transferId }) => transferId === id);
  assert.deepEqual(
    received.map(({ type, amount }) => [type, amount]),
    [["transfer_in", "1000.00"]],
  );
}

describe("a worker that dies", () => {
  test("while the process hears of an approval costs the watchdog's grace", async () => {
    const id = await waiting();
    await dieInTheNextTurn(id);
    await approve(id);
    await untilStatus(id, "Failed");
    assert.equal((await transfers.show(id)).status, "approved", "not credited yet");
    await control.advanceClock(graceMs);
    await assertReceivedOnce(id);
    await untilStatus(id, "Completed");
  });

  test("while the process takes its first turn costs nothing: the next event starts it anew", async () => {
    await dieInTheNextTurn();
    const id = await transfers.request(from, to, "1000.00");
    await untilStatus(id, "Failed");
    assert.match(String((await instances.history(id))?.output), /node exited with code 137/);
    await approve(id);
    await assertReceivedOnce(id);
    await untilStatus(id, "Completed");
  });

  test("while an approval expires lets it expire one grace later, once", async () => {
    const id = await waiting();
    await dieInTheNextTurn(id);
    await control.advanceClock(dayMs);
    await untilStatus(id, "Failed");
    assert.equal((await transfers.show(id)).status, "awaiting_approval");
    await control.advanceClock(graceMs);
    assert.deepEqual(happenings(await transfers.until(id, "expired")), [
      "approval_requested",
      "expired",
    ]);
    await untilStatus(id, "Completed");
  });
});

test("after all this no process is left, and the totals add up", async () => {
  await transfers.untilAllEnded();
  await instances.untilNoneRuns();
  await assertConserved(client);
});

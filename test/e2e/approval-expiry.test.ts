/** What nobody decides expires after a day. The day passes by the control door. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Json } from "../support/client.ts";
import { durableInstancesAt } from "../support/durable-instances.ts";
import { startLocalSystem } from "../support/local-system.ts";
import {
  assertConserved,
  grace,
  happenings,
  refusalOf,
  transfersOf,
} from "../support/transfers.ts";

const { client, control, functionsUrl } = await startLocalSystem();
const transfers = transfersOf(client);
const instances = durableInstancesAt(functionsUrl);

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

const [from, to] = [await client.accountWith("9000.00"), await client.accountWith("0")];
const ask = (): Promise<string> => transfers.request(from, to, "2000.00");
const forgotten = await ask();
const inTime = await ask();
const denied = await ask();
const withdrawn = await transfers.request(from, to, "1.00", {
  scheduledFor: new Date(Date.now() + dayMs).toISOString(),
});

describe("a transfer that waits for approval", () => {
  test("waits a day, and until then it can be decided", async () => {
    await transfers.untilAllLed();
    await control.advanceClock(dayMs - minuteMs);
    assert.equal(refusalOf(await transfers.approve(inTime)), undefined);
    assert.equal(refusalOf(await transfers.deny(denied)), undefined);
    assert.equal(refusalOf(await transfers.cancel(withdrawn)), undefined);
    await transfers.until(inTime, "settled");
    assert.equal((await transfers.show(forgotten)).status, "awaiting_approval");
    assert.equal((await client.balance(from))["inFlight"], "2000.00");
  });

  test("expires by itself, and the sender has the money again", async () => {
    await control.advanceClock(minuteMs);
    const shown = await transfers.until(forgotten, "expired");
    assert.deepEqual(happenings(shown), ["approval_requested", "expired"]);
    assert.equal(shown.history[1]?.["by"], "process:transfer");
    const balance = await client.balance(from);
    assert.deepEqual([balance["available"], balance["inFlight"]], ["7000.00", "0.00"]);
    const { body } = await client.get(`/accounts/${from}/statement`);
    const { movementId, at, ...refund } = (body["items"] as Json[]).at(-1) ?? {};
    assert.deepEqual(refund, {
      type: "refund",
      amount: "2000.00",
      balance: "7000.00",
      counterparty: to,
      transferId: forgotten,
    });
    assert.equal(at, shown.history[1].at);
    assert.equal(typeof movementId, "string");
  });

  test("is past deciding then", async () => {
    assert.equal(refusalOf(await transfers.approve(forgotten)), "transfer_not_pending");
    const verdict = { approver: grace, reason: "too late" };
    assert.equal(refusalOf(await transfers.deny(forgotten, verdict)), "transfer_not_pending");
    assert.equal(refusalOf(await transfers.cancel(forgotten)), "transfer_not_pending");
    await instances.untilNoneRuns();
    assert.deepEqual(await transfers.approvals(), []);
    await assertConserved(client);
  });

  test("tells the truth of itself for ever, also when the read model has forgotten it", async () => {
    const before = await Promise.all([forgotten, inTime, denied, withdrawn].map(transfers.show));
    await control.advanceClock(91 * dayMs);
    const now = await Promise.all([forgotten, inTime, denied, withdrawn].map(transfers.show));
    assert.deepEqual(now, before);
  });
});

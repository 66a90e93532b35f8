/** Transfers that wait for an instant. Time passes by the control door. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { describe, test } from "node:test";
import { type Answer, type Json, nobody } from "../support/client.ts";
import { durableInstancesAt } from "../support/durable-instances.ts";
import { eventually } from "../support/eventually.ts";
import { startLocalSystem } from "../support/local-system.ts";
import { assertConserved, happenings, refusalOf, transfersOf } from "../support/transfers.ts";

const { client, control, functionsUrl } = await startLocalSystem();
const transfers = transfersOf(client);
const instances = durableInstancesAt(functionsUrl);

const minuteMs = 60_000;
let aheadMs = 0;

/** An instant so far ahead of where the control door has moved the time. */
function inMinutes(minutes: number): string {
  return new Date(Date.now() + aheadMs + minutes * minuteMs).toISOString();
}

async function passMinutes(minutes: number): Promise<void> {
  aheadMs += minutes * minuteMs;
  await control.advanceClock(minutes * minuteMs);
}

async function pair(funds = "100.00"): Promise<readonly [from: string, to: string]> {
  return [await client.accountWith(funds), await client.accountWith("0")];
}

const available = async (id: string): Promise<unknown> => (await client.balance(id))["available"];

async function movements(accountId: string): Promise<unknown> {
  const { body } = await client.get(`/accounts/${accountId}/statement`);
  return (body["items"] as Json[]).map(({ type, amount }) => [type, amount]);
}

function post(from: string, to: string, scheduledFor: string, key = randomUUID()): Promise<Answer> {
  const body = { to, amount: "10.00", scheduledFor };
  return client.post(`/accounts/${from}/transfers`, body, { key });
}

describe("a scheduled transfer", () => {
  test("is settled at once as a request, and takes nothing from the sender yet", async () => {
    const [from, to] = await pair();
    const scheduledFor = inMinutes(60);
    const sent = await post(from, to, scheduledFor);
    assert.deepEqual([sent.status, sent.body["reached"]], [200, "settled"]);
    const transferId = String(sent.body["resource"]).replace("/api/transfers/", "");
    const shown = await transfers.show(transferId);
    assert.deepEqual([shown.status, shown["scheduledFor"]], ["scheduled", scheduledFor]);
    assert.deepEqual(happenings(shown), ["scheduled"]);
    const all = { available: "99.98", inFlight: "0.00", held: "0.00", confirmed: "99.98" };
    assert.deepEqual(await client.balance(from), all);
    assert.deepEqual(await movements(from), [["load", "100.00"]]);
    await transfers.cancel(transferId);
  });

  test("starts at its instant and never before", async () => {
    const [from, to] = await pair();
    const scheduledFor = inMinutes(60);
    const transferId = await transfers.request(from, to, "25.50", { scheduledFor });
    await transfers.untilAllLed();
    await passMinutes(59);
    await transfers.request(from, to, "1.00"); // as long as this takes, nothing starts
    assert.deepEqual(happenings(await transfers.show(transferId)), ["scheduled"]);
    assert.equal(await available(to), "1.00");
    await passMinutes(1);
    const shown = await transfers.until(transferId, "settled");
    assert.deepEqual(
      shown.history.map(({ what, by }) => [what, by]),
      [
        ["scheduled", `account:${from}`],
        ["started", "process:transfer"],
        ["settled", "process:transfer"],
      ],
    );
    assert.ok((shown.history[1]?.at ?? "") >= scheduledFor, "not even by its own account");
    assert.equal(await available(to), "26.50");
    assert.deepEqual(await movements(from), [
      ["load", "100.00"],
      ["transfer_out", "-1.00"],
      ["transfer_out", "-25.50"],
    ]);
  });

  test("can be withdrawn before, and then its instant means nothing", async () => {
    const [from, to] = await pair();
    const transferId = await transfers.request(from, to, "25.50", { scheduledFor: inMinutes(60) });
    assert.equal(refusalOf(await transfers.approve(transferId)), "transfer_not_pending");
    assert.equal(refusalOf(await transfers.cancel(transferId)), undefined);
    assert.equal(refusalOf(await transfers.cancel(transferId)), "transfer_not_pending");
    const withdrawn = await transfers.show(transferId);
    assert.equal(withdrawn.status, "withdrawn");
    await instances.untilNoneRuns();
    await passMinutes(61);
    await transfers.request(from, to, "1.00");
    assert.deepEqual(await transfers.show(transferId), withdrawn);
    assert.deepEqual([await available(from), await available(to)], ["98.98", "1.00"]);
  });

  test("fails when there is not enough at its instant, and takes nothing", async () => {
    const [from, to] = await pair();
    const more = { scheduledFor: inMinutes(10) };
    const tooMuch = await transfers.request(from, to, "99.99", more);
    const affordable = await transfers.request(from, to, "99.98", more);
    await passMinutes(11);
    const failed = await transfers.until(tooMuch, "failed");
    assert.equal(failed["reason"], "insufficient_funds");
    assert.deepEqual(happenings(failed), ["scheduled", "failed"]);
    await transfers.until(affordable, "settled");
    assert.deepEqual([await available(from), await available(to)], ["0.00", "99.98"]);
  });

  test("fails when its sender is frozen by then", async () => {
    const [from, to] = await pair();
    const transferId = await transfers.request(from, to, "1.00", { scheduledFor: inMinutes(10) });
    await client.post(`/operator/accounts/${from}/freeze`, { reason: "a check" });
    await passMinutes(11);
    assert.equal((await transfers.until(transferId, "failed"))["reason"], "account_frozen");
  });

  test("keeps its sender's account from being closed until it is withdrawn", async () => {
    const [from, to] = await pair("0");
    const transferId = await transfers.request(from, to, "1.00", { scheduledFor: inMinutes(10) });
    const close = (): Promise<Answer> => client.post(`/accounts/${from}/closure`, {});
    assert.equal(refusalOf(await close()), "account_not_empty");
    await transfers.cancel(transferId);
    assert.equal(refusalOf(await close()), undefined);
  });

  test("comes back when nobody is there to receive it", async () => {
    const from = await client.accountWith("100.00");
    const more = { scheduledFor: inMinutes(10) };
    const transferId = await transfers.request(from, nobody, "1.00", more);
    await passMinutes(11);
    const shown = await transfers.until(transferId, "refunded");
    assert.equal(shown["reason"], "receiver_not_found");
    assert.equal(await available(from), "99.98");
  });

  test("of 1 000.00 or more waits for approval from its instant on", async () => {
    const [from, to] = await pair("3000.00");
    const more = { scheduledFor: inMinutes(10) };
    const transferId = await transfers.request(from, to, "2500.00", more);
    assert.equal(refusalOf(await transfers.approve(transferId)), "transfer_not_pending");
    await passMinutes(11);
    const waiting = await transfers.until(transferId, "awaiting_approval");
    assert.equal((await client.balance(from))["inFlight"], "2500.00");
    assert.equal(typeof waiting["expiresAt"], "string");
    const approved = await transfers.approve(transferId);
    assert.equal(approved.body["reached"], "settled");
    const shown = await transfers.until(transferId, "settled");
    assert.deepEqual(happenings(shown), ["scheduled", "approval_requested", "approved", "settled"]);
    assert.deepEqual([await available(from), await available(to)], ["500.00", "2500.00"]);
  });
});

describe("a transfer scheduled further ahead than a timer of Durable Functions reaches", () => {
  const dayMinutes = 24 * 60;
  const timersOf = async (transferId: string): Promise<readonly number[]> => {
    const { historyEvents = [] } = (await instances.history(transferId)) ?? {};
    const fired = historyEvents.filter(({ EventType }) => EventType === "TimerFired");
    return fired.map(({ FireAt }) => Date.parse(String(FireAt)));
  };
  const countOf = async (transferId: string, type: string): Promise<number> => {
    const { historyEvents = [] } = (await instances.history(transferId)) ?? {};
    return historyEvents.filter(({ EventType }) => EventType === type).length;
  };
  const tell = async (transferId: string, signal: unknown): Promise<void> => {
    const path = `runtime/webhooks/durabletask/instances/${transferId}/raiseEvent/news`;
    const before = await countOf(transferId, "EventRaised");
    const told = await fetch(`${functionsUrl}/${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-functions-key": "master-key" },
      body: JSON.stringify(signal),
    });
    assert.equal(told.status, 202);
    await eventually("the process has heard it", async () => {
      return (await countOf(transferId, "EventRaised")) > before;
    });
  };
  /** An event that has come late, or again: it changes nothing. */
  const late = {
    news: { version: 0, stage: "scheduled", dueAtMs: 0, transfer: { transferId: "late" } },
    cause: { correlationId: "c", causationId: "c", traceparent: "" },
  };
  /** Five days pass, and the process looks again. */
  const passFiveDays = async (transferId: string): Promise<void> => {
    const before = await countOf(transferId, "TaskCompleted");
    await passMinutes(5 * dayMinutes + 1);
    await eventually("the process has looked again", async () => {
      return (await countOf(transferId, "TaskCompleted")) > before;
    });
  };
  const waiting = async (from: string, to: string, scheduledFor: string): Promise<string> => {
    const transferId = await transfers.request(from, to, "25.50", { scheduledFor });
    await eventually("the process waits", async () => {
      const { historyEvents = [] } = (await instances.history(transferId)) ?? {};
      return historyEvents.some(({ EventType }) => EventType === "TaskCompleted");
    });
    return transferId;
  };

  test("starts at its instant: one timer after the other, one for the instant", async () => {
    const [from, to] = await pair();
    const scheduledFor = inMinutes(13 * dayMinutes);
    const transferId = await waiting(from, to, scheduledFor);
    await passFiveDays(transferId);
    await passFiveDays(transferId);
    assert.deepEqual(happenings(await transfers.show(transferId)), ["scheduled"]);
    await passMinutes(3 * dayMinutes);
    const { history } = await transfers.until(transferId, "settled");
    assert.ok((history[1]?.at ?? "") >= scheduledFor);
    const untilMs = Date.parse(scheduledFor) + 1_000; // later ones wait for an effect
    const fired = (await timersOf(transferId)).filter((atMs) => atMs <= untilMs);
    assert.equal(fired.length, 3);
    assert.equal(fired[2], untilMs);
  });

  const withdraw = async (from: string, transferId: string): Promise<void> => {
    assert.equal(refusalOf(await transfers.cancel(transferId)), undefined);
    await instances.untilNoneRuns();
    assert.equal((await instances.history(transferId))?.runtimeStatus, "Completed");
    assert.equal(await available(from), "99.98");
  };

  test("can be withdrawn after the first timer, when the watchdog has nudged its process", async () => {
    const [from, to] = await pair();
    const transferId = await waiting(from, to, inMinutes(13 * dayMinutes));
    await passFiveDays(transferId);
    await tell(transferId, null);
    await withdraw(from, transferId);
  });

  test("can be withdrawn after the second timer, when it was told again before the first", async () => {
    const [from, to] = await pair();
    const transferId = await waiting(from, to, inMinutes(13 * dayMinutes));
    await tell(transferId, late);
    await tell(transferId, late);
    await passFiveDays(transferId);
    await passFiveDays(transferId);
    await withdraw(from, transferId);
  });

  test("can be withdrawn when it was told again two days after it was asked for", async () => {
    const [from, to] = await pair();
    const transferId = await waiting(from, to, inMinutes(13 * dayMinutes));
    await passMinutes(2 * dayMinutes);
    await tell(transferId, late);
    await withdraw(from, transferId);
  });

  test("starts at its instant, told again every day", async () => {
    const [from, to] = await pair();
    const scheduledFor = inMinutes(13 * dayMinutes);
    const transferId = await waiting(from, to, scheduledFor);
    for (let day = 0; day < 12; day += 1) {
      await tell(transferId, late);
      await passMinutes(dayMinutes);
    }
    assert.deepEqual(happenings(await transfers.show(transferId)), ["scheduled"]);
    await passMinutes(dayMinutes + 1);
    const { history } = await transfers.until(transferId, "settled");
    assert.ok((history[1]?.at ?? "") >= scheduledFor);
  });
});

describe("the instant asked for", () => {
  test("must lie ahead: a past one is refused by rule", async () => {
    const [from, to] = await pair();
    assert.equal(refusalOf(await post(from, to, inMinutes(-1 / minuteMs))), "instant_has_passed");
    assert.equal(await available(from), "99.98");
  });

  test("must be an instant, at most 366 days ahead", async () => {
    const [from, to] = await pair();
    const days = (count: number): string => inMinutes(count * 24 * 60);
    for (const wrong of [days(366.1), "tomorrow", "2027-01-01", ""]) {
      const { status, body } = await post(from, to, wrong);
      assert.deepEqual([status, body["code"]], [400, "invalid_request"], wrong);
      assert.equal((body["errors"] as Json[])[0]?.["path"], "scheduledFor");
    }
    const furthest = await post(from, to, days(366));
    assert.equal(refusalOf(furthest), undefined);
    await transfers.cancel(String(furthest.body["resource"]).replace("/api/transfers/", ""));
  });

  test("has passed when the request is repeated: it is answered as before", async () => {
    const [from, to] = await pair();
    const key = randomUUID();
    const soon = inMinutes(1);
    const first = await post(from, to, soon, key);
    assert.equal(refusalOf(first), undefined);
    const transferId = String(first.body["resource"]).replace("/api/transfers/", "");
    await passMinutes(1);
    await transfers.until(transferId, "settled");
    const again = await post(from, to, soon, key);
    assert.equal(again.headers.get("idempotency-hit"), "true");
    assert.deepEqual(again.body, first.body);
    assert.equal(await available(to), "10.00");
    const other = await post(from, to, soon);
    assert.equal(refusalOf(other), "instant_has_passed");
  });
});

test("after all this no process is left, and the totals add up", async () => {
  await transfers.untilAllEnded();
  await instances.untilNoneRuns();
  await assertConserved(client);
});

/**
 * One time for all: what the control door advances, the functions and the admin app live in too, in whatever process they
 * are and after a restart. Nothing then starts or expires before its instant by anybody's account.
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Commit } from "../../src/kernel/messages/commit.ts";
import { type Client, clientOf } from "../support/client.ts";
import { controlOf } from "../support/control.ts";
import { eventually } from "../support/eventually.ts";
import { startLocalSystem, temporaryDirectory } from "../support/local-system.ts";
import {
  anyPorts,
  functionsOn,
  keptPorts,
  portsOf,
  startService,
} from "../support/service-process.ts";
import { simulate } from "../support/simulate.ts";
import { refusalOf, transfersOf } from "../support/transfers.ts";

const here = await startLocalSystem();

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** The instant that functions give to what they are asked now, less the machine's. */
async function aheadMs(client: Client): Promise<number> {
  const person = { name: "Somebody", email: "somebody@example.com", currency: "EUR" };
  const asked = await client.post("/accounts", person);
  return Date.parse(String(asked.body["acceptedAt"])) - Date.now();
}

/** What the machine itself may have taken meanwhile is less than this. */
const marginMs = 30 * 60_000;

function assertAhead(actualMs: number, expectedMs: number): void {
  const text = `${actualMs / hourMs} h, not ${expectedMs / hourMs} h`;
  assert.ok(Math.abs(actualMs - expectedMs) < marginMs, text);
}

describe("when the control door advances the time", () => {
  test("all is dated by it, also after a restart", async () => {
    const data = { SALDO_DATA: temporaryDirectory() };
    let system = await startService("start", { ...data, ...(await keptPorts()) });
    const { urls } = system;
    const client = clientOf(urls.functions);
    const transfers = transfersOf(client);
    const [from, to] = [await client.accountWith("5000.00"), await client.accountWith("0")];
    assertAhead(await aheadMs(client), 0);
    const waiting = await transfers.request(from, to, "2000.00");
    const scheduledFor = new Date(Date.now() + 30 * hourMs).toISOString();
    const scheduled = await transfers.request(from, to, "5.00", { scheduledFor });

    await controlOf(urls.control).advanceClock(10 * hourMs);
    assertAhead(await aheadMs(client), 10 * hourMs);
    await system.kill();
    system = await startService("start", { ...data, ...portsOf(urls) });
    assertAhead(await aheadMs(client), 10 * hourMs);
    const past = new Date(Date.now() + 9 * hourMs).toISOString();
    const request = { to, amount: "1.00", scheduledFor: past };
    const tooLate = await client.post(`/accounts/${from}/transfers`, request);
    assert.equal(refusalOf(tooLate), "instant_has_passed");
    const afterwards = await transfers.request(from, to, "2000.00");

    await controlOf(urls.control).advanceClock(21 * hourMs);
    const expired = await transfers.until(waiting, "expired");
    assert.ok((expired.history[1]?.at ?? "") >= String(expired["expiresAt"]));
    const settled = await transfers.until(scheduled, "settled");
    assert.ok((settled.history[1]?.at ?? "") >= scheduledFor);
    const left = await transfers.show(afterwards);
    assert.equal(left.status, "awaiting_approval", "its day is not over");
    await system.stop();
  });

  test("function apps in processes of their own follow, and new ones join in", async () => {
    const services = await startService("local-services", {
      ...anyPorts,
      SALDO_DATA: temporaryDirectory(),
    });
    const environment = functionsOn(services.urls);
    const first = await startService("local-functions", environment);
    const control = controlOf(services.urls.control);
    await control.advanceClock(dayMs);
    await eventually("the first has heard of it", async () => {
      const ahead = await aheadMs(clientOf(first.urls.functions));
      return ahead > dayMs - marginMs;
    });
    const second = await startService("local-functions", environment);
    assertAhead(await aheadMs(clientOf(second.urls.functions)), dayMs);
    await Promise.all([first.stop(), second.stop()]);
    await services.stop();
  });

  test("a whole town in which it does passes the audit, and nothing there expires too early", async () => {
    const { functionsUrl, adminUrl, controlUrl, stored } = here;
    const small = ["--accounts", "8", "--clients", "3", "--steps", "12"];
    const where = ["--admin", adminUrl, "--expiry-by-control", controlUrl];
    await simulate(functionsUrl, "approvals", ...small, ...where);
    const commits = await stored.all<Commit>("events");
    const expired = commits.flatMap(({ events }) =>
      events.filter(({ type }) => type === "TransferExpired"),
    );
    assert.ok(expired.length > 0, "there was something to expire");
  });

  test("who waits still waits for as long as they wanted", async () => {
    const { client, control } = here;
    const accountId = await client.accountWith("0");
    // The commit takes until the time is advanced: by then, by that time, the wait is long over.
    const fault = await control.fault({
      match: { container: "events", operation: "create" },
      effect: { kind: "delay", ms: hourMs },
      times: 1,
    });
    const answered = client.post(`/accounts/${accountId}/loads`, { amount: "1.00" });
    await eventually("the commit is held", async () => (await control.hits(fault)) > 0);
    await control.advanceClock(dayMs);
    assert.equal((await answered).body["reached"], "settled");
  });
});

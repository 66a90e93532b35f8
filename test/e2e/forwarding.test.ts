/** What happens leaves Saldo through Event Grid: all of it, in the form that docs/events.md promises, and nothing else. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import type { Commit } from "../../src/kernel/messages/commit.ts";
import { type Json, nobody } from "../support/client.ts";
import { startLocalSystem } from "../support/local-system.ts";
import { subscribeToAll } from "../support/subscriber.ts";
import { grace, transfersOf } from "../support/transfers.ts";

const { client, control, stored, eventGridUrl } = await startLocalSystem();
const transfers = transfersOf(client);
const subscriber = await subscribeToAll(eventGridUrl);

const dayMs = 24 * 3_600_000;
const secret = { name: "Ada Lovelace", email: "somebody@example.com", currency: "EUR" };

/** Of a new account; what it loads is rounded to a fee. */
async function accountWith(amount: string, currency = "EUR"): Promise<string> {
  const { body } = await client.post("/accounts", { ...secret, currency });
  const id = String(body["resource"]).replace("/api/accounts/", "");
  if (amount !== "0") await client.post(`/accounts/${id}/loads`, { amount });
  return id;
}

const from = await accountWith("9999.9999");
const to = await accountWith("0");
const traceId = randomBytes(16).toString("hex");

/** One of each kind of event; answers the transfers by what they are about. */
async function everything(): Promise<Record<string, string>> {
  const soon = { scheduledFor: new Date(Date.now() + dayMs - 60_000).toISOString() };
  const request = (amount: string, more = {}): Promise<string> =>
    transfers.request(from, to, amount, more);
  const traceparent = `00-${traceId}-${randomBytes(8).toString("hex")}-01`;
  const body = { to, amount: "0.0001", note: "a trace" };
  const traced = await client.post(`/accounts/${from}/transfers`, body, {
    headers: { traceparent },
  });
  const ids = {
    plain: String(traced.body["resource"]).replace("/api/transfers/", ""),
    declined: await transfers.request(from, nobody, "3.00"),
    approved: await request("1000.00", { note: "a car" }),
    denied: await request("1000.00"),
    cancelled: await request("1000.00"),
    expired: await request("1000.00"),
    withdrawn: await request("1.50", soon),
    started: await request("2.50", soon),
    failed: await request("999999.00", soon),
  };
  await transfers.approve(ids.approved, { approver: grace, reason: "a regular" });
  await transfers.deny(ids.denied);
  await transfers.cancel(ids.cancelled);
  await transfers.cancel(ids.withdrawn);
  const frozen = await accountWith("0");
  for (const what of ["freeze", "unfreeze"]) {
    const path = `/operator/accounts/${frozen}/${what}`;
    await client.post(path, { reason: "a check" });
  }
  await client.post(`/accounts/${frozen}/closure`, {});
  await client.post(`/accounts/${from}/closure`, {}); // refused
  await transfers.untilAllLed();
  await control.advanceClock(dayMs);
  await transfers.untilAllEnded();
  return ids;
}

const ids = await everything();
const published = await subscriber.untilComplete(stored);
const commits = await stored.all<Commit>("events");

/** The only event of a type about a transfer, or about anything. */
function told(type: string, transferId?: string): Json {
  const found = [...published.values()].filter(
    (event) =>
      event["type"] === `saldo.${type}.v1` &&
      (transferId === undefined || event["subject"] === `transfers/${transferId}`),
  );
  assert.equal(found.length, 1, `${found.length} events ${type}`);
  return found[0] ?? {};
}

test("each kind of event there is has been published", () => {
  const types = new Set([...published.values()].map(({ type }) => String(type)));
  assert.deepEqual([...types].sort(), [
    "saldo.account.closed.v1",
    "saldo.account.frozen.v1",
    "saldo.account.opened.v1",
    "saldo.account.unfrozen.v1",
    "saldo.command.rejected.v1",
    "saldo.credits.loaded.v1",
    "saldo.transfer.approval_requested.v1",
    "saldo.transfer.approved.v1",
    "saldo.transfer.cancelled.v1",
    "saldo.transfer.declined.v1",
    "saldo.transfer.denied.v1",
    "saldo.transfer.expired.v1",
    "saldo.transfer.failed.v1",
    "saldo.transfer.received.v1",
    "saldo.transfer.refunded.v1",
    "saldo.transfer.scheduled.v1",
    "saldo.transfer.sent.v1",
    "saldo.transfer.settled.v1",
    "saldo.transfer.withdrawn.v1",
  ]);
});

test("each event is a CloudEvent with the attributes that are promised, and no others", () => {
  for (const event of published.values()) {
    const { data, ...attributes } = event;
    const { id, actor, traceparent } = attributes as Record<"id" | "actor" | "traceparent", string>;
    const [stream = "", position = ""] = id.split("/");
    const about = data as { readonly accountId?: string; readonly transferId?: string };
    const commit = commits.find((each) => {
      const isRefusal = each.commandIds.includes(position);
      const first = each.version - each.events.length;
      const isIn = Number(position) > first && Number(position) <= each.version;
      return each.stream === stream && (isRefusal || isIn);
    });
    assert.ok(commit, id);
    const outcome = commit.outcomes.find(({ commandId }) => commandId === event["causationid"]);
    assert.ok(outcome, `${id} names its cause`);
    const version = /^\d+$/.test(position) ? Number(position) : commit.version;
    const subject =
      about.transferId === undefined
        ? `accounts/${about.accountId ?? ""}`
        : `transfers/${about.transferId}`;
    assert.deepEqual(attributes, {
      id,
      specversion: "1.0",
      source: `/saldo/${stream}`,
      type: attributes["type"],
      subject,
      time: commit.at,
      datacontenttype: "application/json",
      sequence: String(version).padStart(10, "0"),
      traceparent: outcome.traceparent,
      correlationid: outcome.correlationId,
      causationid: outcome.commandId,
      actor: outcome.actor,
    });
    assert.match(actor, /^(account:[0-9a-z]{16}|operator|approver:.+@.+|process:transfer)$/);
    assert.match(traceparent, /^00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]$/);
  }
});

test("what an event says is what is promised, to the field", () => {
  const transfer = (amount: string, more: Json = {}): Json => ({
    ...{ from, to, amount, currency: "EUR", isManaged: true },
    ...more,
  });
  const dataOf = (type: string, transferId = ""): Json => {
    const { transferId: id, ...rest } = told(type, transferId)["data"] as Json;
    assert.equal(id, transferId);
    return rest;
  };
  const plain = transfer("0.0001", { isManaged: false, note: "a trace" });
  for (const type of ["transfer.sent", "transfer.received", "transfer.settled"])
    assert.deepEqual(dataOf(type, ids["plain"]), plain);
  const lost = { ...transfer("3.00", { isManaged: false }), to: nobody };
  for (const type of ["transfer.declined", "transfer.refunded"])
    assert.deepEqual(dataOf(type, ids["declined"]), { ...lost, reason: "receiver_not_found" });
  const car = transfer("1000.00", { note: "a car" });
  const { expiresAt, ...requested } = dataOf("transfer.approval_requested", ids["approved"]);
  assert.deepEqual(requested, car);
  assert.equal(Date.parse(String(expiresAt)) > Date.now(), true);
  const verdict = { approver: grace, reason: "a regular" };
  assert.deepEqual(dataOf("transfer.approved", ids["approved"]), { ...car, ...verdict });
  assert.deepEqual(dataOf("transfer.received", ids["approved"]), car);
  assert.deepEqual(dataOf("transfer.settled", ids["approved"]), car);
  const denial = { approver: grace, reason: "not known to us" };
  assert.deepEqual(dataOf("transfer.denied", ids["denied"]), { ...transfer("1000.00"), ...denial });
  assert.deepEqual(dataOf("transfer.cancelled", ids["cancelled"]), transfer("1000.00"));
  assert.deepEqual(dataOf("transfer.expired", ids["expired"]), transfer("1000.00"));
  assert.deepEqual(dataOf("transfer.withdrawn", ids["withdrawn"]), transfer("1.50"));
  const { scheduledFor, ...scheduled } = dataOf("transfer.scheduled", ids["started"]);
  assert.deepEqual(scheduled, transfer("2.50"));
  assert.match(String(scheduledFor), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  assert.deepEqual(dataOf("transfer.sent", ids["started"]), transfer("2.50"));
  const poor = { ...transfer("999999.00"), reason: "insufficient_funds" };
  assert.deepEqual(dataOf("transfer.failed", ids["failed"]), poor);
  const { commandId, ...refusal } = told("command.rejected")["data"] as Json;
  assert.equal(commandId, told("command.rejected")["causationid"]);
  assert.deepEqual(refusal, {
    accountId: from,
    command: "CloseAccount",
    code: "account_not_empty",
    detail: "The account still holds credits or has transfers that have not ended.",
  });
  const loaded = { accountId: from, amount: "9999.9999", fee: "0.00", currency: "EUR" };
  assert.deepEqual(told("credits.loaded")["data"], loaded);
  const { accountId, ...frozen } = told("account.frozen")["data"] as Json;
  assert.deepEqual(frozen, { reason: "a check" });
  assert.deepEqual(told("account.unfrozen")["data"], { accountId, ...frozen });
  assert.deepEqual(told("account.closed")["data"], { accountId });
});

test("nothing that a stranger need not know is in any of them", () => {
  const everythingSaid = JSON.stringify([...published.values()]);
  for (const inside of ["E4", "Lovelace", "example.com", "balance", "fingerprint", '"v":'])
    assert.ok(!everythingSaid.includes(inside), inside);
});

test("the trace of the client's request goes through everything that follows from it", () => {
  for (const type of ["transfer.sent", "transfer.received", "transfer.settled"]) {
    const event = told(type, ids["plain"]);
    assert.equal(String(event["traceparent"]).split("-")[1], traceId, type);
    assert.equal(event["correlationid"], told("transfer.sent", ids["plain"])["causationid"]);
  }
});

test("nothing waits for the topic", async () => {
  const { body } = await client.get("/operator/dead-letters");
  assert.deepEqual(body["lanes"], []);
});

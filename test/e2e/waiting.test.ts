/** What a client is told while its command is on its way, and how long it may wait for more. */
import assert from "node:assert/strict";
import { afterEach, describe, test } from "node:test";
import { nobody } from "../support/client.ts";
import { startLocalSystem } from "../support/local-system.ts";

const { client, control } = await startLocalSystem();
afterEach(() => control.clear());

/** Nothing moves on from this container until the fault is cleared. */
const holdFeed = (container: "commands" | "events"): Promise<string> =>
  control.fault({
    match: { operation: "feed", container },
    effect: { kind: "status", status: 503, retryAfterMs: 100 },
  });

describe("a client that does not wait", () => {
  test("is answered 202 at once, with the address of the status", async () => {
    const account = await client.accountWith("0");
    await holdFeed("commands");
    const posted = await client.post(
      `/accounts/${account}/loads`,
      { amount: "1.00" },
      { headers: { prefer: "respond-async" } },
    );
    assert.equal(posted.status, 202);
    assert.match(
      String(posted.headers.get("location")),
      new RegExp(`^/api/commands/account-${account}/[0-9a-z]{20}$`),
    );
    const { commandId, acceptedAt, ...rest } = posted.body;
    assert.ok(posted.headers.get("location")?.endsWith(String(commandId)));
    assert.equal(new Date(String(acceptedAt)).toISOString(), acceptedAt);
    assert.deepEqual(rest, {
      stream: `account-${account}`,
      type: "LoadCredits",
      status: "pending",
      reached: "stored",
      resource: `/api/accounts/${account}`,
    });
  });

  test("finds the outcome at the address later", async () => {
    const account = await client.accountWith("0");
    await holdFeed("commands");
    const posted = await client.post(`/accounts/${account}/loads`, { amount: "1.00" }, { wait: 0 });
    const early = await client.follow(posted, { wait: 0 });
    assert.equal(early.status, 202);
    assert.deepEqual(early.body, posted.body);
    await control.clear();
    const { status, body } = await client.follow(posted);
    assert.equal(status, 200);
    assert.equal(body["status"], "accepted");
    assert.equal(body["reached"], "settled");
    assert.ok(String(body["handledAt"]) >= String(body["acceptedAt"]));
    assert.equal((await client.balance(account))["available"], "0.9998");
  });
});

describe("a client that waits", () => {
  test("until it is handled knows the outcome, though the account does not show it yet", async () => {
    const account = await client.accountWith("0");
    await holdFeed("events");
    const path = `/accounts/${account}/loads`;
    const { status, body } = await client.post(path, { amount: "1.00" }, { until: "handled" });
    assert.equal(status, 200);
    assert.equal(body["status"], "accepted");
    assert.equal(body["reached"], "handled");
    assert.equal((await client.balance(account))["available"], "0.00");
  });

  test("until it is visible sees it in the account", async () => {
    const account = await client.accountWith("0");
    for (const available of ["0.9998", "1.9996", "2.9994", "3.9992", "4.999"]) {
      const path = `/accounts/${account}/loads`;
      const { status } = await client.post(path, { amount: "1.00" }, { until: "visible" });
      assert.equal(status, 200);
      assert.equal((await client.balance(account))["available"], available);
    }
  });

  test("until a transfer has settled sees it in both accounts", async () => {
    const sender = await client.accountWith("10.00");
    const receiver = await client.accountWith("0");
    for (const [left, received] of [
      ["8.998", "1.00"],
      ["7.998", "2.00"],
      ["6.998", "3.00"],
      ["5.998", "4.00"],
    ] as const) {
      const path = `/accounts/${sender}/transfers`;
      const { status } = await client.post(path, { to: receiver, amount: "1.00" });
      assert.equal(status, 200);
      const { available, inFlight } = await client.balance(sender);
      assert.deepEqual({ available, inFlight }, { available: left, inFlight: "0.00" });
      assert.equal((await client.balance(receiver))["available"], received);
    }
  });

  test("sees a transfer leave before it has arrived", async () => {
    const sender = await client.accountWith("10.00");
    const receiver = await client.accountWith("0");
    await control.fault({
      match: { operation: "create", container: "events", partitionKey: `account-${receiver}` },
      effect: { kind: "status", status: 503 },
    });
    const path = `/accounts/${sender}/transfers`;
    const body = { to: receiver, amount: "4.00" };
    const left = await client.post(path, body, { until: "visible" });
    assert.equal(left.status, 200);
    assert.equal(left.body["reached"], "visible");
    assert.deepEqual(await client.balance(sender), {
      available: "5.998",
      inFlight: "4.00",
      held: "0.00",
      confirmed: "9.998",
    });
    assert.equal((await client.follow(left, { wait: 1 })).status, 202);
    await control.clear();
    assert.equal((await client.follow(left)).body["reached"], "settled");
    assert.equal((await client.balance(receiver))["available"], "4.00");
  });

  test("may say so in the query as well", async () => {
    const account = await client.accountWith("0");
    const path = `/accounts/${account}/loads`;
    const posted = await client.post(path, { amount: "1.00" }, { wait: 0 });
    const address = String(posted.headers.get("location")).replace("/api", "");
    const { status, body } = await client.get(`${address}?wait=20&until=settled`);
    assert.equal(status, 200);
    assert.equal(body["reached"], "settled");
  });

  test("is told at once that a rule says no, however much it wanted to see", async () => {
    const account = await client.accountWith("0");
    await holdFeed("events");
    const path = `/accounts/${account}/transfers`;
    const body = { to: nobody, amount: "1.00" };
    const rejected = await client.post(path, body, { until: "settled" });
    assert.equal(rejected.status, 200);
    assert.equal(rejected.body["status"], "rejected");
    assert.equal(rejected.body["reached"], "settled");
    assert.deepEqual(rejected.body["rejection"], {
      code: "insufficient_funds",
      detail: "The available balance is too small.",
    });
    assert.deepEqual((await client.follow(rejected, { wait: 0 })).body, rejected.body);
  });
});

describe("when the time to wait is over", () => {
  test("the answer is 202 with what is known so far: stored", async () => {
    const account = await client.accountWith("0");
    await holdFeed("commands");
    const began = performance.now();
    const path = `/accounts/${account}/loads`;
    const { status, body } = await client.post(path, { amount: "1.00" }, { wait: 1 });
    assert.ok(performance.now() - began > 990, "it waited as long as it was asked to");
    assert.equal(status, 202);
    assert.equal(body["status"], "pending");
    assert.equal(body["reached"], "stored");
  });

  test("the answer is 202 with what is known so far: handled", async () => {
    const account = await client.accountWith("0");
    await holdFeed("events");
    const path = `/accounts/${account}/loads`;
    const posted = await client.post(path, { amount: "1.00" }, { wait: 1, until: "visible" });
    assert.equal(posted.status, 202);
    assert.equal(posted.body["status"], "accepted");
    assert.equal(posted.body["reached"], "handled");
    await control.clear();
    assert.equal((await client.follow(posted, { until: "visible" })).status, 200);
    assert.equal((await client.balance(account))["available"], "0.9998");
  });
});

test("a command that the system failed at is neither accepted nor rejected: its status is parked", async () => {
  const account = await client.accountWith("0");
  await control.fault({
    match: { operation: "create", container: "events", partitionKey: `account-${account}` },
    effect: { kind: "status", status: 413 },
  });
  const path = `/accounts/${account}/loads`;
  const parked = await client.post(path, { amount: "1.00" }, { wait: 2 });
  assert.equal(parked.status, 202);
  assert.equal(parked.body["status"], "parked");
  assert.equal(parked.body["reached"], "stored");
  assert.equal(parked.body["handledAt"], undefined);
});

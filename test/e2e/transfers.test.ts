/** The worked example: a father sends credits to his son. Every hop is the real one. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { startLocalSystem } from "../support/local-system.ts";

const { client } = await startLocalSystem();

test("a father sends credits to his son, and both see it", async () => {
  const father = await client.accountWith("100.00");
  const son = await client.accountWith("0");
  const sent = await client.post(`/accounts/${father}/transfers`, {
    to: son,
    amount: "25.50",
    note: "pocket money",
  });
  assert.equal(sent.status, 200);
  assert.equal(sent.body["status"], "accepted");
  assert.equal(sent.body["reached"], "settled");
  assert.deepEqual(await client.balance(father), {
    available: "74.48",
    inFlight: "0.00",
    held: "0.00",
    confirmed: "74.48",
  });
  assert.equal((await client.balance(son))["available"], "25.50");

  const transfer = await client.get(String(sent.body["resource"]).replace("/api", ""));
  assert.equal(transfer.body["status"], "settled");
  const history = transfer.body["history"] as { what: string }[];
  assert.deepEqual(
    history.map(({ what }) => what),
    ["requested", "settled"],
  );
  const { body } = await client.get(`/accounts/${son}/statement`);
  const items = body["items"] as Record<string, string>[];
  assert.deepEqual(
    items.map(({ type, amount, balance, counterparty, note }) => [
      type,
      amount,
      balance,
      counterparty,
      note,
    ]),
    [["transfer_in", "25.50", "25.50", father, "pocket money"]],
  );
});

test("money for somebody who does not exist comes back, and the sender sees why", async () => {
  const sender = await client.accountWith("10.00");
  const nobody = "0".repeat(16);
  const sent = await client.post(`/accounts/${sender}/transfers`, { to: nobody, amount: "5.00" });
  assert.equal(sent.body["reached"], "settled");
  const transfer = await client.get(String(sent.body["resource"]).replace("/api", ""));
  assert.equal(transfer.body["status"], "refunded");
  assert.equal(transfer.body["reason"], "receiver_not_found");
  assert.equal((await client.balance(sender))["available"], "9.998");
});

test("what is not there cannot be sent, and nothing moves", async () => {
  const sender = await client.accountWith("10.00");
  const receiver = await client.accountWith("0");
  const sent = await client.post(`/accounts/${sender}/transfers`, {
    to: receiver,
    amount: "10.00",
  });
  assert.equal(sent.status, 200);
  assert.equal(sent.body["status"], "rejected");
  assert.deepEqual(sent.body["rejection"], {
    code: "insufficient_funds",
    detail: "The available balance is too small.",
  });
  assert.equal((await client.balance(sender))["available"], "9.998");
  assert.equal((await client.balance(receiver))["available"], "0.00");
});

test("the totals of the whole system add up", async () => {
  const { body } = await client.get("/operator/totals");
  assert.equal(body["conserved"], true);
  assert.equal(body["inFlight"], "0.00");
});

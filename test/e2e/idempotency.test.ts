/** One key, one intention: however often it is sent, from wherever, at once or later. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { startLocalSystem } from "../support/local-system.ts";

const { client } = await startLocalSystem();

test("the same request twice is one command, and the second answer says so", async () => {
  const sender = await client.accountWith("10.00");
  const receiver = await client.accountWith("0");
  const key = randomUUID();
  const body = { to: receiver, amount: "1.00" };
  const first = await client.post(`/accounts/${sender}/transfers`, body, { key });
  const second = await client.post(`/accounts/${sender}/transfers`, body, { key });
  assert.equal(first.headers.get("idempotency-hit"), null);
  assert.equal(second.headers.get("idempotency-hit"), "true");
  assert.equal(second.headers.get("location"), first.headers.get("location"));
  assert.deepEqual(second.body, first.body);
  assert.equal((await client.balance(receiver))["available"], "1.00");
});

test("members in another order are the same request", async () => {
  const sender = await client.accountWith("10.00");
  const receiver = await client.accountWith("0");
  const key = randomUUID();
  await client.post(`/accounts/${sender}/transfers`, { to: receiver, amount: "1.00" }, { key });
  const again = await client.post(
    `/accounts/${sender}/transfers`,
    { amount: "1.00", to: receiver },
    { key },
  );
  assert.equal(again.headers.get("idempotency-hit"), "true");
});

test("the same key with another body is refused, and does nothing", async () => {
  const account = await client.accountWith("0");
  const key = randomUUID();
  await client.post(`/accounts/${account}/loads`, { amount: "1.00" }, { key });
  const other = await client.post(`/accounts/${account}/loads`, { amount: "2.00" }, { key });
  assert.equal(other.status, 422);
  assert.equal(other.headers.get("content-type"), "application/problem+json");
  assert.equal(other.body["code"], "idempotency_key_reused");
  assert.equal((await client.balance(account))["available"], "0.9998");
});

test("twenty of the same at once are one command", async () => {
  const account = await client.accountWith("0");
  const key = randomUUID();
  const answers = await Promise.all(
    Array.from({ length: 20 }, () =>
      client.post(`/accounts/${account}/loads`, { amount: "1.00" }, { key }),
    ),
  );
  assert.equal(answers.filter(({ headers }) => headers.get("idempotency-hit") === null).length, 1);
  for (const { status, body } of answers) {
    assert.equal(status, 200);
    assert.equal(body["reached"], "settled");
  }
  assert.equal((await client.balance(account))["available"], "0.9998");
});

test("a repeated opening names the same account", async () => {
  const key = randomUUID();
  const body = { name: "Ada", email: "ada@example.com", currency: "EUR" };
  const first = await client.post("/accounts", body, { key });
  const second = await client.post("/accounts", body, { key });
  assert.equal(second.body["resource"], first.body["resource"]);
  assert.equal(second.headers.get("idempotency-hit"), "true");
});

test("two real, equal transfers are two keys", async () => {
  const sender = await client.accountWith("10.00");
  const receiver = await client.accountWith("0");
  for (let sent = 0; sent < 2; sent += 1)
    await client.post(`/accounts/${sender}/transfers`, { to: receiver, amount: "1.00" });
  assert.equal((await client.balance(receiver))["available"], "2.00");
});

test("a rejected command stays rejected when it is repeated, even if it could succeed now", async () => {
  const sender = await client.accountWith("0");
  const receiver = await client.accountWith("0");
  const key = randomUUID();
  const body = { to: receiver, amount: "1.00" };
  const first = await client.post(`/accounts/${sender}/transfers`, body, { key });
  await client.post(`/accounts/${sender}/loads`, { amount: "100.00" });
  const second = await client.post(`/accounts/${sender}/transfers`, body, { key });
  assert.equal(first.body["status"], "rejected");
  assert.deepEqual(second.body, first.body);
  assert.equal((await client.balance(receiver))["available"], "0.00");
});

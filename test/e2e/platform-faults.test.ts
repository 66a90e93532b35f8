/** Whatever the platform throttles, refuses or leaves unanswered: everything settles, nothing is doubled or parked. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { afterEach, describe, test } from "node:test";
import type { FaultEffect } from "../../emulator/cosmos/faults.ts";
import { type Answer } from "../support/client.ts";
import { startLocalSystem } from "../support/local-system.ts";
import { recoveryOf } from "../support/recovery.ts";
import { simulate } from "../support/simulate.ts";

const { client, control, functionsUrl } = await startLocalSystem();
const recovery = recoveryOf(client);
afterEach(() => control.clear());

const containers = ["commands", "events", "accounts", "leases", "dead-letters"];

/** On every container, whatever the operation, with this probability. */
async function everywhere(effect: FaultEffect, probability: number): Promise<readonly string[]> {
  const set = containers.map((container, index) =>
    control.fault({ match: { container }, effect, probability, seed: index + 1 }),
  );
  return Promise.all(set);
}

const load = (account: string, key: string, wait = 20): Promise<Answer> =>
  client.post(`/accounts/${account}/loads`, { amount: "1.00" }, { key, wait });

/** A few hundred intentions, most of them transfers. */
const storm = ["storm", "--clients", "32", "--accounts", "16", "--steps", "10", "--duration", "1m"];

describe("a few hundred transfers pass the audit, and nothing is parked", () => {
  for (const [weather, effect, probability] of [
    [
      "while a fifth of all requests is throttled",
      { kind: "status", status: 429, substatus: 3200, retryAfterMs: 20 },
      0.2,
    ],
    ["while the service is away now and then", { kind: "status", status: 503 }, 0.05],
    ["while answers get lost after the work was done", { kind: "drop_reply" }, 0.03],
  ] as const)
    test(weather, async () => {
      const faults = await everywhere(effect, probability);
      const summary = await simulate(functionsUrl, ...storm);
      assert.ok(summary.transfers.completed > 100, "there was something to get wrong");
      const hits = await Promise.all(faults.map(control.hits));
      for (const [index, count] of hits.entries())
        assert.ok(count > 0, `${containers[index] ?? ""} had its share`);
      assert.deepEqual(await recovery.lanes(), []);
    });
});

describe("what fails for longer than a function tries is delivered again", () => {
  for (const [what, container, operation] of [
    ["a commit", "events", "create"],
    ["a read model", "accounts", "replace"],
  ] as const)
    test(`until ${what} can be stored`, async () => {
      const account = await client.accountWith("0");
      const fault = await control.fault({
        match: { operation, container },
        effect: { kind: "status", status: 503 },
        times: 6,
      });
      const posted = await load(account, randomUUID(), 0);
      assert.equal((await client.follow(posted, { wait: 30 })).body["reached"], "settled");
      assert.equal(await control.hits(fault), 6);
      assert.equal((await client.balance(account))["available"], "0.9998");
      assert.deepEqual(await recovery.lanes(), []);
    });
});

function assertUnavailable({ status, headers, body }: Answer): void {
  assert.equal(status, 503, JSON.stringify(body));
  assert.equal(headers.get("content-type"), "application/problem+json");
  assert.match(headers.get("retry-after") ?? "", /^[1-9][0-9]*$/);
  assert.equal(body["code"], "unavailable");
}

describe("the door", () => {
  for (const [what, effect] of [
    ["is away", { kind: "status", status: 503 }],
    ["throttles", { kind: "status", status: 429, substatus: 3200, retryAfterMs: 50 }],
  ] as const)
    test(`says when to come back while the store ${what}, and the same key works once then`, async () => {
      const account = await client.accountWith("0");
      await control.fault({ match: { operation: "create", container: "commands" }, effect });
      const [alone, ...together] = [randomUUID(), randomUUID(), randomUUID()];
      assertUnavailable(await load(account, alone));
      // What comes in one moment travels together, and must be told apart again.
      for (const answer of await Promise.all(together.map((key) => load(account, key))))
        assertUnavailable(answer);
      await control.clear();
      for (const key of [alone, ...together]) {
        const again = await load(account, key);
        assert.equal(again.headers.get("idempotency-hit"), null, "nothing had been stored");
        assert.equal(again.body["reached"], "settled");
        assert.equal((await load(account, key)).headers.get("idempotency-hit"), "true");
      }
      assert.equal((await client.balance(account))["available"], "2.9994");
    });

  test("does not know whether a command was stored whose reply was lost; its key does", async () => {
    const account = await client.accountWith("0");
    await control.fault({
      match: { operation: "create", container: "commands" },
      effect: { kind: "drop_reply" },
      times: 1,
    });
    const key = randomUUID();
    assertUnavailable(await load(account, key));
    const again = await load(account, key);
    assert.equal(again.headers.get("idempotency-hit"), "true");
    assert.equal(again.body["reached"], "settled");
    assert.equal((await client.balance(account))["available"], "0.9998");
  });

  test("keeps what it stored even when it cannot say how the command is getting on", async () => {
    const account = await client.accountWith("0");
    const holding: FaultEffect = { kind: "status", status: 503 };
    await control.fault({ match: { operation: "feed", container: "commands" }, effect: holding });
    await control.fault({ match: { operation: "query", container: "events" }, effect: holding });
    const key = randomUUID();
    assertUnavailable(await load(account, key));
    await control.clear();
    const again = await load(account, key);
    assert.equal(again.headers.get("idempotency-hit"), "true");
    assert.equal(again.body["reached"], "settled");
  });

  test("says the same of what cannot be read", async () => {
    const account = await client.accountWith("1.00");
    await control.fault({ match: {}, effect: { kind: "status", status: 503 } });
    const at = new Date().toISOString();
    for (const path of ["", "/statement", `/balance?at=${at}`])
      assertUnavailable(await client.get(`/accounts/${account}${path}`));
    assertUnavailable(await client.get(`/transfers/${account}-${"0".repeat(20)}`));
    assertUnavailable(await client.get("/operator/totals"));
    assertUnavailable(await client.get("/operator/dead-letters"));
    await control.clear();
    assert.equal((await client.balance(account))["available"], "0.9998");
  });
});

test("after all this the totals of the whole system add up", async () => {
  const { body } = await client.get("/operator/totals");
  assert.equal(body["conserved"], true);
  assert.equal(body["inFlight"], "0.00");
});

/** Whatever the platform throttles, refuses or leaves unanswered: everything settles, nothing is doubled or parked. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { afterEach, describe, test } from "node:test";
import type { FaultEffect } from "../../emulator/cosmos/faults.ts";
import { operator } from "../support/client.ts";
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

describe("while no command can be stored", () => {
  const path = (account: string): string => `/accounts/${account}/loads`;
  const body = { amount: "1.00" };

  for (const [what, effect, retryAfter] of [
    ["the store is away", { kind: "status", status: 503 }, /^[1-9][0-9]*$/],
    [
      "the store is throttling for long",
      { kind: "status", status: 429, substatus: 3200, retryAfterMs: 60_000 },
      /^60$/,
    ],
  ] as const)
    test(`because ${what}, the door says so, and the same key works once afterwards`, async () => {
      const account = await client.accountWith("0");
      await control.fault({ match: { operation: "create", container: "commands" }, effect });
      const keys = [randomUUID(), randomUUID(), randomUUID()];
      // One alone, and then several of one moment, which travel together.
      const [first, ...others] = keys.map((key) => () => client.post(path(account), body, { key }));
      assert.ok(first !== undefined);
      const answers = [await first(), ...(await Promise.all(others.map((post) => post())))];
      for (const { status, headers, body: problem } of answers) {
        assert.equal(status, 503);
        assert.equal(headers.get("content-type"), "application/problem+json");
        assert.match(headers.get("retry-after") ?? "", retryAfter);
        assert.equal(problem["code"], "unavailable");
      }
      await control.clear();
      for (const key of keys) {
        const again = await client.post(path(account), body, { key });
        assert.equal(again.headers.get("idempotency-hit"), null);
        assert.equal(again.body["reached"], "settled");
        const onceMore = await client.post(path(account), body, { key });
        assert.equal(onceMore.headers.get("idempotency-hit"), "true");
      }
      assert.equal((await client.balance(account))["available"], "2.9994");
    });
});

/** Every command and every commit delivered again, long after: nothing changes. */
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { type Client, clientOf } from "../support/client.ts";
import { eventually } from "../support/eventually.ts";
import { positionsIn, rewind } from "../support/leases.ts";
import { startLocalSystem, temporaryDirectory } from "../support/local-system.ts";
import { recoveryOf } from "../support/recovery.ts";
import { functionsOn, startService } from "../support/service-process.ts";
import { simulate } from "../support/simulate.ts";
import { type Stored, storedAt } from "../support/stored.ts";

/** Few accounts with much to do: more commands each than a commit remembers. */
const busy = ["--accounts", "8", "--clients", "16", "--steps", "60", "--duration", "1m"];

type Views = ReadonlyMap<string, unknown>;

/** What everybody sees: each account with its whole statement. */
async function views(client: Client, stored: Stored): Promise<Views> {
  const accounts = await stored.all("accounts");
  const entries = accounts.map(async ({ id }) => {
    const { body } = await client.get(`/accounts/${id}`);
    const pages: unknown[] = [];
    for (let after = ""; ; ) {
      const page = await client.get(`/accounts/${id}/statement?limit=200${after}`);
      pages.push(page.body["items"]);
      if (page.body["next"] === undefined) return [id, { body, pages }] as const;
      after = `&after=${encodeURIComponent(String(page.body["next"]))}`;
    }
  });
  return new Map(await Promise.all(entries));
}

/** Everything stored, to the etag: a document that was only written again would show as well. */
async function everythingStored(stored: Stored): Promise<unknown> {
  const byId = (a: { id: string; _etag: string }, b: { id: string; _etag: string }): number =>
    `${a.id} ${a._etag}` < `${b.id} ${b._etag}` ? -1 : 1;
  const lists = ["commands", "events", "accounts", "deadLetters"] as const;
  return Promise.all(lists.map(async (name) => [...(await stored.all(name))].sort(byId)));
}

async function hasReached(stored: Stored, wanted: ReadonlyMap<string, number>): Promise<boolean> {
  const positions = await positionsIn(stored);
  return [...wanted].every(([id, position]) => (positions.get(id) ?? 0) >= position);
}

describe("everything delivered again changes nothing", () => {
  test("when the instance has just been busy with it all", async () => {
    const { client, control, stored, functionsUrl } = await startLocalSystem();
    await simulate(functionsUrl, "storm", "--seed", "warm", ...busy);
    const before = { views: await views(client, stored), stored: await everythingStored(stored) };
    const positions = await positionsIn(stored);
    const lookUps = await control.requests("events", "query");
    await rewind(stored);
    await eventually("everything was delivered again", async () => {
      await control.advanceClock(5_000);
      return hasReached(stored, positions);
    });
    assert.ok((await control.requests("events", "query")) > lookUps, "it was looked up");
    assert.deepEqual(await everythingStored(stored), before.stored);
    assert.deepEqual(await views(client, stored), before.views);
    assert.deepEqual(await recoveryOf(client).lanes(), []);
  });

  test("when the instance is new and remembers nothing", async () => {
    const cosmos = await startService("local-cosmos", {
      SALDO_DATA: temporaryDirectory(),
      SALDO_COSMOS_PORT: "0",
      SALDO_CONTROL_PORT: "0",
    });
    const stored = storedAt(cosmos.urls.cosmos);
    after(stored.close);
    const environment = functionsOn(cosmos.urls.cosmos);
    const first = await startService("local-functions", environment);
    await simulate(first.urls.functions, "storm", "--seed", "cold", ...busy);
    const clientBefore = clientOf(first.urls.functions);
    const seen = await views(clientBefore, stored);
    const before = await everythingStored(stored);
    const positions = await positionsIn(stored);
    await first.stop();
    await rewind(stored);

    const second = await startService("local-functions", environment);
    await eventually("everything was delivered again", () => hasReached(stored, positions));
    const client = clientOf(second.urls.functions);
    assert.deepEqual(await everythingStored(stored), before);
    assert.deepEqual(await views(client, stored), seen);
    assert.deepEqual(await recoveryOf(client).lanes(), []);
    await simulate(second.urls.functions, "storm", "--seed", "afterwards", ...busy);
  });
});

test("everything delivered again and again in the middle of traffic passes the audit", async () => {
});

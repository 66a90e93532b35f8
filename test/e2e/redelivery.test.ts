/** Every command and every commit delivered again, long after: nothing changes. */
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { type Client, clientOf } from "../support/client.ts";
import { eventually } from "../support/eventually.ts";
import { positionsIn, rewind } from "../support/leases.ts";
import { startLocalSystem, temporaryDirectory } from "../support/local-system.ts";
import { recoveryOf } from "../support/recovery.ts";
import { anyPorts, functionsOn, startService } from "../support/service-process.ts";
import { simulate } from "../support/simulate.ts";
import { type Stored, storedAt } from "../support/stored.ts";

const { client, control, stored, functionsUrl } = await startLocalSystem();

/** Few accounts with much to do: more commands each than a commit remembers. */
const busy = ["--accounts", "8", "--clients", "16", "--steps", "30", "--duration", "1m"];

type Views = ReadonlyMap<string, unknown>;

/** What everybody sees: each account with its whole statement. */
async function views(from: Client, { all }: Stored): Promise<Views> {
  const entries = (await all("accounts")).map(async ({ id }) => {
    const { body } = await from.get(`/accounts/${id}`);
    const pages: unknown[] = [];
    for (let after = ""; ;) {
      const page = await from.get(`/accounts/${id}/statement?limit=200${after}`);
      pages.push(page.body["items"]);
      if (page.body["next"] === undefined) return [id, { body, pages }] as const;
      after = `&after=${encodeURIComponent(page.body["next"] as string)}`;
    }
  });
  return new Map(await Promise.all(entries));
}

/** Everything stored, to the etag: a document that was only written again would show as well. */
async function everythingStored({ all }: Stored): Promise<unknown> {
  const byId = (a: { id: string; _etag: string }, b: { id: string; _etag: string }): number =>
    `${a.id} ${a._etag}` < `${b.id} ${b._etag}` ? -1 : 1;
  const lists = ["commands", "events", "accounts", "deadLetters"] as const;
  return Promise.all(lists.map(async (name) => [...(await all(name))].sort(byId)));
}

async function hasReached(where: Stored, wanted: ReadonlyMap<string, number>): Promise<boolean> {
  const positions = await positionsIn(where);
  return [...wanted].every(([id, position]) => (positions.get(id) ?? 0) >= position);
}

/** Waits until this instance has lost its leases, taken them again, and come as far as it was. */
const deliveredAgain = (positions: ReadonlyMap<string, number>): Promise<true> =>
  eventually("everything was delivered again", async () => {
    await control.advanceClock(5_000);
    return hasReached(stored, positions);
  });

test("everything delivered again and again in the middle of traffic passes the audit", async () => {
  const traffic = ["--accounts", "8", "--clients", "8", "--duration", "8s"];
  let isOver = false;
  const playing = simulate(functionsUrl, "storm", "--seed", "amid", ...traffic).finally(() => {
    isOver = true;
  });
  let rounds = 0;
  for (; await control.untilMoreCommands(40, () => isOver); rounds += 1) {
    const positions = await positionsIn(stored);
    await rewind(stored);
    await deliveredAgain(positions);
  }
  assert.ok((await playing).transfers.completed > 50, "there was something to get wrong");
  assert.ok(rounds > 1);
  assert.deepEqual(await recoveryOf(client).lanes(), []);
});

describe("everything delivered again changes nothing", () => {
  test("when the instance has just been busy with it all", async () => {
    await simulate(functionsUrl, "storm", "--seed", "warm", ...busy);
    const before = { views: await views(client, stored), stored: await everythingStored(stored) };
    const positions = await positionsIn(stored);
    const lookUps = await control.requests("events", "query");
    await rewind(stored);
    await deliveredAgain(positions);
    assert.ok((await control.requests("events", "query")) > lookUps, "it was looked up");
    assert.deepEqual(await everythingStored(stored), before.stored);
    assert.deepEqual(await views(client, stored), before.views);
    assert.deepEqual(await recoveryOf(client).lanes(), []);
  });

  test("when the instance is new and remembers nothing", async () => {
    const cosmos = await startService("local-services", {
      ...anyPorts,
      SALDO_DATA: temporaryDirectory(),
    });
    const apart = storedAt(cosmos.urls.cosmos);
    after(apart.close);
    const environment = functionsOn(cosmos.urls);
    const first = await startService("local-functions", environment);
    await simulate(first.urls.functions, "storm", "--seed", "cold", ...busy);
    const seen = await views(clientOf(first.urls.functions), apart);
    const before = await everythingStored(apart);
    const positions = await positionsIn(apart);
    await first.stop();
    await rewind(apart);

    const second = await startService("local-functions", environment);
    await eventually("everything was delivered again", () => hasReached(apart, positions));
    const newcomer = clientOf(second.urls.functions);
    assert.deepEqual(await everythingStored(apart), before);
    assert.deepEqual(await views(newcomer, apart), seen);
    assert.deepEqual(await recoveryOf(newcomer).lanes(), []);
    await second.stop();
    await cosmos.stop();
  });
});

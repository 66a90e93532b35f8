/**
 * Documents written straight into the containers, as an older or newer version, a restore or a hand might leave them: each
 * is parked with a reason, and nobody but the account that it claims to be of is held up.
 */
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { clientOf, type Json } from "../support/client.ts";
import { eventually } from "../support/eventually.ts";
import { positionsIn, rewind } from "../support/leases.ts";
import { startLocalSystem, temporaryDirectory } from "../support/local-system.ts";
import {
  poisonFor,
  poisonousCommand,
  poisonousCommands,
  poisonousCommits,
  strayCommits,
  write,
} from "../support/poison.ts";
import { type Letter, recoveryOf } from "../support/recovery.ts";
import { anyPorts, functionsOn, startService } from "../support/service-process.ts";
import { storedAt } from "../support/stored.ts";

const { client, stored } = await startLocalSystem();
const recovery = recoveryOf(client);
const [sender, receiver] = [await client.accountWith("900.00"), await client.accountWith("0")];

/** A transfer between others settles, is published, and its receiver is notified. */
async function assertOthersFlow(): Promise<void> {
  const body = { to: receiver, amount: "0.01" };
  const sent = await client.post(`/accounts/${sender}/transfers`, body);
  assert.equal(sent.body["reached"], "settled", JSON.stringify(sent.body));
  const transferId = String(sent.body["resource"]).replace("/api/transfers/", "");
  await eventually("the receiver is notified", async () => {
    const { body: page } = await client.get(`/accounts/${receiver}/notifications?limit=200`);
    return (page["items"] as Json[]).some((item) => item["transferId"] === transferId);
  });
}

const lettersBefore = new Set<string>();

/** The letter that was not there before. */
const newLetter = (): Promise<Letter> =>
  eventually("another letter", async () => {
    const letters = (await recovery.lanes()).flatMap(({ lane, items }) =>
      items.map((item) => ({ ...item, key: `${lane} ${item.id}` })),
    );
    const found = letters.find(({ key }) => !lettersBefore.has(key));
    if (found !== undefined) lettersBefore.add(found.key);
    return found;
  });

describe("a commit that cannot be followed up is parked, and others go on", () => {
  for (const name of [...poisonousCommits, ...strayCommits])
    test(`when it has ${name}`, async () => {
      const victim = await client.accountWith("10.00");
      const poison = await poisonFor(stored, `account-${victim}`, name);
      await write(stored, poison);
      const letter = await newLetter();
      assert.match(letter.reason, poison.reason);
      await assertOthersFlow();
    });
});

describe("a command that cannot be handled is parked, and others go on", () => {
  for (const name of poisonousCommands)
    test(`when it has ${name}`, async () => {
      const victim = await client.accountWith("10.00");
      const poison = poisonousCommand(`account-${victim}`, name);
      await write(stored, poison);
      const letter = await newLetter();
      assert.match(letter.reason, poison.reason);
      await assertOthersFlow();
    });
});

test("all of them written while nothing runs are parked by an instance that starts on them, twice", async () => {
  const services = await startService("local-services", {
    ...anyPorts,
    SALDO_DATA: temporaryDirectory(),
  });
  const apart = storedAt(services.urls.cosmos);
  after(apart.close);
  const environment = functionsOn(services.urls);
  const first = await startService("local-functions", environment);
  const before = clientOf(first.urls.functions);
  const victims = await Promise.all(poisonousCommits.map(() => before.accountWith("10.00")));
  const others = [await before.accountWith("900.00"), await before.accountWith("0")] as const;
  await first.stop();
  for (const [index, name] of poisonousCommits.entries())
    await write(apart, await poisonFor(apart, `account-${victims[index] ?? ""}`, name));
  for (const name of strayCommits)
    await write(apart, await poisonFor(apart, `account-${victims[0] ?? ""}`, name));
  for (const [index, name] of poisonousCommands.entries())
    await write(apart, poisonousCommand(`account-${victims[index % victims.length] ?? ""}`, name));

  const settledOn = async (functions: string): Promise<void> => {
    const body = { to: others[1], amount: "1.00" };
    const sent = await clientOf(functions).post(`/accounts/${others[0]}/transfers`, body);
    assert.equal(sent.body["reached"], "settled");
  };
  const written = poisonousCommits.length + strayCommits.length + poisonousCommands.length;
  const second = await startService("local-functions", environment);
  await eventually("all are parked", async () => {
    const lanes = await recoveryOf(clientOf(second.urls.functions)).lanes();
    return lanes.flatMap(({ items }) => items).length === written;
  });
  await settledOn(second.urls.functions);
  await second.kill();

  const positions = await positionsIn(apart);
  await rewind(apart);
  const third = await startService("local-functions", environment);
  await eventually("everything was delivered again", async () => {
    const reached = await positionsIn(apart);
    return [...positions].every(([id, position]) => (reached.get(id) ?? 0) >= position);
  });
  await settledOn(third.urls.functions);
  await third.stop();
  await services.stop();
});

/** What is parked for what it is can be repaired or discarded: then everything adds up, and its account goes on. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Answer, type Json } from "../support/client.ts";
import { eventually } from "../support/eventually.ts";
import { startLocalSystem } from "../support/local-system.ts";
import {
  type Poison,
  poisonFor,
  poisonousCommand,
  poisonousCommands,
  poisonousCommits,
  strayCommits,
  write,
} from "../support/poison.ts";
import { type Address, recoveryOf } from "../support/recovery.ts";
import { assertConserved } from "../support/transfers.ts";

const { client, stored } = await startLocalSystem();
const recovery = recoveryOf(client);

const known = new Set<string>();

/** The letter that was not there before. */
const newLetter = (): Promise<Address> =>
  eventually("another letter", async () => {
    const letters = (await recovery.lanes()).flatMap(({ lane, items }) =>
      items.map(({ id }) => ({ lane, id })),
    );
    const found = letters.find(({ lane, id }) => !known.has(`${lane} ${id}`));
    if (found !== undefined) known.add(`${found.lane} ${found.id}`);
    return found;
  });

async function parked(poison: Poison): Promise<Address> {
  await write(stored, poison);
  return newLetter();
}

/** What an operator makes of it; nothing is left in the lane. */
function assertDone({ status, body }: Answer): void {
  assert.equal(status, 200, JSON.stringify(body));
  const [replay] = body["lanes"] as Json[];
  assert.equal(replay?.["left"], 0, JSON.stringify(body));
}

const amounts = async (account: string): Promise<readonly unknown[]> => {
  const { status, body } = await client.get(`/accounts/${account}/statement?limit=200`);
  assert.equal(status, 200, JSON.stringify(body));
  return (body["items"] as Json[]).map(({ amount }) => amount);
};

/** The views, the statement and the balances that were say the same, and the account goes on. */
async function assertWhole(
  account: string,
  loads: readonly string[],
  available: string,
): Promise<void> {
  assert.equal((await client.balance(account))["available"], available);
  assert.deepEqual(await amounts(account), loads);
  const at = new Date(Date.now() + 60_000).toISOString();
  const { body } = await client.get(`/accounts/${account}/balance?at=${at}`);
  assert.equal((body["balance"] as Json)["available"], available);
  const next = await client.post(`/accounts/${account}/loads`, { amount: "600.00" });
  assert.equal(next.body["reached"], "settled", JSON.stringify(next.body));
  assert.deepEqual(await amounts(account), [...loads, "600.00"]);
  const sum = (Number(available) + 600).toFixed(4);
  assert.equal(Number((await client.balance(account))["available"]).toFixed(4), sum);
  await assertConserved(client);
}

/** A command that comes upon the poison, and is parked for it. */
async function parkedBehind(account: string): Promise<() => Promise<void>> {
  const loaded = await client.post(`/accounts/${account}/loads`, { amount: "700.00" }, { wait: 0 });
  const lane = `handling:account-${account}`;
  const { id } = await eventually(
    "the command is parked",
    async () => (await recovery.letters(lane))[0],
  );
  known.add(`${lane} ${id}`);
  return async () => {
    assert.deepEqual(await recovery.replay(lane), [{ lane, replayed: 1, left: 0 }]);
    assert.equal((await client.follow(loaded)).body["reached"], "settled");
  };
}

const isInTheWay = (name: string): boolean =>
  ![
    "a version that does not follow",
    "an unknown event",
    "an event of an unknown version",
  ].includes(name);

describe("a commit that cannot be followed up", () => {
  for (const name of poisonousCommits) {
    test(`is repaired when it has ${name}`, async () => {
      const victim = await client.accountWith("10.00");
      const poison = await poisonFor(stored, `account-${victim}`, name);
      const letter = await parked(poison);
      const goOn = isInTheWay(name) ? await parkedBehind(victim) : () => Promise.resolve();
      const { events, outcomes } = poison.good;
      assertDone(await recovery.repair(letter, { events, outcomes }));
      await goOn();
      const loads = isInTheWay(name) ? ["10.00", "5.00", "700.00"] : ["10.00", "5.00"];
      await assertWhole(victim, loads, isInTheWay(name) ? "714.998" : "14.998");
      const { resource } = await stored
        .container("events")
        .item(String(poison.document["id"]), String(poison.document["stream"]))
        .read<Json>();
      assert.deepEqual(resource?.["events"], poison.document["events"], "it is stored as it was");
    });

    test(`is discarded when it has ${name}`, async () => {
      const victim = await client.accountWith("10.00");
      const letter = await parked(await poisonFor(stored, `account-${victim}`, name));
      const goOn = isInTheWay(name) ? await parkedBehind(victim) : () => Promise.resolve();
      assertDone(await recovery.discard(letter));
      await goOn();
      const loads = isInTheWay(name) ? ["10.00", "700.00"] : ["10.00"];
      await assertWhole(victim, loads, isInTheWay(name) ? "709.998" : "9.998");
    });
  }
});

describe("a document that is no commit", () => {
  for (const name of strayCommits)
    test(`is archived and removed when it has ${name}`, async () => {
      const victim = await client.accountWith("10.00");
      const poison = await poisonFor(stored, `account-${victim}`, name);
      const letter = await parked(poison);
      const { body: before } = await recovery.show(letter);
      assert.equal(before["canDiscard"], true);
      assertDone(await recovery.discard(letter, "left by a test"));
      const { status, body } = await recovery.show(letter);
      assert.equal(status, 200);
      assert.equal(body["isWaiting"], false);
      assert.deepEqual(body["message"], JSON.parse(JSON.stringify(poison.document)));
      const [record] = body["records"] as Json[];
      assert.deepEqual(
        [record?.["action"], record?.["effect"], record?.["reason"]],
        ["discard", "removed", "left by a test"],
      );
      const ids = (await stored.all<Json>("events")).map(({ id }) => id);
      if (!/^\d{10}$/.test(String(poison.document["id"])))
        assert.ok(!ids.includes(String(poison.document["id"])), "it is gone");
      await assertWhole(victim, ["10.00"], "9.998");
    });
});

describe("a command that cannot be handled", () => {
  const isCommandOf = ({ document }: Poison, stream: string): boolean =>
    document["stream"] === stream;
  const isAnswered = ({ document, good }: Poison): boolean =>
    ["commandId", "type", "acceptedAt", "actor", "traceparent", "stream"].every((name) =>
      name === "type" ? typeof document[name] === "string" : document[name] === good[name],
    );

  for (const name of poisonousCommands) {
    test(`is repaired when it has ${name}`, async () => {
      const victim = await client.accountWith("10.00");
      const stream = `account-${victim}`;
      const poison = poisonousCommand(stream, name);
      const letter = await parked(poison);
      const isNamed = /^(invoice-1|account-.{16})$/.test(String(poison.document["stream"]));
      if (isNamed && !isCommandOf(poison, stream)) {
        const { status } = await recovery.repair(letter, poison.good);
        assert.equal(status, 400, "a command does not change its stream");
        assertDone(await recovery.discard(letter));
        return;
      }
      assertDone(await recovery.repair(letter, poison.good));
      const { body } = await client.get(`/accounts/${victim}`);
      assert.equal((body["balance"] as Json)["available"], "14.997");
      await assertWhole(victim, ["10.00", "5.00"], "14.997");
    });

    test(`is discarded when it has ${name}`, async () => {
      const victim = await client.accountWith("10.00");
      const stream = `account-${victim}`;
      const poison = poisonousCommand(stream, name);
      const letter = await parked(poison);
      assertDone(await recovery.discard(letter));
      if (isAnswered(poison)) {
        const id = String(poison.document["id"]);
        const path = `/commands/${stream}/${id}`;
        const { body } = await client.get(path);
        if (typeof poison.document["data"] === "object" && poison.document["data"] !== null)
          assert.equal(
            (body["rejection"] as Json | undefined)?.["code"],
            "discarded",
            JSON.stringify(body),
          );
      }
      await assertWhole(victim, ["10.00"], "9.998");
    });
  }
});

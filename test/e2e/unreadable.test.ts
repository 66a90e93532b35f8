/** What is stored and cannot be read is told about by a problem, or left out of a list and counted: never an empty 500. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Container } from "@azure/cosmos";
import { containers } from "../../src/containers.ts";
import { type Answer, type Json } from "../support/client.ts";
import { eventually } from "../support/eventually.ts";
import { startLocalSystem } from "../support/local-system.ts";
import { poisonFor, poisonousCommand, write } from "../support/poison.ts";
import { recoveryOf } from "../support/recovery.ts";
import { assertConserved, transfersOf } from "../support/transfers.ts";

const { client, stored } = await startLocalSystem();
const recovery = recoveryOf(client);
const transfers = transfersOf(client);

function assertUnreadable({ status, headers, body }: Answer): void {
  assert.equal(status, 500, JSON.stringify(body));
  assert.equal(headers.get("content-type"), "application/problem+json");
  assert.equal(body["code"], "unreadable");
}

/** The document as it is while something is wrong with it; put back afterwards. */
async function damaged(
  container: Container,
  [id, partition]: readonly [id: string, partition: string],
  damage: Json,
  look: () => Promise<void>,
): Promise<void> {
  const item = container.item(id, partition);
  const { resource } = await item.read<Json>();
  assert.ok(resource, `${container.id} has ${id}`);
  await item.replace({ ...resource, ...damage });
  try {
    await look();
  } finally {
    await item.replace(resource);
  }
}

describe("a commit that is none", () => {
  for (const name of [
    "no instant",
    "an instant that is none",
    "an instant that is a number",
    "no outcomes",
    "a known event without its data",
    "another number than its id",
    "a commit of another stream's shape",
  ])
    test(`keeps only its stream's commands from being handled, when it has ${name}`, async () => {
      const victim = await client.accountWith("10.00");
      const stream = `account-${victim}`;
      const poison = await poisonFor(stored, stream, name);
      await write(stored, poison);
      const loaded = await client.post(
        `/accounts/${victim}/loads`,
        { amount: "1.00" },
        { wait: 0 },
      );
      const [letter] = await eventually("the command is parked", async () => {
        const letters = await recovery.letters(`handling:${stream}`);
        return letters.length === 1 && letters;
      });
      assert.match(
        letter?.reason ?? "",
        new RegExp(`events/${stream}/${String(poison.document["id"])}`),
      );
      assert.equal((await client.follow(loaded, { wait: 0 })).body["status"], "parked");
    });

  test("makes its account's statement and past balances a problem, and nobody else's", async () => {
    const [victim, other] = [await client.accountWith("10.00"), await client.accountWith("20.00")];
    const poison = await poisonFor(stored, `account-${victim}`, "a known event without its data");
    await write(stored, poison);
    const at = new Date(Date.now() + 60_000).toISOString();
    for (const path of ["/statement", `/balance?at=${at}`]) {
      assertUnreadable(await client.get(`/accounts/${victim}${path}`));
      assert.equal((await client.get(`/accounts/${other}${path}`)).status, 200);
    }
    const before = new Date(Date.parse(String(poison.document["at"])) - 1).toISOString();
    const { body } = await client.get(`/accounts/${victim}/balance?at=${before}`);
    assert.equal((body["balance"] as Json)["available"], "9.998");
  });

  test("is no movement and no balance when it claims no number", async () => {
    const victim = await client.accountWith("10.00");
    const stream = `account-${victim}`;
    const later = new Date(Date.now() + 1_000).toISOString();
    for (const id of ["stray-1", "stray-2", "stray-3"])
      await stored.container("events").items.create({ id, stream, at: later });
    await client.post(`/accounts/${victim}/loads`, { amount: "600.00" });
    const at = new Date(Date.now() + 60_000).toISOString();
    const { body } = await client.get(`/accounts/${victim}/balance?at=${at}`);
    assert.equal((body["balance"] as Json)["available"], "609.998");
    const { body: page } = await client.get(`/accounts/${victim}/statement?limit=1`);
    const { body: next } = await client.get(
      `/accounts/${victim}/statement?limit=1&after=${encodeURIComponent(String(page["next"]))}`,
    );
    assert.deepEqual(
      [page, next].map(({ items }) => (items as Json[]).map(({ amount }) => amount)),
      [["10.00"], ["600.00"]],
    );
  });
});

test("a command that is none has no status, but a problem", async () => {
  const victim = await client.accountWith("10.00");
  const stream = `account-${victim}`;
  for (const name of ["no type", "no instant", "data that is null"]) {
    const poison = poisonousCommand(stream, name);
    await write(stored, poison);
    assertUnreadable(await client.get(`/commands/${stream}/${String(poison.document["id"])}`));
  }
});

test("a command of a category that is not known here is shown as it waits, parked", async () => {
  const poison = poisonousCommand("account-nobody", "a stream of an unknown category");
  await write(stored, poison);
  const { id, stream } = poison.document as { readonly id: string; readonly stream: string };
  await eventually("it is parked", async () => {
    const { status, body } = await client.as("operator").get(`/commands/${stream}/${id}`);
    assert.equal(status, 202, JSON.stringify(body));
    return body["status"] === "parked";
  });
});

test("an account whose view is damaged is in no sum, and makes the totals doubtful until it is whole", async () => {
  const [victim, other] = [await client.accountWith("10.00"), await client.accountWith("20.00")];
  const { body: before } = await client.get("/operator/totals");
  const damage = { loadedE4: null, availableE4: "much" };
  await damaged(stored.container("accounts"), [victim, victim], damage, async () => {
    assertUnreadable(await client.get(`/accounts/${victim}`));
    assert.equal((await client.get(`/accounts/${other}`)).status, 200);
    const { status, body } = await client.get("/operator/totals");
    assert.equal(status, 200);
    assert.deepEqual(
      [body["unreadable"], body["conserved"], body["accounts"]],
      [1, false, Number(before["accounts"]) - 1],
    );
    assert.equal(Number(body["loaded"]).toFixed(2), (Number(before["loaded"]) - 10).toFixed(2));
  });
  await assertConserved(client);
});

test("a transfer whose view is damaged is left out of the lists, and shown as its stream tells it", async () => {
  const [from, to] = [await client.accountWith("5000.00"), await client.accountWith("0")];
  const [damagedId, wholeId] = [
    await transfers.request(from, to, "1000.00"),
    await transfers.request(from, to, "1000.00"),
  ];
  const views = stored.container("transfers");
  for (const damage of [{ transfer: null }, { version: null }, { updatedAt: "soon" }])
    await damaged(views, [damagedId, damagedId], damage, async () => {
      for (const path of ["approvals", "processes"]) {
        const { status, body } = await client.get(`/operator/${path}`);
        assert.equal(status, 200);
        assert.equal(body["unreadable"], 1);
        const ids = (body["items"] as Json[]).map(({ transferId }) => transferId);
        assert.deepEqual(ids, [wholeId]);
      }
      assert.equal((await transfers.show(damagedId)).status, "awaiting_approval");
      if (damage.transfer === null) assertUnreadable(await transfers.approve(damagedId));
    });
  assert.equal((await client.get("/operator/approvals")).body["unreadable"], undefined);
});

test("notifications that are damaged are passed over; a damaged count is a problem of its account", async () => {
  const [from, to] = [await client.accountWith("10.00"), await client.accountWith("0")];
  const send = (amount: string): Promise<Answer> =>
    client.post(`/accounts/${from}/transfers`, { to, amount });
  await send("1.00");
  await send("2.00");
  const page = (): Promise<Answer> => client.get(`/accounts/${to}/notifications`);
  const items = await eventually("both notifications", async () => {
    const found = (await page()).body["items"] as Json[];
    return found.length === 2 && found;
  });
  const notifications = stored.container("notifications");
  const id = String(items[0]?.["notificationId"]);
  await damaged(notifications, [id, to], { type: null }, async () => {
    const { body } = await page();
    assert.deepEqual([(body["items"] as Json[]).length, body["next"]], [1, "2"]);
  });
  await damaged(notifications, ["count", to], { last: "many" }, async () => {
    assertUnreadable(await page());
  });
  assert.equal(((await page()).body["items"] as Json[]).length, 2);
});

test("a damaged slice of a day's revenue is in no sum, and counted", async () => {
  await client.accountWith("10.00");
  const day = new Date().toISOString().slice(0, 10);
  const path = `/operator/revenue?from=${day}&to=${day}`;
  const slices = await eventually("some revenue", async () => {
    const all = await stored.all<Json>("dailyRevenue");
    const found = all.filter(({ day: its }) => its !== undefined);
    return found.length > 0 && found;
  });
  const [slice] = slices;
  const container = stored.container("dailyRevenue");
  assert.equal(container.id, containers.dailyRevenue.id);
  await damaged(
    container,
    [slice?.id ?? "", String(slice?.["slice"])],
    { feesE4: null },
    async () => {
      const { status, body } = await client.get(path);
      assert.equal(status, 200);
      assert.equal(body["unreadable"], 1);
    },
  );
  assert.equal((await client.get(path)).body["unreadable"], undefined);
});

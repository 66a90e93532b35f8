/** What a decision about a parked message changes, whatever comes in between, and what it does not. */
import assert from "node:assert/strict";
import { afterEach, describe, test } from "node:test";
import type { FaultRule } from "../../emulator/cosmos/faults.ts";
import type { Commit } from "../../src/kernel/messages/commit.ts";
import { type Answer, type Json } from "../support/client.ts";
import { eventually } from "../support/eventually.ts";
import { positionsIn, rewind } from "../support/leases.ts";
import { startLocalSystem } from "../support/local-system.ts";
import { type Poison, poisonFor, poisonousCommand, write } from "../support/poison.ts";
import { type Address, recoveryOf } from "../support/recovery.ts";
import { subscribeToAll } from "../support/subscriber.ts";
import { assertConserved, transfersOf } from "../support/transfers.ts";

const { client, control, stored, eventGridUrl } = await startLocalSystem();
const recovery = recoveryOf(client);
const transfers = transfersOf(client);
const subscriber = await subscribeToAll(eventGridUrl);
afterEach(() => control.clear());

const damaged = "a known event without its data";

async function parkedIn(lane: string): Promise<Address> {
  const { id } = await eventually(
    `a letter in ${lane}`,
    async () => (await recovery.letters(lane))[0],
  );
  return { lane, id };
}

/** A victim with 10.00 and a commit that should have loaded 5.00. */
async function poisoned(
  name = damaged,
): Promise<{ victim: string; poison: Poison; letter: Address }> {
  const victim = await client.accountWith("10.00");
  const poison = await poisonFor(stored, `account-${victim}`, name);
  await write(stored, poison);
  return { victim, poison, letter: await parkedIn(`projecting:account-${victim}`) };
}

const repairOf = ({ good }: Poison): Json => ({
  events: good["events"],
  outcomes: good["outcomes"],
});

function assertDone({ status, body }: Answer): void {
  assert.equal(status, 200, JSON.stringify(body));
  assert.equal((body["lanes"] as Json[])[0]?.["left"], 0, JSON.stringify(body));
}

const available = async (account: string): Promise<unknown> =>
  (await client.balance(account))["available"];

const corrections = async (account: string): Promise<readonly Commit[]> =>
  (await stored.all<Commit>("events")).filter(
    ({ stream, corrects }) => stream === `account-${account}` && corrects !== undefined,
  );

/** Everything is delivered again, and as it was. */
async function deliveredAgain(): Promise<void> {
  const positions = await positionsIn(stored);
  await rewind(stored);
  await eventually("everything was delivered again", async () => {
    await control.advanceClock(5_000);
    const reached = await positionsIn(stored);
    return [...positions].every(([id, position]) => (reached.get(id) ?? 0) >= position);
  });
}

const published = (id: string): Promise<Json> =>
  eventually(`${id} is published`, () =>
    Promise.resolve(subscriber.events.find((event) => event["id"] === id)),
  );

describe("others hear", () => {
  test("of what a commit was repaired to, once", async () => {
    const { victim, poison, letter } = await poisoned();
    assertDone(await recovery.repair(letter, repairOf(poison)));
    const { type, data, time } = await published(`account-${victim}/3`);
    assert.deepEqual([type, time], ["saldo.credits.loaded.v1", poison.good["at"]]);
    assert.equal((data as Json)["amount"], "5.00");
  });

  test("that the commands of a discarded commit are rejected", async () => {
    const { victim, poison, letter } = await poisoned();
    assertDone(await recovery.discard(letter));
    const [id] = poison.good["commandIds"] as string[];
    const { type, data } = await published(`account-${victim}/${id ?? ""}`);
    assert.equal(type, "saldo.command.rejected.v1");
    assert.equal((data as Json)["code"], "discarded");
    await eventually("the owner is notified", async () => {
      const { body } = await client.get(`/accounts/${victim}/notifications`);
      return (body["items"] as Json[]).some(({ type: kind }) => kind === "request_rejected");
    });
  });
});

function nested(levels: number): unknown {
  return levels === 0 ? 1 : [nested(levels - 1)];
}

describe("a repair is refused, and changes nothing,", () => {
  const [event] = [
    (good: Json, change: Json): Json => {
      const [first] = good["events"] as { readonly data: Json }[];
      return { ...first, data: { ...first?.data, ...change } };
    },
  ];
  const cases: Readonly<Record<string, readonly [(good: Json) => Json, number, RegExp]>> = {
    "when a balance is not the sum of what moved": [
      (good) => ({ ...good, events: [event(good, { amountE4: 4_0000 })] }),
      422,
      /commit 3, events\.0\.data\.balance\.availableE4: must be 139980/,
    ],
    "when it has more events than others have counted": [
      (good) => {
        const more = { ...event(good, { balance: { availableE4: 19_9980, inFlightE4: 0 } }) };
        const [outcome] = good["outcomes"] as Json[];
        return { events: [event(good, {}), more], outcomes: [{ ...outcome, events: 2 }] };
      },
      422,
      /room for 1/,
    ],
    "when it breaks an invariant": [
      (good) => ({
        ...good,
        events: [
          { type: "TransferSettled", v: 1, data: { transferId: "a-b", from: "a", to: "b" } },
        ],
      }),
      400,
      /message\.events\.0\.data\.amountE4/,
    ],
    "when its instant is not between its neighbours'": [
      (good) => ({ ...good, at: "2020-01-01T00:00:00.000Z" }),
      422,
      /^at: must be between/,
    ],
    "when it is of another number": [
      (good) => ({ ...good, id: "0000000009" }),
      400,
      /message\.id: must be 0000000003/,
    ],
    "when it is of another stream": [
      (good) => ({ ...good, stream: "account-other" }),
      400,
      /message\.stream: must be account-/,
    ],
    "when it is empty": [() => ({}), 400, /message\.events/],
    "when it nests deeper than a document may": [
      (good) => ({ ...good, events: [event(good, { more: nested(150) })] }),
      400,
      /^body: must have at most 100 levels/,
    ],
  };

  for (const [when, [message, status, detail]] of Object.entries(cases))
    test(when, async () => {
      const { victim, poison, letter } = await poisoned();
      const { events, outcomes } = poison.good;
      const answer = await recovery.repair(letter, message({ events, outcomes }));
      assert.equal(answer.status, status, JSON.stringify(answer.body));
      assert.match(String(answer.body["detail"]), detail);
      assert.deepEqual(await corrections(victim), []);
      const { body } = await recovery.show(letter);
      assert.equal(body["decision"], undefined);
      assertDone(await recovery.discard(letter));
    });

  test("without a reason, or with one that is too long", async () => {
    const { poison, letter } = await poisoned();
    for (const reason of ["", " ", "x".repeat(501)]) {
      assert.equal((await recovery.repair(letter, repairOf(poison), reason)).status, 400);
      assert.equal((await recovery.discard(letter, reason)).status, 400);
    }
    assertDone(await recovery.discard(letter, "x".repeat(500)));
  });
});

describe("several operators at once", () => {
  test("decide once: whoever comes late is told", async () => {
    const { victim, poison, letter } = await poisoned();
    const answers = await Promise.all([
      recovery.repair(letter, repairOf(poison)),
      recovery.repair(letter, repairOf(poison)),
      recovery.discard(letter),
      recovery.discard(letter),
    ]);
    const statuses = answers.map(({ status }) => status);
    assert.equal(statuses.filter((status) => status === 200).length, 1, statuses.join());
    assert.ok(
      statuses.every((status) => [200, 404, 409].includes(status)),
      statuses.join(),
    );
    assert.equal((await corrections(victim)).length, 1);
    const isRepaired = statuses.slice(0, 2).includes(200);
    assert.equal(await available(victim), isRepaired ? "14.998" : "9.998");
    const { body } = await recovery.show(letter);
    assert.equal((body["records"] as Json[]).length, 1);
    assert.equal((await recovery.discard(letter)).status, 404);
  });
});

/** What comes while a lane is replayed may be parked in it; a timer lets it go on, too. */
const untilNothingIsParked = (): Promise<boolean> =>
  eventually("nothing is parked", async () => {
    await recovery.replay();
    return (await recovery.lanes()).length === 0;
  });

/** Each write that a decision makes, in turn, is refused for a while, or done without an answer. */
const writes: Readonly<Record<string, FaultRule["match"]>> = {
  "the decision": { operation: "replace", container: "dead-letters" },
  "the correction": { operation: "create", container: "events" },
  "the view": { operation: "replace", container: "accounts" },
  "the record": { operation: "create", container: "dead-letters" },
  "the removal of the letter": { operation: "delete", container: "dead-letters" },
};

describe("a decision that is interrupted", () => {
  for (const [what, match] of Object.entries(writes))
    for (const effect of [{ kind: "status", status: 503 }, { kind: "drop_reply" }] as const)
      for (const action of ["repair", "discard"] as const)
        test(`at ${what} (${effect.kind}) is carried out once by a repetition: ${action}`, async () => {
          const { victim, poison, letter } = await poisoned();
          const act = (): Promise<Answer> =>
            action === "repair"
              ? recovery.repair(letter, repairOf(poison))
              : recovery.discard(letter);
          const fault = await control.fault({ match, effect });
          const first = await act();
          assert.ok([200, 503].includes(first.status), JSON.stringify(first.body));
          assert.ok((await control.hits(fault)) > 0, "it was in the way");
          await control.clear();
          const { body: kept } = await recovery.show(letter);
          if (kept["isWaiting"] === true && kept["decision"] === undefined) await act();
          await untilNothingIsParked();
          assert.equal((await corrections(victim)).length, 1);
          assert.equal(await available(victim), action === "repair" ? "14.998" : "9.998");
          const { body } = await recovery.show(letter);
          assert.equal((body["records"] as Json[]).length, 1, JSON.stringify(body));
          const loaded = await client.post(`/accounts/${victim}/loads`, { amount: "600.00" });
          assert.equal(loaded.body["reached"], "settled");
          await assertConserved(client);
        });

  for (const match of [
    { operation: "upsert", container: "dead-letters" },
    { operation: "delete", container: "events" },
    { operation: "create", container: "dead-letters" },
  ] as const)
    test(`amid the removal of a document, at ${match.operation} in ${match.container}`, async () => {
      const { victim, letter, poison } = await poisoned("no outcomes");
      await control.fault({ match, effect: { kind: "status", status: 503 } });
      assert.equal((await recovery.discard(letter)).status, 503);
      await control.clear();
      await recovery.replay();
      const { body } = await recovery.show(letter);
      assert.deepEqual(body["message"], JSON.parse(JSON.stringify(poison.document)));
      assert.deepEqual(
        (body["records"] as Json[]).map(({ effect }) => effect),
        ["removed"],
      );
      const loaded = await client.post(`/accounts/${victim}/loads`, { amount: "600.00" });
      assert.equal(loaded.body["reached"], "settled");
    });
});

describe("what was decided counts when everything is delivered again", () => {
  test("of damaged commits and commands, repaired and discarded", async () => {
    const [one, other] = [await poisoned(), await poisoned()];
    assertDone(await recovery.repair(one.letter, repairOf(one.poison)));
    assertDone(await recovery.discard(other.letter));
    const victim = await client.accountWith("10.00");
    for (const action of ["repair", "discard"] as const) {
      const poison = poisonousCommand(`account-${victim}`, "data without what it needs");
      await write(stored, poison);
      const letter = await parkedIn(`handling:account-${victim}`);
      assertDone(
        action === "repair"
          ? await recovery.repair(letter, poison.good)
          : await recovery.discard(letter),
      );
    }
    const seen = async (): Promise<unknown> =>
      Promise.all(
        [one.victim, other.victim, victim].map(
          async (id) => (await client.get(`/accounts/${id}`)).body,
        ),
      );
    const before = await seen();
    await deliveredAgain();
    assert.deepEqual(await seen(), before);
    assert.deepEqual(await recovery.lanes(), []);
    await assertConserved(client);
  });

  test("of a transfer that was discarded: the receiver gets nothing", async () => {
    const [from, to] = [await client.accountWith("10.00"), await client.accountWith("0")];
    await control.fault({
      match: { operation: "replace", container: "accounts", documentId: from },
      effect: { kind: "status", status: 413 },
    });
    const sent = await client.post(
      `/accounts/${from}/transfers`,
      { to, amount: "5.00" },
      { wait: 0 },
    );
    const letter = await parkedIn(`projecting:account-${from}`);
    await control.clear();
    assertDone(await recovery.discard(letter));
    await deliveredAgain();
    assert.deepEqual([await available(from), await available(to)], ["9.998", "0.00"]);
    const { body } = await client.follow(sent, { wait: 0 });
    assert.equal((body["rejection"] as Json)["code"], "discarded");
    assert.deepEqual(await recovery.lanes(), []);
    const again = await client.post(`/accounts/${from}/transfers`, { to, amount: "9.00" });
    assert.equal(again.body["reached"], "settled");
    await assertConserved(client);
  });
});

describe("views that were spoiled before", () => {
  test("of an account are built anew by the repair, and by the next commit", async () => {
    const victim = await client.accountWith("10.00");
    const item = stored.container("accounts").item(victim, victim);
    const spoil = async (): Promise<void> => {
      await item.patch([
        { op: "set", path: "/loadedE4", value: null },
        { op: "set", path: "/availableE4", value: null },
      ]);
    };
    await spoil();
    await client.post(`/accounts/${victim}/loads`, { amount: "600.00" });
    assert.equal(await available(victim), "609.998");
    await spoil();
    const poison = await poisonFor(stored, `account-${victim}`, damaged);
    await write(stored, poison);
    assertDone(
      await recovery.repair(await parkedIn(`projecting:account-${victim}`), repairOf(poison)),
    );
    assert.equal(await available(victim), "614.998");
    await assertConserved(client);
  });

  test("of a transfer are built anew, and it can be decided about", async () => {
    const [from, to] = [await client.accountWith("5000.00"), await client.accountWith("0")];
    const id = await transfers.request(from, to, "1000.00");
    const item = stored.container("events").item("0000000003", `account-${from}`);
    const { resource: whole } = await item.read<Commit>();
    assert.ok(whole);
    const [event] = whole.events;
    await item.replace({ ...whole, events: [{ ...event, data: { transferId: id } }] });
    await stored
      .container("transfers")
      .item(id, id)
      .patch([{ op: "set", path: "/transfer", value: null }]);
    const letter = await parkedIn(`projecting:account-${from}`);
    assert.equal((await client.get("/operator/approvals")).body["unreadable"], 1);
    const { events, outcomes } = whole;
    assertDone(await recovery.repair(letter, { events, outcomes }));
    assert.equal((await client.get("/operator/approvals")).body["unreadable"], undefined);
    await transfers.approve(id);
    await transfers.until(id, "settled");
    await assertConserved(client);
  });
});

test("decisions are carried out in the order of the lane", async () => {
  const { victim, poison, letter } = await poisoned();
  const second = await poisonFor(stored, `account-${victim}`, damaged);
  const next = { ...second.document, id: "0000000004", number: 4, version: 4 };
  await write(stored, { ...second, document: next });
  const later = { lane: letter.lane, id: "0000000004" };
  await eventually("both wait", async () => (await recovery.letters(letter.lane)).length === 2);
  assert.equal((await recovery.discard(later)).status, 409, "it only waits");
  assert.equal((await recovery.replay(letter.lane))[0]?.left, 2);
  const repaired = await recovery.repair(letter, repairOf(poison));
  assert.equal(
    (repaired.body["lanes"] as Json[])[0]?.["left"],
    2,
    "the second, and the correction behind it",
  );
  assertDone(await recovery.discard(later));
  assert.equal(await available(victim), "14.998");
  await assertConserved(client);
});

test("what is parked is listed with a limit, and counted beyond it", async () => {
  const victims = await Promise.all([1, 2, 3].map(() => poisoned()));
  const { body } = await client.get("/operator/dead-letters?limit=2");
  assert.equal(body["total"], 3);
  assert.equal((body["lanes"] as Json[]).flatMap(({ items }) => items).length, 2);
  const lane = victims[2]?.letter.lane ?? "";
  const { body: one } = await client.get(`/operator/dead-letters?lane=${lane}`);
  assert.deepEqual(
    (one["lanes"] as Json[]).map((each) => [each["lane"], each["count"]]),
    [[lane, 1]],
  );
  for (const wrong of ["limit=0", "limit=1001", "limit=1e1", "limit=x", "lane="])
    assert.equal((await client.get(`/operator/dead-letters?${wrong}`)).status, 400, wrong);
  for (const { letter } of victims) assertDone(await recovery.discard(letter));
  assert.equal((await client.get("/operator/dead-letters")).body["total"], 0);
});

/** What cannot be handled is parked, in order and with its reason; the rest flows; a replay makes good for it. */
import assert from "node:assert/strict";
import { randomBytes, randomUUID } from "node:crypto";
import { afterEach, describe, test } from "node:test";
import { type Answer } from "../support/client.ts";
import { eventually } from "../support/eventually.ts";
import { startLocalSystem } from "../support/local-system.ts";
import { type Letter, recoveryOf } from "../support/recovery.ts";

const { client, control, stored } = await startLocalSystem();
const recovery = recoveryOf(client);
afterEach(() => control.clear());

/** No commit of this account can be stored, ever. */
const refuseCommits = (account: string): Promise<string> =>
  control.fault({
    match: { operation: "create", container: "events", partitionKey: `account-${account}` },
    effect: { kind: "status", status: 413 },
  });

/** No command is handled until the fault is cleared. */
const holdCommands = (): Promise<string> =>
  control.fault({
    match: { operation: "feed", container: "commands" },
    effect: { kind: "status", status: 503, retryAfterMs: 100 },
  });

const postLoad = (account: string, amount: string, traceparent = ""): Promise<Answer> =>
  client.post(`/accounts/${account}/loads`, { amount }, { wait: 0, headers: { traceparent } });

const untilParked = (lane: string, count: number): Promise<readonly Letter[]> =>
  eventually(`${count} letters in ${lane}`, async () => {
    const letters = await recovery.letters(lane);
    return letters.length === count && letters;
  });

async function movements(account: string): Promise<(string | undefined)[][]> {
  const { body } = await client.get(`/accounts/${account}/statement?limit=200`);
  const items = body["items"] as Record<string, string>[];
  return items.map(({ type, amount }) => [type, amount]);
}

async function statusOf(answer: Answer): Promise<unknown> {
  return (await client.follow(answer, { wait: 0 })).body["status"];
}

async function assertConserved(inFlight: string): Promise<void> {
  const { body } = await client.get("/operator/totals");
  assert.equal(body["conserved"], true, JSON.stringify(body));
  assert.equal(body["inFlight"], inFlight);
}

describe("when the handling of one stream fails for good", () => {
  test("its commands are parked in order, others flow, and a replay handles them in order", async () => {
    const broken = await client.accountWith("0");
    const [sender, receiver] = [await client.accountWith("10.00"), await client.accountWith("0")];
    const lane = `handling:account-${broken}`;
    await refuseCommits(broken);
    const traces = [1, 2, 3].map(
      () => `00-${randomBytes(16).toString("hex")}-${randomBytes(8).toString("hex")}-01`,
    );
    const posted: Answer[] = [];
    for (const [index, trace] of traces.entries()) {
      posted.push(await postLoad(broken, `${index + 1}.00`, trace));
      await untilParked(lane, index + 1);
    }
    const letters = await recovery.letters(lane);
    assert.deepEqual(
      letters.map(({ id, attempts, traceparent }) => [id, attempts, traceparent]),
      posted.map(({ body }, index) => [body["commandId"], index === 0 ? 3 : 0, traces[index]]),
    );
    assert.match(letters[0]?.reason ?? "", /^DocumentRefused: .*413/);
    for (const { reason } of letters.slice(1)) assert.match(reason, /^waits behind/);
    const [parked] = await recovery.lanes();
    assert.equal(parked?.stage, "handling");
    assert.equal(parked.stream, `account-${broken}`);
    assert.equal(parked.parkedSince, letters[0]?.parkedAt);
    for (const answer of posted) assert.equal(await statusOf(answer), "parked");

    const transfer = (to: string, amount: string, wait: number): Promise<Answer> =>
      client.post(`/accounts/${sender}/transfers`, { to, amount }, { wait });
    assert.equal((await transfer(receiver, "1.00", 20)).body["reached"], "settled");
    const stuck = await transfer(broken, "4.00", 0);
    await untilParked(lane, 4);
    assert.equal((await client.follow(stuck, { wait: 0 })).body["reached"], "visible");
    assert.equal((await client.balance(sender))["inFlight"], "4.00");
    await assertConserved("4.00");

    await control.clear();
    assert.deepEqual(await recovery.replay(lane), [{ lane, replayed: 4, left: 0 }]);
    for (const answer of [...posted, stuck])
      assert.equal((await client.follow(answer)).body["status"], "accepted");
    assert.deepEqual(await movements(broken), [
      ["load", "1.00"],
      ["load", "2.00"],
      ["load", "3.00"],
      ["transfer_in", "4.00"],
    ]);
    assert.deepEqual(await recovery.lanes(), []);
    assert.deepEqual(await recovery.replay(), []);
    await assertConserved("0.00");

    const later = await client.post(`/accounts/${broken}/loads`, { amount: "5.00" });
    assert.equal(later.body["reached"], "settled");
    assert.deepEqual((await movements(broken)).at(-1), ["load", "5.00"]);
  });

  test("a replay while the cause persists leaves everything in its place, and says why", async () => {
    const broken = await client.accountWith("0");
    const lane = `handling:account-${broken}`;
    await refuseCommits(broken);
    const posted = [await postLoad(broken, "1.00"), await postLoad(broken, "2.00")];
    const before = await untilParked(lane, 2);
    const [result] = await recovery.replay(lane);
    assert.deepEqual([result?.lane, result?.replayed, result?.left], [lane, 0, 2]);
    assert.match(result?.reason ?? "", /DocumentRefused: .*413/);
    const [first, second] = before;
    const after = await recovery.letters(lane);
    assert.deepEqual(after, [{ ...first, attempts: 4 }, second], "it was one more attempt");
    for (const answer of posted) assert.equal(await statusOf(answer), "parked");
    await control.clear();
    assert.deepEqual(await recovery.replay(), [{ lane, replayed: 2, left: 0 }]);
    assert.deepEqual(await movements(broken), [
      ["load", "1.00"],
      ["load", "2.00"],
    ]);
  });

  test("two operators who replay at once do everything once", async () => {
    const broken = await client.accountWith("0");
    const lane = `handling:account-${broken}`;
    await refuseCommits(broken);
    for (let index = 1; index <= 20; index += 1) await postLoad(broken, `${index}.00`);
    await untilParked(lane, 20);
    await control.clear();
    await Promise.all([recovery.replay(), recovery.replay(), recovery.replay()]);
    assert.deepEqual(await recovery.lanes(), []);
    const expected = Array.from({ length: 20 }, (_, index) => ["load", `${index + 1}.00`]);
    assert.deepEqual(await movements(broken), expected);
  });

  test("a full partition is a reason to park, also when many streams run into it in one moment", async () => {
    const accounts = await Promise.all(Array.from({ length: 8 }, () => client.accountWith("0")));
    const held = await holdCommands();
    for (const account of accounts) await postLoad(account, "1.00");
    await control.fault({
      match: { operation: "create", container: "events" },
      effect: { kind: "status", status: 403, substatus: 1014 },
    });
    await control.clear(held);
    for (const account of accounts) {
      const [letter] = await untilParked(`handling:account-${account}`, 1);
      assert.match(letter?.reason ?? "", /^DocumentRefused/);
    }
    await control.clear();
    assert.equal((await recovery.replay()).length, accounts.length);
    for (const account of accounts) assert.deepEqual(await movements(account), [["load", "1.00"]]);
  });

  test("what fails once or twice and then succeeds is handled, not parked", async () => {
    const account = await client.accountWith("0");
    await control.fault({
      match: { operation: "create", container: "events", partitionKey: `account-${account}` },
      effect: { kind: "status", status: 413 },
      times: 2,
    });
    const loaded = await client.post(`/accounts/${account}/loads`, { amount: "1.00" });
    assert.equal(loaded.body["status"], "accepted");
    assert.deepEqual(await recovery.lanes(), []);
  });

  test("what can be neither handled nor parked at the moment waits, and is not lost", async () => {
    const broken = await client.accountWith("0");
    const lane = `handling:account-${broken}`;
    await refuseCommits(broken);
    const notParkable = await control.fault({
      match: { operation: "create", container: "dead-letters" },
      effect: { kind: "status", status: 503 },
    });
    const posted = await postLoad(broken, "1.00");
    assert.equal((await client.follow(posted, { wait: 1 })).body["status"], "pending");
    await control.clear(notParkable);
    await untilParked(lane, 1);
    await control.clear();
    assert.deepEqual(await recovery.replay(lane), [{ lane, replayed: 1, left: 0 }]);
    assert.equal((await client.follow(posted)).body["status"], "accepted");
  });

  test("a command that is being parked during a replay is not overtaken by later ones", async () => {
    const account = await client.accountWith("0");
    const lane = `handling:account-${account}`;
    const cause = await refuseCommits(account);
    await postLoad(account, "1.00");
    await untilParked(lane, 1);
    // The second command finds the lane parked, but its letter takes its time; meanwhile the lane is replayed.
    const held = await holdCommands();
    const second = await postLoad(account, "2.00");
    const documentId = String(second.body["commandId"]);
    const slowly = await control.fault({
      match: { operation: "create", container: "dead-letters", documentId },
      effect: { kind: "delay", ms: 600_000 },
    });
    await control.clear(held);
    await eventually("the second is being parked", async () => (await control.hits(slowly)) > 0);
    await control.clear(cause);
    await recovery.replay(lane);
    await control.advanceClock(600_000);
    const third = await postLoad(account, "3.00");
    const isAnswered = async (): Promise<boolean> => (await statusOf(third)) !== "pending";
    await eventually("the third is handled or parked", isAnswered);
    await eventually("no lane is left", async () => (await recovery.replay()).length === 0);
    for (const answer of [second, third])
      assert.equal((await client.follow(answer)).body["status"], "accepted");
    assert.deepEqual(await movements(account), [
      ["load", "1.00"],
      ["load", "2.00"],
      ["load", "3.00"],
    ]);
  });
});

describe("a document in commands that cannot be handled by this version of the code", () => {
  const write = async (document: Record<string, unknown>): Promise<string> => {
    const id = randomUUID();
    await stored.container("commands").items.create({ id, commandId: id, ...document });
    return id;
  };
  const unknownCommand = (stream: string): Record<string, unknown> => ({
    stream,
    type: "LevyTax",
    data: {},
    acceptedAt: new Date().toISOString(),
    actor: "somebody",
    correlationId: "c",
    causationId: "c",
    traceparent: `00-${"a".repeat(32)}-${"b".repeat(16)}-01`,
    fingerprint: "f",
    resource: "/api/nothing",
  });

  test("is parked, not lost; what came before it is handled, what comes after waits", async () => {
    const account = await client.accountWith("0");
    const stream = `account-${account}`;
    const held = await holdCommands();
    const before = await postLoad(account, "1.00");
    const unknown = await write(unknownCommand(stream));
    const behind = await postLoad(account, "2.00");
    await control.clear(held);
    const lane = `handling:${stream}`;
    const letters = await untilParked(lane, 2);
    assert.deepEqual(
      letters.map(({ id, attempts, traceparent }) => [id, attempts, traceparent.length]),
      [
        [unknown, 1, 55],
        [behind.body["commandId"], 0, 55],
      ],
    );
    assert.match(letters[0]?.reason ?? "", /^Malformed: .*LevyTax/);
    assert.equal((await client.follow(before)).body["status"], "accepted");
    const { body } = await client.get(`/commands/${stream}/${unknown}`);
    assert.equal(body["status"], "parked");
    assert.equal(await statusOf(behind), "parked");
    const [{ reason = "", ...replay } = { reason: undefined }] = await recovery.replay(lane);
    assert.deepEqual(replay, { lane, replayed: 0, left: 2 });
    assert.match(reason, /LevyTax/);
  });

  for (const [what, document] of [
    ["is of no known category", unknownCommand("invoice-1")],
    ["is of no stream's name", unknownCommand("nonsense")],
    ["has nothing of a command but its stream", { stream: "account-x", commandId: undefined }],
    ["has no stream", { ...unknownCommand(""), stream: undefined }],
  ] as const)
    test(`is parked when it ${what}, and the feed goes on`, async () => {
      const known = new Set((await recovery.lanes()).map(({ lane }) => lane));
      await write(document);
      const { lane, items } = await eventually("another lane", async () =>
        (await recovery.lanes()).find(({ lane: each }) => !known.has(each)),
      );
      assert.equal(items.length, 1);
      assert.ok((items[0]?.attempts ?? 0) > 0);
      assert.equal((await recovery.replay(lane))[0]?.left, 1);
      const sender = await client.accountWith("10.00");
      const others = await Promise.all([1, 2, 3, 4].map(() => client.accountWith("0")));
      for (const to of others) {
        const sent = await client.post(`/accounts/${sender}/transfers`, { to, amount: "1.00" });
        assert.equal(sent.body["reached"], "settled");
      }
    });
});

describe("when the read models of one account cannot be written", () => {
  test("its views lag, transfers wait in flight, others flow, and a replay completes it all", async () => {
    const broken = await client.accountWith("100.00");
    const [giver, taker] = [await client.accountWith("10.00"), await client.accountWith("0")];
    const viewBefore = (await client.get(`/accounts/${broken}`)).body;
    const lane = `projecting:account-${broken}`;
    await control.fault({
      match: { operation: "replace", container: "accounts", documentId: broken },
      effect: { kind: "status", status: 413 },
    });
    const post = (from: string, to: string, amount: string, wait: number): Promise<Answer> =>
      client.post(`/accounts/${from}/transfers`, { to, amount }, { wait });
    const out = await post(broken, taker, "30.00", 0);
    await untilParked(lane, 1);
    const into = await post(giver, broken, "5.00", 0);
    await untilParked(lane, 2);
    const loaded = await client.post(
      `/accounts/${broken}/loads`,
      { amount: "1.00" },
      { until: "handled" },
    );
    const letters = await untilParked(lane, 3);
    const tracesOfCommands = await Promise.all(
      [out, into, loaded].map(async ({ body }) => {
        const { commandId, stream } = body as { commandId: string; stream: string };
        const command = stored.container("commands").item(commandId, stream);
        return (await command.read<{ traceparent: string }>()).resource?.traceparent;
      }),
    );
    assert.deepEqual(
      letters.map(({ attempts, traceparent }) => [attempts, traceparent]),
      [3, 0, 0].map((attempts, index) => [attempts, tracesOfCommands[index]]),
    );
    for (const answer of [out, loaded]) {
      const { body } = await client.follow(answer, { wait: 0 });
      assert.deepEqual([body["status"], body["reached"]], ["accepted", "handled"]);
    }
    assert.deepEqual((await client.get(`/accounts/${broken}`)).body, viewBefore);
    assert.equal((await client.balance(taker))["available"], "0.00");
    assert.equal((await client.balance(giver))["inFlight"], "5.00");
    assert.equal((await post(giver, taker, "1.00", 20)).body["reached"], "settled");
    await assertConserved("5.00");

    assert.equal((await recovery.replay(lane))[0]?.left, 3);
    await control.clear();
    // What follows from the first letter may be parked behind the others, and is then replayed as well.
    const [replay] = await recovery.replay(lane);
    assert.ok((replay?.replayed ?? 0) >= 3);
    assert.equal(replay?.left, 0);
    for (const answer of [out, into, loaded])
      assert.equal((await client.follow(answer)).body["reached"], "settled");
    const balances = await Promise.all([broken, giver, taker].map(client.balance));
    assert.deepEqual(
      balances.map(({ available, inFlight }) => [available, inFlight]),
      [
        ["75.9798", "0.00"],
        ["3.998", "0.00"],
        ["31.00", "0.00"],
      ],
    );
    await assertConserved("0.00");
    const later = await post(broken, taker, "1.00", 20);
    assert.equal(later.body["reached"], "settled");
  });

  test("an account whose very first view cannot be written appears with the replay", async () => {
    const person = { name: "Ada", email: "ada@example.com", currency: "EUR" };
    const held = await holdCommands();
    const opened = await client.post("/accounts", person, { wait: 0 });
    const account = String(opened.body["resource"]).split("/").at(-1) ?? "";
    await control.fault({
      match: { operation: "create", container: "accounts", documentId: account },
      effect: { kind: "status", status: 413 },
    });
    await control.clear(held);
    const lane = `projecting:account-${account}`;
    await untilParked(lane, 1);
    assert.equal((await client.get(`/accounts/${account}`)).status, 404);
    await control.clear();
    assert.deepEqual(await recovery.replay(lane), [{ lane, replayed: 1, left: 0 }]);
    assert.equal((await client.get(`/accounts/${account}`)).body["name"], "Ada");
  });
});

/** What owners and operators can do with an account, and what the owner can read about it, over HTTP. */
import assert from "node:assert/strict";
import { afterEach, describe, test } from "node:test";
import { type Answer, nobody } from "../support/client.ts";
import { startLocalSystem } from "../support/local-system.ts";

const { client, control, stored } = await startLocalSystem();
afterEach(() => control.clear());

type Movement = Record<string, string>;

const load = (account: string, amount: string): Promise<Answer> =>
  client.post(`/accounts/${account}/loads`, { amount });
const send = (from: string, to: string, amount: string): Promise<Answer> =>
  client.post(`/accounts/${from}/transfers`, { to, amount });
const close = (account: string): Promise<Answer> => client.post(`/accounts/${account}/closure`, {});
const operate = (what: "freeze" | "unfreeze", account: string): Promise<Answer> =>
  client.post(`/operator/accounts/${account}/${what}`, { reason: "so" });

const availableOf = async (account: string): Promise<unknown> =>
  (await client.balance(account))["available"];

function assertAccepted({ status, body }: Answer): void {
  assert.equal(status, 200);
  assert.equal(body["status"], "accepted", JSON.stringify(body["rejection"]));
}

function assertRejected({ status, body }: Answer, code: string): void {
  assert.equal(status, 200);
  assert.equal(body["status"], "rejected");
  assert.equal((body["rejection"] as { code: string }).code, code);
}

async function statement(account: string, query = ""): Promise<Movement[]> {
  const { status, body } = await client.get(`/accounts/${account}/statement${query}`);
  assert.equal(status, 200, JSON.stringify(body));
  return body["items"] as Movement[];
}

/** The whole statement, a page at a time. */
async function paged(account: string, limit: number, bounds = ""): Promise<Movement[]> {
  const items: Movement[] = [];
  let after = "";
  for (;;) {
    const query = `?limit=${limit}${bounds}${after}`;
    const { status, body } = await client.get(`/accounts/${account}/statement${query}`);
    assert.equal(status, 200, JSON.stringify(body));
    const page = body["items"] as Movement[];
    assert.ok(page.length <= limit);
    items.push(...page);
    if (body["next"] === undefined) return items;
    assert.equal(page.length, limit, "only the last page may be short");
    after = `&after=${encodeURIComponent(body["next"] as string)}`;
  }
}

describe("freezing", () => {
  test("a frozen account sends nothing and cannot be closed, but can be loaded and paid to", async () => {
    const frozen = await client.accountWith("10.00");
    const other = await client.accountWith("10.00");
    assertAccepted(await operate("freeze", frozen));
    assert.equal((await client.get(`/accounts/${frozen}`)).body["status"], "frozen");
    assertRejected(await send(frozen, other, "1.00"), "account_frozen");
    assertRejected(await close(frozen), "account_frozen");
    assertAccepted(await load(frozen, "1.00"));
    assertAccepted(await send(other, frozen, "1.00"));
    assert.equal(await availableOf(frozen), "11.9978");
    assert.equal(await availableOf(other), "8.998");
  });

  test("after unfreezing it sends again", async () => {
    const account = await client.accountWith("10.00");
    const other = await client.accountWith("0");
    assertAccepted(await operate("freeze", account));
    assertAccepted(await operate("unfreeze", account));
    assert.equal((await client.get(`/accounts/${account}`)).body["status"], "open");
    assertAccepted(await send(account, other, "1.00"));
    assert.equal(await availableOf(other), "1.00");
  });

  test("freezing what is frozen and unfreezing what is open is accepted and changes nothing", async () => {
    const account = await client.accountWith("0");
    assertAccepted(await operate("unfreeze", account));
    assertAccepted(await operate("freeze", account));
    const before = await client.get(`/accounts/${account}`);
    assertAccepted(await operate("freeze", account));
    assert.deepEqual((await client.get(`/accounts/${account}`)).body, before.body);
  });
});

describe("closing", () => {
  test("an account with money in it stays open", async () => {
    const account = await client.accountWith("0.01");
    assertRejected(await close(account), "account_not_empty");
    assert.equal((await client.get(`/accounts/${account}`)).body["status"], "open");
  });

  test("a closed account takes and gives nothing any more, and its statement stays", async () => {
    const account = await client.accountWith("5.00");
    const other = await client.accountWith("5.00");
    assertAccepted(await send(account, other, "4.999"));
    assertAccepted(await close(account));
    assert.equal((await client.get(`/accounts/${account}`)).body["status"], "closed");
    assertRejected(await load(account, "1.00"), "account_closed");
    assertRejected(await send(account, other, "1.00"), "account_closed");
    assertRejected(await operate("freeze", account), "account_closed");
    assertRejected(await operate("unfreeze", account), "account_closed");
    assertAccepted(await close(account));
    const amounts = (await statement(account)).map(({ type, amount }) => [type, amount]);
    assert.deepEqual(amounts, [
      ["load", "5.00"],
      ["transfer_out", "-4.999"],
    ]);
  });

  test("an account with money on its way is not empty", async () => {
    const account = await client.accountWith("5.00");
    const other = await client.accountWith("0");
    await control.fault({
      match: { operation: "create", container: "events", partitionKey: `account-${other}` },
      effect: { kind: "status", status: 503 },
    });
    const path = `/accounts/${account}/transfers`;
    const body = { to: other, amount: "4.999" };
    const sent = await client.post(path, body, { until: "visible" });
    assertRejected(await close(account), "account_not_empty");
    await control.clear();
    assertAccepted(await client.follow(sent));
    assertAccepted(await close(account));
  });
});

describe("what was never opened", () => {
  test("can do nothing and cannot be read", async () => {
    for (const asked of [load(nobody, "1.00"), send(nobody, nobody, "1.00"), close(nobody)])
      assert.equal((await asked).body["code"], "not_found");
    assertRejected(await operate("freeze", nobody), "account_not_found");
    for (const path of ["", "/statement", `/balance?at=${new Date().toISOString()}`])
      assert.equal((await client.get(`/accounts/${nobody}${path}`)).status, 404);
  });
});

describe("the fee on loads", () => {
  for (const [amount, fee, available] of [
    ["0.0001", "0.00", "0.0001"],
    ["0.25", "0.00", "0.25"],
    ["0.75", "0.0002", "0.7498"],
    ["499.9999", "0.10", "499.8999"],
    ["500.00", "0.10", "499.90"],
    ["500.0001", "0.00", "500.0001"],
    ["1000000000.00", "0.00", "1000000000.00"],
  ] as const)
    test(`of ${amount} is ${fee}`, async () => {
      const account = await client.accountWith("0");
      assertAccepted(await load(account, amount));
      const { body } = await client.get(`/accounts/${account}`);
      assert.equal((body["balance"] as Movement)["available"], available);
      assert.equal((body["totals"] as Movement)["fees"], fee);
      const [movement] = await statement(account);
      const shown = [movement?.["amount"], movement?.["fee"], movement?.["balance"]];
      assert.deepEqual(shown, [amount, fee, available]);
    });

  test("is not asked for on what would be too much to hold", async () => {
    const account = await client.accountWith("0");
    assertAccepted(await load(account, "1000000000.00"));
    assertRejected(await load(account, "0.0001"), "balance_too_large");
    assert.equal(await availableOf(account), "1000000000.00");
  });
});

describe("a transfer", () => {
  test("of 999.9999 is sent; one of 1000.00 leaves the sender and waits", async () => {
    const sender = await client.accountWith("5000.00");
    const receiver = await client.accountWith("0");
    assertAccepted(await send(sender, receiver, "999.9999"));
    const large = await send(sender, receiver, "1000.00");
    assertAccepted(large);
    assert.equal(await availableOf(sender), "3000.0001");
    assert.equal(await availableOf(receiver), "999.9999");
    const transferId = String(large.body["resource"]).split("/").at(-1);
    await client.post(`/accounts/${sender}/transfers/${transferId}/cancellation`, {});
    assert.equal(await availableOf(sender), "4000.0001");
  });

  test("of everything there is leaves nothing, and of a bit more is refused", async () => {
    const sender = await client.accountWith("600.00");
    const receiver = await client.accountWith("0");
    assertRejected(await send(sender, receiver, "600.0001"), "insufficient_funds");
    assertAccepted(await send(sender, receiver, "600.00"));
    assert.equal(await availableOf(sender), "0.00");
  });

  test("to oneself is refused", async () => {
    const account = await client.accountWith("5.00");
    assertRejected(await send(account, account, "1.00"), "receiver_is_sender");
  });

  for (const [reason, receiverOf] of [
    ["receiver_not_found", () => Promise.resolve(nobody)],
    [
      "receiver_closed",
      async () => {
        const account = await client.accountWith("0");
        assertAccepted(await close(account));
        return account;
      },
    ],
    ["currency_mismatch", () => client.accountWith("0", "USD")],
    ["balance_too_large", () => client.accountWith("1000000000.00")],
  ] as const)
    test(`is refunded and says why: ${reason}`, async () => {
      const sender = await client.accountWith("600.00");
      const receiver = await receiverOf();
      const sent = await send(sender, receiver, "25.50");
      assertAccepted(sent);
      assert.equal(sent.body["reached"], "settled");
      const transfer = await client.get(String(sent.body["resource"]).replace("/api", ""));
      assert.equal(transfer.body["status"], "refunded");
      assert.equal(transfer.body["reason"], reason);
      assert.deepEqual(await client.balance(sender), {
        available: "600.00",
        inFlight: "0.00",
        held: "0.00",
        confirmed: "600.00",
      });
      const lines = await statement(sender);
      assert.deepEqual(
        lines.map(({ type, amount, balance }) => [type, amount, balance]),
        [
          ["load", "600.00", "600.00"],
          ["transfer_out", "-25.50", "574.50"],
          ["refund", "25.50", "600.00"],
        ],
      );
      const { body } = await client.get(`/accounts/${sender}`);
      const { sent: sentInAll, refunded } = body["totals"] as Movement;
      assert.deepEqual([sentInAll, refunded], ["25.50", "25.50"]);
    });

  test("comes back to its sender even when that one has been frozen meanwhile", async () => {
    const sender = await client.accountWith("600.00");
    await control.fault({
      match: { operation: "create", container: "events", partitionKey: `account-${nobody}` },
      effect: { kind: "status", status: 503 },
    });
    const path = `/accounts/${sender}/transfers`;
    const body = { to: nobody, amount: "100.00" };
    const sent = await client.post(path, body, { until: "visible" });
    const address = `/operator/accounts/${sender}/freeze`;
    const options = { until: "handled" } as const;
    const frozen = await client.post(address, { reason: "so" }, options);
    assertAccepted(frozen);
    assert.equal((await client.balance(sender))["inFlight"], "100.00");
    await control.clear();
    assertAccepted(await client.follow(sent));
    assertAccepted(await client.follow(frozen));
    assert.equal(await availableOf(sender), "600.00");
    assert.equal((await client.get(`/accounts/${sender}`)).body["status"], "frozen");
  });
});

describe("the past", () => {
  const shifted = (instant: string, ms: number): string =>
    new Date(Date.parse(instant) + ms).toISOString();

  test("is known at any instant: before, at and after each movement", async () => {
    const account = await client.accountWith("0");
    const other = await client.accountWith("0");
    const { openedAt } = (await client.get(`/accounts/${account}`)).body;
    assertAccepted(await load(account, "600.00"));
    assertAccepted(await send(account, other, "100.00"));
    assertAccepted(await load(account, "500.00"));
    const [loaded, sent, loadedAgain] = (await statement(account)).map(({ at }) => at ?? "");
    assert.ok(loaded !== undefined && sent !== undefined && loadedAgain !== undefined);
    const past = async (at: string): Promise<unknown[]> => {
      const { status, body } = await client.get(`/accounts/${account}/balance?at=${at}`);
      if (status !== 200) return [status];
      const { available, inFlight } = body["balance"] as Movement;
      return [status, available, inFlight];
    };
    assert.deepEqual(await past(shifted(String(openedAt), -1)), [404]);
    assert.deepEqual(await past(String(openedAt)), [200, "0.00", "0.00"]);
    assert.deepEqual(await past(shifted(loaded, -1)), [200, "0.00", "0.00"]);
    assert.deepEqual(await past(loaded), [200, "600.00", "0.00"]);
    assert.deepEqual(await past(shifted(sent, -1)), [200, "600.00", "0.00"]);
    assert.deepEqual(await past(sent), [200, "500.00", "100.00"]);
    assert.deepEqual(await past(shifted(loadedAgain, -1)), [200, "500.00", "0.00"]);
    assert.deepEqual(await past(loadedAgain), [200, "999.90", "0.00"]);
    assert.deepEqual(await past("2999-12-31T23:59:59.999Z"), [200, "999.90", "0.00"]);
    assert.deepEqual(await past(sent.replace("Z", "%2B00:00")), [200, "500.00", "100.00"]);
  });

  test("is cut out of the statement by from (inclusive) and to (exclusive)", async () => {
    const account = await client.accountWith("0");
    for (const amount of ["1.00", "2.00", "3.00", "4.00"])
      assertAccepted(await load(account, amount));
    const all = await statement(account);
    const [first, second, , fourth] = all.map(({ at }) => at ?? "");
    assert.ok(first !== undefined && second !== undefined && fourth !== undefined);
    assert.deepEqual(await statement(account, `?from=${second}`), all.slice(1));
    assert.deepEqual(await statement(account, `?to=${fourth}`), all.slice(0, 3));
    const between = `from=${second}&to=${fourth}`;
    assert.deepEqual(await statement(account, `?${between}`), all.slice(1, 3));
    assert.deepEqual(await paged(account, 1, `&${between}`), all.slice(1, 3));
    assert.deepEqual(await statement(account, `?from=${shifted(second, 1)}&to=${fourth}`), [
      all[2],
    ]);
    assert.deepEqual(await statement(account, `?from=${first}&to=${first}`), []);
    assert.deepEqual(await statement(account, "?from=2999-01-01T00:00:00.000Z"), []);
  });
});

describe("a statement", () => {
  test("is read page by page through commits of many movements, of one and of none", async () => {
    const account = await client.accountWith("600.00");
    const others = await Promise.all([1, 2, 3].map(() => client.accountWith("0")));
    const held = await control.fault({
      match: { operation: "feed", container: "commands" },
      effect: { kind: "status", status: 503, retryAfterMs: 100 },
    });
    const posted: Answer[] = [];
    for (const index of [1, 2, 3, 4, 5, 6, 7]) {
      const body = { to: others[index % 3] ?? "", amount: `${index}.00`, note: `no. ${index}` };
      posted.push(await client.post(`/accounts/${account}/transfers`, body, { wait: 0 }));
    }
    await control.clear(held);
    for (const answer of posted) assertAccepted(await client.follow(answer));
    assertAccepted(await load(account, "8.00"));

    const commits = await stored.all<{ stream: string; events: { type: string }[] }>("events");
    const own = commits.filter(({ stream }) => stream === `account-${account}`);
    const sends = own.map(({ events }) => events.filter(({ type }) => type === "CreditsSent"));
    assert.ok(
      sends.some(({ length }) => length === 7),
      "what came together was committed together",
    );
    const amounts = [600, -1, -2, -3, -4, -5, -6, -7, 8].map((units) => `${units}.00`);
    const whole = await statement(account);
    assert.deepEqual(
      whole.map(({ amount }) => amount),
      amounts,
    );
    assert.equal(new Set(whole.map(({ movementId }) => movementId)).size, whole.length);
    for (const limit of [1, 2, 3, 5, 8, 9, 200])
      assert.deepEqual(await paged(account, limit), whole, `limit=${limit}`);
  });

  test("adds up to the balance it shows after each movement", async () => {
    const account = await client.accountWith("100.00");
    const other = await client.accountWith("600.00");
    assertAccepted(await send(account, other, "33.3333"));
    assertAccepted(await send(other, account, "0.0001"));
    assertAccepted(await send(account, nobody, "1.00"));
    const inE4 = (text = "0"): number => Math.round(Number(text) * 10_000);
    let availableE4 = 0;
    for (const { amount, fee, balance } of await statement(account)) {
      availableE4 += inE4(amount) - inE4(fee);
      assert.equal(inE4(balance), availableE4);
    }
    assert.equal(inE4(String(await availableOf(account))), availableE4);
  });
});

test("after all this the totals of the whole system add up", async () => {
  const { body } = await client.get("/operator/totals");
  assert.equal(body["conserved"], true);
  assert.equal(body["inFlight"], "0.00");
});

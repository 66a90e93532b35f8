/** Transfers of 1 000.00 and more wait for a person: what approvers, senders and receivers may do meanwhile, and see. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { describe, test } from "node:test";
import { type Answer, type Client, type Json, nobody } from "../support/client.ts";
import { durableInstancesAt } from "../support/durable-instances.ts";
import { eventually } from "../support/eventually.ts";
import { startLocalSystem } from "../support/local-system.ts";
import {
  assertConserved,
  grace,
  happenings,
  refusalOf,
  transfersOf,
} from "../support/transfers.ts";

const { client, functionsUrl } = await startLocalSystem();
const transfers = transfersOf(client);
const instances = durableInstancesAt(functionsUrl);

type Pair = { readonly from: string; readonly to: string; readonly transferId: string };

/** 2 500.00 that wait for approval; the sender keeps 500.00. */
async function waiting(currency = "EUR", more: Json = {}): Promise<Pair> {
  const [from, to] = [await client.accountWith("3000.00"), await client.accountWith("0", currency)];
  return { from, to, transferId: await transfers.request(from, to, "2500.00", more) };
}

async function balances({ from, to }: Pair): Promise<unknown> {
  const of = async (id: string): Promise<unknown> => {
    const { available, inFlight } = await client.balance(id);
    return [available, inFlight];
  };
  return [await of(from), await of(to)];
}

async function movements(accountId: string): Promise<unknown> {
  const { body } = await client.get(`/accounts/${accountId}/statement`);
  return (body["items"] as Json[]).map(({ type, amount, balance }) => [type, amount, balance]);
}

/** An account of this client's, with whatever address was typed. */
async function opened(owner: Client, email = "somebody.else@example.com"): Promise<string> {
  const { body } = await owner.post("/accounts", { name: "Somebody", email, currency: "EUR" });
  return String(body["resource"]).replace("/api/accounts/", "");
}

function codeOf({ status, body }: Answer): unknown {
  return [status, body["code"]];
}

function fieldsIn({ status, body }: Answer): unknown {
  assert.equal(status, 400, JSON.stringify(body));
  return (body["errors"] as Json[]).map(({ path }) => path);
}

describe("while a transfer waits", () => {
  test("its request is settled at once, and the money is in flight", async () => {
    const [from, to] = [await client.accountWith("3000.00"), await client.accountWith("0")];
    const body = { to, amount: "1000.00", note: "a car" };
    const sent = await client.post(`/accounts/${from}/transfers`, body);
    assert.equal(sent.status, 200);
    assert.equal(sent.body["reached"], "settled");
    const transferId = String(sent.body["resource"]).replace("/api/transfers/", "");
    const { status, expiresAt, history, ...shown } = await transfers.show(transferId);
    assert.equal(status, "awaiting_approval");
    assert.deepEqual(shown, { transferId, from, currency: "EUR", ...body });
    assert.deepEqual(
      history.map(({ what, by }) => [what, by]),
      [["approval_requested", `account:${from}`]],
    );
    const waitsMs = Date.parse(String(expiresAt)) - Date.parse(String(sent.body["acceptedAt"]));
    assert.equal(waitsMs, 24 * 3_600_000);
    const held = { available: "2000.00", inFlight: "1000.00", held: "0.00", confirmed: "3000.00" };
    assert.deepEqual(await client.balance(from), held);
    assert.deepEqual(await movements(from), [
      ["load", "3000.00", "3000.00"],
      ["transfer_out", "-1000.00", "2000.00"],
    ]);
    assert.deepEqual(await movements(to), []);
    assert.equal((await client.balance(to))["available"], "0.00");
    await transfers.cancel(transferId);
  });

  test("one of a little less does not wait", async () => {
    const [from, to] = [await client.accountWith("3000.00"), await client.accountWith("0")];
    const transferId = await transfers.request(from, to, "999.9999");
    assert.equal((await transfers.show(transferId)).status, "settled");
    assert.deepEqual(codeOf(await transfers.approve(transferId)), [404, "not_found"]);
  });

  test("operators see it and its process, the oldest first, until it ends", async () => {
    const pairs = [await waiting("EUR", { note: "first" }), await waiting(), await waiting()];
    const ids = pairs.map(({ transferId }) => transferId);
    const [first] = pairs;
    assert.ok(first);
    const ours = async (list: Promise<readonly Json[]>): Promise<Json[]> =>
      (await list).filter(({ transferId }) => ids.includes(String(transferId)));
    const listed = await ours(transfers.approvals());
    assert.deepEqual(
      listed.map(({ transferId }) => transferId),
      ids,
    );
    const shown = await transfers.show(first.transferId);
    const { requestedAt, version, ...rest } = listed[0] ?? {};
    const { from, to, transferId } = first;
    const { expiresAt } = shown;
    const described = { transferId, from, to, amount: "2500.00", currency: "EUR", note: "first" };
    assert.deepEqual(rest, { ...described, expiresAt });
    assert.equal(requestedAt, shown.history[0]?.at);
    assert.equal(version, 3);
    await eventually("the processes run", async () =>
      (await ours(transfers.processes())).every((one) => one["runtimeStatus"] === "running"),
    );
    const led = await ours(transfers.processes());
    assert.deepEqual(
      led.map((one) => [one["transferId"], one["stage"], one["isOverdue"]]),
      ids.map((id) => [id, "waiting", false]),
    );
    assert.deepEqual([led[0]?.["since"], led[0]?.["dueAt"]], [requestedAt, expiresAt]);
    for (const id of ids) await transfers.deny(id);
    assert.deepEqual(await ours(transfers.approvals()), []);
    assert.deepEqual(await ours(transfers.processes()), []);
  });
});

describe("an approval", () => {
  test("is settled when the money has arrived", async () => {
    const pair = await waiting();
    const { from, to, transferId } = pair;
    const approved = await transfers.approve(transferId, { approver: grace, reason: "a regular" });
    assert.equal(approved.status, 200);
    assert.equal(approved.body["reached"], "settled");
    assert.equal(approved.body["resource"], `/api/transfers/${transferId}`);
    assert.deepEqual(await balances(pair), [
      ["500.00", "0.00"],
      ["2500.00", "0.00"],
    ]);
    const shown = await transfers.until(transferId, "settled");
    assert.equal(shown["reason"], undefined);
    assert.deepEqual(
      shown.history.map(({ what, by, reason }) => [what, by, reason]),
      [
        ["approval_requested", `account:${from}`, undefined],
        ["approved", "approver", "a regular"],
        ["settled", "process:transfer", undefined],
      ],
    );
    assert.deepEqual(await movements(to), [["transfer_in", "2500.00", "2500.00"]]);
    assert.deepEqual(await movements(from), [
      ["load", "3000.00", "3000.00"],
      ["transfer_out", "-2500.00", "500.00"],
    ]);
  });

  test("sent again is the same approval; another one comes too late", async () => {
    const pair = await waiting();
    const key = randomUUID();
    const first = await transfers.approve(pair.transferId, { approver: grace }, key);
    const again = await transfers.approve(pair.transferId, { approver: grace }, key);
    assert.equal(again.headers.get("idempotency-hit"), "true");
    assert.deepEqual(again.body, first.body);
    const other = await transfers.approve(
      pair.transferId,
      { approver: grace, reason: "other" },
      key,
    );
    assert.deepEqual(codeOf(other), [422, "idempotency_key_reused"]);
    assert.equal(refusalOf(await transfers.approve(pair.transferId)), "transfer_not_pending");
    assert.equal(refusalOf(await transfers.deny(pair.transferId)), "transfer_not_pending");
    assert.equal(refusalOf(await transfers.cancel(pair.transferId)), "transfer_not_pending");
    assert.deepEqual(await balances(pair), [
      ["500.00", "0.00"],
      ["2500.00", "0.00"],
    ]);
  });

  test("of what a frozen account sends is refused until it is unfrozen", async () => {
    const pair = await waiting();
    const freeze = (what: string): Promise<Answer> =>
      client.post(`/operator/accounts/${pair.from}/${what}`, { reason: "a check" });
    await freeze("freeze");
    assert.equal(refusalOf(await transfers.approve(pair.transferId)), "account_frozen");
    assert.equal((await transfers.show(pair.transferId)).status, "awaiting_approval");
    await freeze("unfreeze");
    assert.equal(refusalOf(await transfers.approve(pair.transferId)), undefined);
    assert.equal((await transfers.until(pair.transferId, "settled")).status, "settled");
  });
});

describe("a denial and a cancellation give the money back", () => {
  for (const [what, end] of [
    ["denied", (id: string) => transfers.deny(id)],
    ["cancelled", (id: string) => transfers.cancel(id)],
  ] as const)
    test(`${what}, also by or to a frozen sender`, async () => {
      const pair = await waiting();
      const path = `/operator/accounts/${pair.from}/freeze`;
      await client.post(path, { reason: "a check" });
      const ended = await end(pair.transferId);
      assert.equal(refusalOf(ended), undefined);
      assert.equal(ended.body["reached"], "settled");
      assert.deepEqual(await balances(pair), [
        ["3000.00", "0.00"],
        ["0.00", "0.00"],
      ]);
      const shown = await transfers.show(pair.transferId);
      assert.deepEqual(happenings(shown), ["approval_requested", what]);
      assert.deepEqual(
        [shown.status, shown["reason"]],
        [what, what === "denied" ? "not known to us" : undefined],
      );
      const by = what === "denied" ? "approver" : `account:${pair.from}`;
      assert.equal(shown.history[1]?.["by"], by);
      assert.deepEqual(await movements(pair.from), [
        ["load", "3000.00", "3000.00"],
        ["transfer_out", "-2500.00", "500.00"],
        ["refund", "2500.00", "3000.00"],
      ]);
    });
});

describe("what is approved and cannot be received comes back, and anybody concerned sees why", () => {
  test("when the receiver's account was closed meanwhile", async () => {
    const pair = await waiting();
    const closed = await client.post(`/accounts/${pair.to}/closure`, {});
    assert.equal(closed.body["status"], "accepted");
    await assertRefunded(pair, "receiver_closed");
  });

  test("when the receiver's account is in another currency", async () => {
    await assertRefunded(await waiting("USD"), "currency_mismatch");
  });

  test("when there is no receiver", async () => {
    const from = await client.accountWith("3000.00");
    const transferId = await transfers.request(from, nobody, "2500.00");
    const approved = await transfers.approve(transferId);
    assert.equal(approved.body["reached"], "settled");
    assert.equal((await transfers.show(transferId))["reason"], "receiver_not_found");
    assert.equal((await client.balance(from))["available"], "3000.00");
  });

  async function assertRefunded(pair: Pair, reason: string): Promise<void> {
    const approved = await transfers.approve(pair.transferId);
    assert.equal(approved.body["reached"], "settled");
    assert.deepEqual(await balances(pair), [
      ["3000.00", "0.00"],
      ["0.00", "0.00"],
    ]);
    const shown = await transfers.show(pair.transferId);
    assert.deepEqual([shown.status, shown["reason"]], ["refunded", reason]);
    assert.deepEqual(happenings(shown), ["approval_requested", "approved", "refunded"]);
    assert.equal(shown.history[2]?.["reason"], reason);
    assert.deepEqual(await movements(pair.from), [
      ["load", "3000.00", "3000.00"],
      ["transfer_out", "-2500.00", "500.00"],
      ["refund", "2500.00", "3000.00"],
    ]);
  }
});

describe("nobody decides about what is not theirs to decide", () => {
  test("the owner of either account, by whatever letters the e-mail is written in", async () => {
    const ada = client.as("Ada@Example.com");
    const from = await opened(ada);
    const to = await opened(client.as("grace.h@bank.example"));
    await ada.post(`/accounts/${from}/loads`, { amount: "3000.00" });
    const transferId = await transfersOf(ada).request(from, to, "2500.00");
    for (const approver of ["ada@example.COM", "Grace.H@Bank.Example"]) {
      const denied = await transfers.deny(transferId, { approver, reason: "mine" });
      assert.equal(refusalOf(denied), "approver_is_party");
      assert.equal(
        refusalOf(await transfers.approve(transferId, { approver })),
        "approver_is_party",
      );
    }
    assert.equal((await transfersOf(ada).show(transferId)).status, "awaiting_approval");
    assert.equal(refusalOf(await transfers.approve(transferId)), undefined);
  });

  test("but nobody is kept from deciding by senders who type the approvers' addresses", async () => {
    const eve = client.as("eve@example.com");
    const from = await opened(eve, grace);
    const to = await opened(eve, "alan@bank.example");
    await eve.post(`/accounts/${from}/loads`, { amount: "9000.00" });
    for (const approver of [grace, "alan@bank.example"]) {
      const transferId = await transfersOf(eve).request(from, to, "2500.00");
      const denied = await transfers.deny(transferId, { approver, reason: "unusual" });
      assert.equal(refusalOf(denied), undefined);
      assert.equal((await transfersOf(eve).show(transferId)).status, "denied");
    }
  });

  test("a customer cannot take back what somebody else sends", async () => {
    const { from, to, transferId } = await waiting();
    const path = `/accounts/${to}/transfers/${transferId}/cancellation`;
    assert.deepEqual(codeOf(await client.post(path, {})), [404, "not_found"]);
    const own = `/accounts/${to}/transfers/${to}-${transferId.split("-")[1]}/cancellation`;
    assert.equal(refusalOf(await client.post(own, {})), "transfer_not_pending");
    assert.equal((await client.balance(from))["inFlight"], "2500.00");
    await transfers.cancel(transferId);
  });

  test("a transfer that nobody has asked for", async () => {
    const unknown = `${nobody}-${"0".repeat(20)}`;
    assert.deepEqual(codeOf(await transfers.approve(unknown)), [404, "not_found"]);
    assert.deepEqual(codeOf(await transfers.deny(unknown)), [404, "not_found"]);
    assert.deepEqual(codeOf(await client.get(`/transfers/${unknown}`)), [404, "not_found"]);
    assert.deepEqual(fieldsIn(await transfers.approve("no-transfer")), ["transferId"]);
  });

  test("by a decision that is not well-formed", async () => {
    const { transferId } = await waiting();
    const { approve, deny } = transfers;
    assert.deepEqual(fieldsIn(await deny(transferId, { approver: grace })), ["reason"]);
    for (const reason of ["", "   ", "x".repeat(201), 7]) {
      assert.deepEqual(fieldsIn(await deny(transferId, { approver: grace, reason })), ["reason"]);
      assert.deepEqual(fieldsIn(await approve(transferId, { approver: grace, reason })), [
        "reason",
      ]);
    }
    assert.deepEqual(fieldsIn(await approve(transferId, {})), ["approver"]);
    assert.deepEqual(fieldsIn(await approve(transferId, { approver: "grace" })), ["approver"]);
    assert.deepEqual(fieldsIn(await approve(transferId, { approver: grace, by: "x" })), ["by"]);
    const longest = { approver: grace, reason: "x".repeat(200) };
    assert.equal(refusalOf(await deny(transferId, longest)), undefined);
    assert.equal((await transfers.show(transferId))["reason"], longest.reason);
  });
});

test("after all this nothing waits, no process is left, and the totals add up", async () => {
  await transfers.untilAllEnded();
  await instances.untilNoneRuns();
  assert.ok((await instances.list("Completed")).length > 10, "there were processes");
  assert.deepEqual(await transfers.approvals(), []);
  await assertConserved(client);
});

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, it, type TestContext } from "node:test";
import { signIn, type Answer, type ApproverClient } from "./support/approver.ts";
import { deliver, given, idOf } from "./support/given.ts";
import { until } from "./support/live.ts";

describe("An approval", () => {
  it("lets the transfer go on in the approver's name, with the reason given", async (test) => {
    const { id, grace, saldo } = await waitingTransfer(test);
    const { status, body } = await approve(grace, id, "known to us");
    assert.equal(status, 200);
    assert.equal(body["outcome"], "approved");
    assert.equal(body["detail"], "You approved it: 2,500.00 EUR goes to Bob.");
    const { decidedBy, reason, status: standing } = transferIn(body);
    assert.deepEqual(
      [standing, decidedBy, reason],
      ["approved", "grace@bank.example", "known to us"],
    );
    const [request] = saldo.decisions();
    assert.deepEqual(request?.body, { approver: "grace@bank.example", reason: "known to us" });
    assert.match(request.path, /\/approval$/);
  });

  it("has the same outcome when the same person repeats it, even with another reason", async (test) => {
    const { id, grace, saldo } = await waitingTransfer(test);
    const first = await approve(grace, id, "known to us");
    const second = await approve(grace, id, "still known to us");
    assert.deepEqual(second.body, first.body);
    const keys = new Set(saldo.decisions().map(({ key }) => key));
    assert.equal(keys.size, 1);
    assert.equal(saldo.transfer(id)?.history.length, 2);
  });

  it("takes effect once when the button is pressed twice", async (test) => {
    const { id, grace, saldo } = await waitingTransfer(test);
    const answers = await Promise.all([approve(grace, id), approve(grace, id)]);
    assert.deepEqual(
      answers.map(({ body }) => body["outcome"]),
      ["approved", "approved"],
    );
    assert.equal(saldo.transfer(id)?.history.length, 2);
  });

  for (const weather of [[503, 500, 429], [0], [0, 503]])
    it(`takes effect once although Saldo answers ${weather.join(", ")} at first`, async (test) => {
      const { id, grace, saldo } = await waitingTransfer(test);
      saldo.faults.push(...weather);
      const { body } = await approve(grace, id, "patience");
      assert.equal(body["outcome"], "approved");
      const sent = saldo.decisions();
      assert.equal(sent.length, weather.length + 1);
      assert.equal(new Set(sent.map(({ key }) => key)).size, 1);
      assert.equal(saldo.transfer(id)?.history.length, 2);
    });

  it("is nothing lost when Saldo is away: the person is told, and may try again", async (test) => {
    const { id, grace, saldo } = await waitingTransfer(test);
    saldo.weather.isAway = true;
    const failed = await approve(grace, id, "known to us");
    assert.equal(failed.status, 503);
    assert.equal(failed.body["code"], "saldo_unavailable");
    assert.match(String(failed.body["detail"]), /Nothing is lost: try again\.$/);
    assert.equal((await grace.get(`/api/transfers/${id}`)).body["status"], "waiting");
    saldo.weather.isAway = false;
    const { body } = await approve(grace, id, "known to us");
    assert.equal(body["outcome"], "approved");
  });

  it("that arrived although nobody could be told is found again by repeating it", async (test) => {
    const { id, grace, saldo } = await waitingTransfer(test);
    saldo.faults.push(0, 0, 0, 0);
    assert.equal((await approve(grace, id, "once")).status, 503);
    assert.equal(saldo.transfer(id)?.history.at(-1)?.what, "approved");
    const { body } = await approve(grace, id, "twice");
    assert.equal(body["outcome"], "approved");
    assert.equal(transferIn(body)["reason"], "once");
  });

  it("is recognised as made when the store that knew of it is gone", async (test) => {
    const { asked, id, grace, saldo } = await waitingTransfer(test);
    saldo.faults.push(0, 0, 0, 0);
    assert.equal((await approve(grace, id, "by the old store")).status, 503);
    const other = await given(test, { saldoUrl: saldo.url });
    await deliver(other.admin, asked);
    const again = await signIn(other.admin, "grace");
    // A decision of its own: Saldo rejects it, and shows who has decided.
    const { body } = await approve(again, id, "by the new store");
    assert.equal(body["outcome"], "approved");
    assert.equal(transferIn(body)["reason"], "by the old store");
    assert.equal(saldo.transfer(id)?.history.length, 2);
    assert.equal(new Set(saldo.decisions().map(({ key }) => key)).size, 2);
  });

  it("that a rule rejected may be made again once the reason has passed", async (test) => {
    const { id, grace, saldo } = await waitingTransfer(test);
    saldo.weather.rejection = { code: "account_frozen", detail: "The account is frozen." };
    assert.equal((await approve(grace, id, "known to us")).body["outcome"], "rejected");
    saldo.weather.rejection = undefined;
    const { body } = await approve(grace, id, "unfrozen");
    assert.deepEqual([body["outcome"], transferIn(body)["reason"]], ["approved", "unfrozen"]);
  });
});

describe("The key of a decision", () => {
  const formerKey = (id: string, decision: string): string =>
    createHash("sha256")
      .update(JSON.stringify([id, "grace@bank.example", decision]))
      .digest("base64url");

  it("cannot be computed by anybody, and is kept before it is used: a crash changes nothing", async (test) => {
    const { admin, id, grace, saldo } = await waitingTransfer(test);
    saldo.faults.push(503, 503, 503, 503);
    assert.equal((await deny(grace, id, "not known to us")).status, 503);
    await admin.restart();
    saldo.faults.push(0);
    assert.equal((await deny(grace, id, "forgotten by now")).body["outcome"], "denied");
    const [key, ...others] = new Set(saldo.decisions().map((sent) => sent.key));
    assert.deepEqual(others, []);
    assert.match(key ?? "", /^[0-9a-f]{8}-[0-9a-f]{4}-4/);
    assert.equal(saldo.transfer(id)?.history.at(-1)?.reason, "not known to us");
  });

  it("is another for each person, decision and transfer, and in each store", async (test) => {
    const { admin, id, grace, alan, saldo, asked } = await waitingTransfer(test);
    const second = saldo.ask(saldo.openAccount("Ada"), saldo.openAccount("Bob"));
    await deliver(admin, second);
    const other = await given(test, { saldoUrl: saldo.url });
    await deliver(other.admin, asked, second);
    const elsewhere = await signIn(other.admin, "grace");
    for (const transferId of [id, idOf(second)])
      for (const approver of [grace, alan, elsewhere]) {
        await approve(approver, transferId);
        await deny(approver, transferId, "no");
      }
    const keys = saldo.decisions().map(({ key }) => key);
    assert.equal(keys.length, 12);
    assert.equal(new Set(keys).size, 12);
  });

  it("stays what it was of decisions in a store of the version that computed it", async (test) => {
    const folder = await mkdtemp(join(tmpdir(), "saldo-admin-"));
    test.after(() => rm(folder, { recursive: true }));
    const file = join(folder, "admin.sqlite");
    const dump = new URL("fixtures/store-of-version-1.sql", import.meta.url);
    const store = new DatabaseSync(file);
    store.exec(await readFile(dump, "utf8"));
    store.close();
    const { saldo, admin } = await given(test, { file });
    const [ada, bob] = [saldo.openAccount("Ada"), saldo.openAccount("Bob")];
    const [approved = "", denied = "", rejected = ""] = [1, 2, 3].map(() =>
      idOf(saldo.ask(ada, bob)),
    );
    // What the former version had sent before it was replaced.
    await saldo.decided(approved, "approval", formerKey(approved, "approval"), "known to us");
    await saldo.decided(denied, "denial", formerKey(denied, "denial"), "not known to us");

    const grace = await signIn(admin, "grace");
    const again = await approve(grace, approved, "another reason");
    assert.equal(again.body["outcome"], "approved");
    const pending = await deny(grace, denied, "another reason");
    assert.equal(pending.body["outcome"], "denied");
    assert.equal(transferIn(pending.body)["reason"], "not known to us");
    for (const id of [approved, denied]) assert.equal(saldo.transfer(id)?.history.length, 2);
    const alan = await signIn(admin, "alan");
    assert.equal((await approve(alan, rejected)).body["outcome"], "approved");
    const keys = saldo.decisions().map(({ key = "" }) => key);
    assert.deepEqual(keys.slice(0, 2), keys.slice(2, 4));
    assert.match(keys[4] ?? "", /^[0-9a-f]{8}-/);
  });
});

describe("A denial", () => {
  it("gives the sender the money back and says why", async (test) => {
    const { id, grace, saldo } = await waitingTransfer(test);
    const { body } = await deny(grace, id, "not known to us");
    assert.equal(body["outcome"], "denied");
    assert.equal(body["detail"], "You denied it: 2,500.00 EUR goes back to Ada.");
    assert.equal(saldo.transfer(id)?.history.at(-1)?.reason, "not known to us");
  });

  for (const reason of [undefined, "", "   ", "x".repeat(201)])
    it(`needs a reason of 1 to 200 characters, not "${reason?.slice(0, 5)}"`, async (test) => {
      const { id, grace, saldo } = await waitingTransfer(test);
      const answer = await grace.send("POST", `/api/transfers/${id}/denial`, { reason });
      assert.equal(answer.status, 400);
      assert.equal(answer.body["code"], "invalid_request");
      assert.equal(saldo.decisions().length, 0);
    });
});

describe("Of two approvers", () => {
  it("the one who is too late learns who was first, what they decided and when", async (test) => {
    const { id, grace, alan, clock } = await waitingTransfer(test);
    await approve(grace, id);
    clock.aheadMs += 12_000;
    const { body } = await deny(alan, id, "too slow");
    assert.equal(body["outcome"], "too_late");
    assert.match(String(body["detail"]), /^Grace approved it 1[2-9] seconds ago\.$/);
    assert.equal(transferIn(body)["decidedBy"], "grace@bank.example");
  });

  it("exactly one wins when both decide at once", async (test) => {
    const { id, grace, alan, saldo } = await waitingTransfer(test);
    const [one, other] = await Promise.all([approve(grace, id), deny(alan, id, "no")]);
    const outcomes = [one.body["outcome"], other.body["outcome"]];
    assert.equal(outcomes.filter((outcome) => outcome === "too_late").length, 1);
    const isGraceFirst = outcomes[0] === "approved";
    const loser = isGraceFirst ? other : one;
    const sentence = isGraceFirst ? /^Grace approved it/ : /^Alan denied it/;
    assert.match(String(loser.body["detail"]), sentence);
    assert.equal(saldo.transfer(id)?.history.length, 2);
    assert.deepEqual(transferIn(one.body), transferIn(other.body));
  });

  it("the same person cannot decide twice differently, and is told so", async (test) => {
    const { id, grace } = await waitingTransfer(test);
    await approve(grace, id);
    const { body } = await deny(grace, id, "changed my mind");
    assert.equal(body["outcome"], "too_late");
    assert.match(String(body["detail"]), /^You approved it (just now|\d+ seconds? ago)\.$/);
  });

  it("neither decides what the sender took back, or what has expired", async (test) => {
    const { admin, id, grace, alan, saldo } = await waitingTransfer(test);
    saldo.happen(id, "cancelled", "account:ada");
    assert.match(String((await approve(grace, id)).body["detail"]), /^Ada took it back/);
    const asked = saldo.ask(saldo.openAccount("Ada"), saldo.openAccount("Bob"));
    saldo.happen(idOf(asked), "expired", "process:transfer");
    await deliver(admin, asked);
    const { body } = await approve(alan, idOf(asked));
    assert.equal(body["outcome"], "too_late");
    assert.match(String(body["detail"]), /^Nobody decided in time: it expired/);
  });
});

describe("One's own transfer", () => {
  for (const [from, to] of [
    ["Grace", "Bob"],
    ["Ada", "Grace"],
  ] as const)
    it(`from ${from} to ${to} is marked, and Grace may not decide about it`, async (test) => {
      const { admin, saldo } = await given(test);
      const email = (name: string) => (name === "Grace" ? "grace@bank.example" : undefined);
      const sender = saldo.openAccount(from, email(from));
      const asked = saldo.ask(sender, saldo.openAccount(to, email(to)));
      await deliver(admin, asked);
      const grace = await signIn(admin, "grace");
      const alan = await signIn(admin, "alan");
      const id = idOf(asked);
      const isNamed = (transfer: Record<string, unknown>) =>
        transfer["fromName"] === from && transfer["toName"] === to;
      await until(admin, grace.cookie, id, isNamed);
      assert.equal((await grace.get(`/api/transfers/${id}`)).body["isOwn"], true);
      assert.equal((await alan.get(`/api/transfers/${id}`)).body["isOwn"], false);
      const page = await fetch(`${admin.url}/transfers/${id}`, {
        headers: { cookie: grace.cookie },
      });
      const html = await page.text();
      assert.match(html, /This may be your own transfer/);
      assert.match(html, /data-decision="denial"/, "what a sender typed hides no button");
      const { body } = await approve(grace, id);
      assert.equal(body["outcome"], "own_transfer");
      assert.equal(transferIn(body)["status"], "waiting");
      assert.equal((await approve(alan, id)).body["outcome"], "approved");
    });
});

describe("What cannot be decided", () => {
  it("is what was never heard of", async (test) => {
    const { grace, saldo } = await waitingTransfer(test);
    const answer = await approve(grace, "nobody-0");
    assert.equal(answer.status, 404);
    assert.equal(answer.body["code"], "not_found");
    assert.equal(saldo.decisions().length, 0);
  });

  it("is what Saldo refuses by another rule: its words are passed on", async (test) => {
    const { id, grace, saldo } = await waitingTransfer(test);
    saldo.weather.rejection = { code: "account_frozen", detail: "The account is frozen." };
    const { status, body } = await approve(grace, id);
    assert.equal(status, 200);
    assert.deepEqual([body["outcome"], body["detail"]], ["rejected", "The account is frozen."]);
  });

  it("is anything while Saldo refuses this app's token: nobody's fault here", async (test) => {
    const { id, grace, saldo } = await waitingTransfer(test);
    saldo.weather.refusesTokens = true;
    const { status, body } = await approve(grace, id);
    assert.equal(status, 503);
    assert.match(String(body["detail"]), /^Saldo does not let this app in\./);
    assert.equal(saldo.decisions().length, 2, "with the token it had, and with a new one");
  });
});

/** Ada wants to send 2 500.00 EUR to Bob; Grace and Alan are signed in. */
async function waitingTransfer(test: TestContext) {
  const { saldo, admin, clock } = await given(test);
  const asked = saldo.ask(saldo.openAccount("Ada"), saldo.openAccount("Bob"));
  const id = idOf(asked);
  await deliver(admin, asked);
  const [grace, alan] = await Promise.all([signIn(admin, "grace"), signIn(admin, "alan")]);
  const isNamed = ({ fromName, toName }: Record<string, unknown>) =>
    fromName !== null && toName !== null;
  await until(admin, grace.cookie, id, isNamed);
  return { saldo, admin, clock, asked, id, grace, alan };
}

const approve = (approver: ApproverClient, id: string, reason?: string): Promise<Answer> =>
  approver.send("POST", `/api/transfers/${id}/approval`, { reason });

const deny = (approver: ApproverClient, id: string, reason: string): Promise<Answer> =>
  approver.send("POST", `/api/transfers/${id}/denial`, { reason });

const transferIn = (body: Record<string, unknown>) => body["transfer"] as Record<string, unknown>;

/** An idempotency key belongs to its caller: nobody can use up somebody else's, whatever they know or guess. */
import assert from "node:assert/strict";
import { createHash, randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { before, describe, test } from "node:test";
import { approversFrom } from "../../admin/sign-in/approvers.ts";
import type { Who } from "../../scripts/local-tokens.ts";
import type { CommandDocument } from "../../src/kernel/messages/command.ts";
import { signIn } from "../admin/support/approver.ts";
import type { Answer, Json } from "../support/client.ts";
import { eventually } from "../support/eventually.ts";
import { startLocalSystem } from "../support/local-system.ts";
import { grace, refusalOf, transfersOf } from "../support/transfers.ts";
import type { Recording, Sent } from "./fixtures/recorded-commands.ts";

const { adminUrl, client, stored } = await startLocalSystem();
const transfers = transfersOf(client);

/** The documents of a stream that clients had stored. */
async function commandsOf(accountId: string): Promise<readonly CommandDocument[]> {
  const commands = await stored.all<CommandDocument>("commands");
  return commands.filter(
    ({ stream, subject }) => stream === `account-${accountId}` && subject !== undefined,
  );
}

const isHit = ({ headers }: Answer): boolean => headers.get("idempotency-hit") === "true";

describe("the same key of different callers", () => {
  const denial = { approver: grace, reason: "not known to us" };

  async function given() {
    const [from, to] = [await client.accountWith("5000.00"), await client.accountWith("0")];
    const transferId = await transfers.request(from, to, "2000.00");
    const key = randomUUID();
    const requests: readonly (readonly [Who, string, Json])[] = [
      ["somebody@example.com", `/accounts/${from}/loads`, { amount: "0.0001" }],
      ["approval-desk", `/operator/transfers/${transferId}/denial`, denial],
      [grace, `/operator/transfers/${transferId}/denial`, denial],
      ["operator", `/operator/accounts/${from}/freeze`, { reason: "a check" }],
      ["oscar@bank.example", `/operator/accounts/${from}/freeze`, { reason: "a check" }],
    ];
    const send = ([who, path, body]: (typeof requests)[number]): Promise<Answer> =>
      client.as(who).post(path, body, { key });
    return { from, transferId, requests, send };
  }

  test("stands for a command of each, one after the other", async () => {
    const { from, transferId, requests, send } = await given();
    const first: Answer[] = [];
    for (const request of requests) first.push(await send(request));
    for (const answer of first)
      assert.deepEqual([answer.status, isHit(answer)], [200, false], JSON.stringify(answer.body));
    const ids = first.map(({ body }) => body["commandId"]);
    assert.equal(new Set(ids).size, requests.length);
    assert.equal((await transfers.show(transferId)).status, "denied");
    const refusals = first.map(refusalOf);
    assert.equal(refusals[2], "transfer_not_pending", "a command of her own");

    const before = (await commandsOf(from)).length;
    for (const [index, request] of requests.entries()) {
      const again = await send(request);
      assert.ok(isHit(again));
      assert.deepEqual(again.body, first[index]?.body);
    }
    assert.equal((await commandsOf(from)).length, before, "a repetition stores nothing");
  });

  test("stands for a command of each, all at once and each twice", async () => {
    const { requests, send } = await given();
    const answers = await Promise.all([...requests, ...requests].map(send));
    for (const { status, body } of answers) assert.equal(status, 200, JSON.stringify(body));
    const ids = answers.map(({ body }) => body["commandId"]);
    assert.equal(new Set(ids).size, requests.length);
    assert.equal(answers.filter((answer) => !isHit(answer)).length, requests.length);
    const [once, again] = [ids.slice(0, requests.length), ids.slice(requests.length)];
    assert.deepEqual(again, once);
  });

  test("is refused to a caller who sent another body under it, and to nobody else", async () => {
    const { from, send, requests } = await given();
    for (const request of requests.slice(0, 2)) await send(request);
    const other: readonly [Who, string, Json] = [
      "somebody@example.com",
      `/accounts/${from}/loads`,
      { amount: "7.00" },
    ];
    const refused = await send(other);
    assert.deepEqual([refused.status, refused.body["code"]], [422, "idempotency_key_reused"]);
    for (const request of requests.slice(3)) {
      const freezing = await send(request);
      assert.deepEqual([freezing.status, isHit(freezing)], [200, false]);
    }
  });
});

describe("what was stored when keys belonged to accounts", () => {
  const { sent, documents, spoiled } = recordingOf("commands-keyed-by-account");

  const send = ({ who, path, body, key }: Sent, changed: Json = body): Promise<Answer> =>
    client.as(who).post(path, changed, { key });

  before(async () => {
    for (const document of documents) await stored.container("commands").items.create(document);
    await eventually("all of it has been handled", async () => {
      const last = sent.at(-1)?.location.replace("/api", "") ?? "";
      return (
        (await client.as("operator").get(`${last}?until=settled`)).body["reached"] === "settled"
      );
    });
  });

  for (const request of sent)
    test(`${request.path.replaceAll(/[0-9a-z]{16,20}/g, "…")} is recognised, and is no second command`, async () => {
      const accountId = /account-(\w+)/.exec(request.location)?.[1] ?? "";
      const before = (await commandsOf(accountId)).length;
      const again = await send(request);
      assert.ok(isHit(again));
      assert.equal(again.headers.get("location"), request.location);
      const { handledAt, ...told } = again.body;
      const { handledAt: once, ...toldOnce } = request.answer;
      assert.deepEqual(told, toldOnce);
      assert.equal((await commandsOf(accountId)).length, before);
    });

  test("is refused with another body", async () => {
    for (const request of sent) {
      const { body } = request;
      const [name = ""] = ["amount", "reason", "name"].filter((each) => each in body);
      const changed = { ...body, [name]: name === "amount" ? "1.23" : "changed" };
      const answer = await send(request, changed);
      assert.deepEqual([answer.status, answer.body["code"]], [422, "idempotency_key_reused"]);
    }
  });

  test("blocks nobody else: the denial whose key the sender used up", async () => {
    const key = keyOfFormerAdmin(spoiled, grace, "denial");
    assert.ok(sent.some((request) => request.key === key));
    const answer = await transfers.deny(spoiled, { approver: grace, reason: "unusual" }, key);
    assert.equal(refusalOf(answer), undefined);
    assert.equal(isHit(answer), false);
    assert.equal((await transfersOf(client.as("operator")).show(spoiled)).status, "denied");
  });
});

describe("a sender who knows the approvers and how the admin app once made its keys", () => {
  const sample = new URL("../../admin/approvers.sample.json", import.meta.url);
  const approvers = approversFrom(readFileSync(sample, "utf8"));

  test("keeps nobody from denying the transfer", async () => {
    const [from, to] = [await client.accountWith("5000.00"), await client.accountWith("0")];
    const transferId = await transfers.request(from, to, "2000.00");
    for (const { email } of approvers)
      for (const decision of ["approval", "denial"]) {
        const key = keyOfFormerAdmin(transferId, email, decision);
        const used = await client.post(`/accounts/${from}/loads`, { amount: "0.0001" }, { key });
        assert.equal(used.body["status"], "accepted");
      }
    const desk = await signIn({ url: adminUrl }, "grace");
    await eventually("the admin app has heard of it", async () => {
      const { status } = await desk.get(`/api/transfers/${transferId}`);
      return status === 200;
    });
    const path = `/api/transfers/${transferId}/denial`;
    const { body } = await desk.send("POST", path, { reason: "not known to us" });
    assert.equal(body["outcome"], "denied", JSON.stringify(body));
    const { status, history } = await transfersOf(client.as("operator")).show(transferId);
    assert.deepEqual([status, history.at(-1)?.["by"]], ["denied", `approver:${grace}`]);
  });
});

/** As the admin app made its keys at commit 93845a7. */
function keyOfFormerAdmin(...named: [transferId: string, approver: string, decision: string]) {
  return createHash("sha256").update(JSON.stringify(named)).digest("base64url");
}

function recordingOf(name: string): Recording {
  const file = new URL(`fixtures/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(file, "utf8")) as Recording;
}

/**
 * Every door of the running system, asked for everything that the contract says it may answer: status, headers, media type
 * and body are held against the OpenAPI document, and nothing may be in an answer that the document does not know.
 */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { describe, test } from "node:test";
import { localTokens, type Who } from "../../scripts/local-tokens.ts";
import { type OpenApiOperation, openApiDocument } from "../../src/contract/openapi.ts";
import type { OperationId } from "../../src/contract/operations.ts";
import { nobody, somebody } from "../support/client.ts";
import { eventually } from "../support/eventually.ts";
import type { Commit } from "../../src/kernel/messages/commit.ts";
import { startLocalSystem } from "../support/local-system.ts";
import { poisonFor, write } from "../support/poison.ts";
import { answerFaults } from "./support/answers.ts";

type Json = Readonly<Record<string, unknown>>;

type Asked = {
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  /** `nobody`: without a token. */
  readonly who?: Who | "nobody";
};

type Answered = { readonly status: number; readonly headers: Headers; readonly body: Json };

const openApi = openApiDocument();
const faultsIn = answerFaults(openApi);
const operations = new Map(
  Object.entries(openApi.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(
      ([method, operation]) => [operation.operationId, { path, method, operation }] as const,
    ),
  ),
);
const { functionsUrl, control, stored } = await startLocalSystem();
const tokens = localTokens(functionsUrl);
/** What has been seen: `{operation} {status}` and codes of problems. */
const seen = new Set<string>();

function operationOf(id: string): { path: string; method: string; operation: OpenApiOperation } {
  const found = operations.get(id);
  assert.ok(found, `${id} is not in the contract`);
  return found;
}

/** Who may ask for an operation, if nobody else is named. */
function whoMay({ tags, operationId }: OpenApiOperation): Who | "nobody" {
  if (tags.includes("Service")) return "nobody";
  if (!tags.includes("Operators")) return somebody;
  return /^(approve|deny)/.test(operationId) ? "approval-desk" : "operator";
}

/** Asks, and fails if the answer is not one that the contract tells. */
async function ask(id: OperationId, asked: Asked = {}): Promise<Answered> {
  const { path: template, method, operation } = operationOf(id);
  const { path = {}, query = {}, body, headers = {}, who = whoMay(operation) } = asked;
  const filled = template.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(path[name] ?? ""),
  );
  const isCommand = operation.parameters.some(({ $ref }) => $ref.endsWith("/IdempotencyKey"));
  const said: Readonly<Record<string, string | undefined>> = {
    ...(body === undefined ? {} : { "content-type": "application/json" }),
    ...(isCommand ? { "idempotency-key": randomUUID(), prefer: "wait=20" } : {}),
    ...(who === "nobody" ? {} : { authorization: `Bearer ${await tokens.of(who)}` }),
    ...headers,
  };
  const given = Object.entries(said).filter(
    (each): each is [string, string] => each[1] !== undefined,
  );
  const response = await fetch(
    `${functionsUrl}${filled}?${new URLSearchParams(query).toString()}`,
    {
      method: method.toUpperCase(),
      headers: given,
      ...(body === undefined
        ? {}
        : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    },
  );
  const answer = {
    status: response.status,
    headers: response.headers,
    text: await response.text(),
  };
  assert.deepEqual(faultsIn(operation, answer), [], `${id} ${JSON.stringify(asked)}`);
  seen.add(`${id} ${answer.status}`);
  const isJson = (response.headers.get("content-type") ?? "").includes("json");
  const content = isJson ? (JSON.parse(answer.text) as Json) : { text: answer.text };
  if (typeof content["code"] === "string" && answer.status >= 400) seen.add(content["code"]);
  return { ...answer, body: content };
}

/** A command that must be accepted; answers what it is about. The first of its kind is not waited for at once. */
async function done(id: OperationId, asked: Asked): Promise<string> {
  const key = { "idempotency-key": randomUUID() };
  if (!seen.has(`${id} 202`)) {
    const headers = { ...key, prefer: undefined };
    assert.equal((await ask(id, { ...asked, headers })).status, 202);
  }
  const { status, body } = await ask(id, { ...asked, headers: key });
  assert.deepEqual([status, body["status"]], [200, "accepted"], JSON.stringify(body));
  return String(body["resource"]).split("/").at(-1) ?? "";
}

async function openAccount(amount: string): Promise<string> {
  const body = { name: "Somebody", email: somebody, currency: "EUR" };
  const accountId = await done("openAccount", { body });
  if (amount !== "0") await done("loadCredits", { path: { accountId }, body: { amount } });
  return accountId;
}

async function codeOf(id: OperationId, asked: Asked): Promise<unknown> {
  return (await ask(id, asked)).body["code"];
}

const inAnHour = (): string => new Date(Date.now() + 3_600_000).toISOString();
const approver = "grace@bank.example";

describe("the doors answer as the contract says", () => {
  test("about accounts: opened, loaded, frozen, closed, looked at now and then", async () => {
    const accountId = await openAccount("100.00");
    const path = { accountId };
    const key = { "idempotency-key": randomUUID() };
    const load = { path, body: { amount: "1.00" }, headers: key };
    assert.equal((await ask("loadCredits", load)).headers.get("idempotency-hit"), null);
    assert.equal((await ask("loadCredits", load)).headers.get("idempotency-hit"), "true");
    assert.equal((await ask("showAccount", { path })).body["status"], "open");
    const at = new Date().toISOString();
    assert.equal((await ask("pastBalance", { path, query: { at } })).status, 200);
    const page = await ask("showStatement", { path, query: { limit: "1" } });
    const after = String(page.body["next"]);
    assert.equal((await ask("showStatement", { path, query: { after } })).status, 200);
    const reason = { body: { reason: "a check" } };
    await done("freezeAccount", { path, ...reason });
    await done("unfreezeAccount", { path, ...reason });
    const refused = await ask("closeAccount", { path, body: {} });
    assert.equal(refused.body["status"], "rejected");
    await done("closeAccount", { path: { accountId: await openAccount("0") }, body: {} });
  });

  test("about transfers in every state that they come to", async () => {
    const from = await openAccount("9000.00");
    const to = await openAccount("0");
    const send = (amount: string, more = {}): Promise<string> =>
      done("sendCredits", { path: { accountId: from }, body: { to, amount, ...more } });
    const transfers = {
      settled: await send("25.50", { note: "pocket money" }),
      refunded: await send("1.00", { to: nobody }),
      awaiting_approval: await send("1000.00"),
      approved: await send("1000.00"),
      denied: await send("1000.00"),
      cancelled: await send("1000.00"),
      scheduled: await send("1.00", { scheduledFor: inAnHour() }),
      withdrawn: await send("1.00", { scheduledFor: inAnHour() }),
    };
    const { approved, denied, cancelled, withdrawn } = transfers;
    for (const transferId of [cancelled, withdrawn])
      await done("cancelTransfer", { path: { accountId: from, transferId }, body: {} });
    await done("approveTransfer", {
      path: { transferId: approved },
      body: { approver, reason: "known to us" },
    });
    await done("denyTransfer", {
      path: { transferId: denied },
      body: { approver, reason: "not known to us" },
    });
    const finals = { ...transfers, approved: "", settled_too: approved };
    for (const [status, transferId] of Object.entries(finals))
      if (transferId !== "")
        await eventually(`a transfer is ${status}`, async () => {
          const { body } = await ask("showTransfer", { path: { transferId } });
          return body["status"] === status.replace("_too", "");
        });
    const waiting = await ask("showApprovals");
    assert.equal((waiting.body["items"] as Json[]).length, 1);
    await eventually("the processes are told", async () => {
      const { body } = await ask("showProcesses");
      return (body["items"] as Json[]).length >= 2;
    });
  });

  test("about commands on their way, and what became of them", async () => {
    const accountId = await openAccount("1.00");
    const headers = { prefer: undefined };
    const pending = await ask("loadCredits", {
      path: { accountId },
      body: { amount: "1.00" },
      headers,
    });
    assert.equal(pending.status, 202);
    const { stream, commandId } = pending.body as { stream: string; commandId: string };
    const path = { stream, commandId };
    const settled = await ask("showCommand", { path, query: { until: "settled", wait: "20" } });
    assert.equal(settled.status, 200);
    await control.fault({
      match: { operation: "feed", container: "commands" },
      effect: { kind: "status", status: 503 },
    });
    const held = await ask("loadCredits", {
      path: { accountId },
      body: { amount: "1.00" },
      headers,
    });
    await control.clear();
    assert.equal(held.status, 202);
    const command = { stream, commandId: String(held.body["commandId"]) };
    assert.ok((await ask("showCommand", { path: command })).status <= 202);
  });

  test("about notifications: page by page, and pushed", async () => {
    const [from, to] = [await openAccount("10.00"), await openAccount("0")];
    await done("sendCredits", { path: { accountId: from }, body: { to, amount: "2.00" } });
    const path = { accountId: to };
    const told = await eventually("a notification", async () => {
      const { body } = await ask("showNotifications", { path, headers: { prefer: "wait=5" } });
      return (body["items"] as Json[]).length === 1 && body;
    });
    assert.equal((told["items"] as Json[])[0]?.["type"], "credits_received");
    const { body } = await ask("streamNotifications", { path, query: { lastEventId: "0" } });
    assert.match(String(body["text"]), /^event: credits_received$/m);
  });

  test("about the whole: money, revenue, and what is parked until it is replayed", async () => {
    assert.equal((await ask("showTotals")).body["conserved"], true);
    const day = new Date().toISOString().slice(0, 10);
    await eventually("the day's revenue", async () => {
      const { body } = await ask("showRevenue", { query: { from: day, to: day } });
      return (body["days"] as Json[]).length === 1;
    });
    const accountId = await openAccount("0");
    await control.fault({
      match: { operation: "create", container: "events", partitionKey: `account-${accountId}` },
      effect: { kind: "status", status: 413 },
    });
    const headers = { prefer: undefined };
    await ask("loadCredits", { path: { accountId }, body: { amount: "1.00" }, headers });
    const lane = `handling:account-${accountId}`;
    await eventually("a dead letter", async () => {
      const { body } = await ask("showDeadLetters");
      return (body["lanes"] as Json[]).some((each) => each["lane"] === lane);
    });
    const inVain = await ask("replayDeadLetters", { body: { lane } });
    assert.equal((inVain.body["lanes"] as Json[])[0]?.["left"], 1);
    await control.clear();
    const replayed = await ask("replayDeadLetters", { body: {} });
    assert.equal((replayed.body["lanes"] as Json[])[0]?.["replayed"], 1);
  });

  test("about what is parked for what it is: shown, repaired, discarded, or why not", async () => {
    const accountId = await openAccount("10.00");
    const stream = `account-${accountId}`;
    const poison = await poisonFor(stored, stream, "a known event without its data");
    await write(stored, poison);
    const lane = `projecting:${stream}`;
    const path = { id: String(poison.document["id"]) };
    await eventually("a dead letter", async () => {
      const { body } = await ask("showDeadLetters", { query: { lane, limit: "10" } });
      return (body["lanes"] as Json[]).length === 1;
    });
    const load = { path: { accountId }, headers: { prefer: undefined } };
    const waiting = await ask("loadCredits", { ...load, body: { amount: "1.00" } });
    await ask("loadCredits", { ...load, body: { amount: "2.00" } });
    const behind = await eventually("what waits behind it", async () => {
      const { body } = await ask("showDeadLetters", { query: { lane: `handling:${stream}` } });
      const [letters] = body["lanes"] as { readonly items: Json[] }[];
      return letters?.items.length === 2 && letters.items[1];
    });
    assert.equal(behind["canDiscard"], false);
    const inVain = { lane: `handling:${stream}`, reason: "in vain" };
    assert.equal(
      await codeOf("discardDeadLetter", { path: { id: String(behind["id"]) }, body: inVain }),
      "not_possible",
    );

    const shown = await ask("showDeadLetter", { path, query: { lane } });
    assert.deepEqual(shown.body["message"], poison.document);
    assert.equal(await codeOf("showDeadLetter", { path }), "invalid_request");
    assert.equal(await codeOf("showDeadLetter", { path, query: { lane: "none" } }), "not_found");
    const reason = "a test";
    const { events, outcomes } = poison.good as unknown as Commit;
    const repair = (message: object): Asked => ({ path, body: { lane, message, reason } });
    const malformed = await ask(
      "repairDeadLetter",
      repair({ events: poison.document["events"], outcomes }),
    );
    assert.equal(malformed.status, 400);
    const [fault] = malformed.body["errors"] as Json[];
    assert.equal(fault?.["path"], "message.events.0.data.amountE4");
    const [event] = events;
    const tooMuch = [{ ...event, data: { ...event?.data, amountE4: 6_0000 } }];
    assert.equal(
      await codeOf("repairDeadLetter", repair({ events: tooMuch, outcomes })),
      "correction_refused",
    );
    const slowly = await control.fault({
      match: { operation: "replace", container: "dead-letters", documentId: path.id },
      effect: { kind: "delay", ms: 600_000 },
      times: 1,
    });
    const late = ask("discardDeadLetter", { path, body: { lane, reason } });
    await eventually("the slow one decides", async () => (await control.hits(slowly)) === 1);
    assert.equal((await ask("repairDeadLetter", repair({ events, outcomes }))).status, 200);
    await control.advanceClock(600_000);
    assert.equal((await late).body["code"], "decision_conflict");
    assert.equal((await ask("showDeadLetter", { path, query: { lane } })).body["isWaiting"], false);

    const first = { lane: `handling:${stream}`, reason };
    const command = { path: { id: String(waiting.body["commandId"]) }, body: first };
    assert.equal((await ask("discardDeadLetter", command)).status, 200);
    const { body } = await ask("showAccount", { path: { accountId } });
    assert.equal((body["balance"] as Json)["available"], "16.9976");
  });

  test("about the service itself, to anybody", async () => {
    for (const id of ["showLiveness", "showReadiness", "showAccess"] as const)
      assert.equal((await ask(id)).status, 200);
    assert.deepEqual((await ask("showContract")).body, JSON.parse(JSON.stringify(openApi)));
    assert.equal((await ask("showEventCatalogue")).body["asyncapi"], "3.0.0");
    for (const id of ["showContractPage", "showEventsPage"] as const) {
      const { headers, body } = await ask(id);
      assert.match(String(body["text"]), /^<!doctype html>/);
      assert.match(
        headers.get("content-security-policy") ?? "",
        /^default-src 'none'; style-src 'sha/,
      );
    }
  });
});

describe("the doors refuse as the contract says", () => {
  const accountId = nobody;
  const transferId = `${nobody}-${"0".repeat(20)}`;
  const stream = `account-${nobody}`;
  const path = { accountId, transferId, stream, commandId: "none", id: "none" };
  const guarded = [...operations.values()].filter(({ operation }) => operation.security);
  const ids = guarded.map(({ operation }) => operation.operationId as OperationId);

  for (const id of ids) {
    const body = operationOf(id).operation.requestBody === undefined ? undefined : {};

    test(`${id} to whoever sends no token, or none that is valid`, async () => {
      assert.equal(await codeOf(id, { path, body, who: "nobody" }), "missing_token");
      const headers = { authorization: "Bearer forged" };
      assert.equal(await codeOf(id, { path, body, who: "nobody", headers }), "invalid_token");
    });

    test(`${id} to whoever has no role for it`, async () => {
      const who = operationOf(id).operation.tags.includes("Operators") ? somebody : "operator";
      const { status } = await ask(id, { path, body, who });
      const mayLook =
        who === "operator" && /^(show(Account|Statement|Transfer|Command)|pastBalance)$/.test(id);
      assert.equal(status === 403, !mayLook);
    });
  }

  test("what is not there, or belongs to somebody else", async () => {
    const mine = await openAccount("0");
    const who = "stranger@example.com";
    for (const id of ["showAccount", "showStatement", "showNotifications"] as const)
      assert.equal(await codeOf(id, { path: { accountId: mine }, who }), "not_found");
    assert.equal(await codeOf("showTransfer", { path }), "not_found");
    assert.equal(await codeOf("showCommand", { path }), "unknown_command");
  });

  test("what is malformed", async () => {
    const mine = await openAccount("0");
    const load = (asked: Asked): Promise<unknown> =>
      codeOf("loadCredits", { path: { accountId: mine }, body: { amount: "1.00" }, ...asked });
    assert.equal(await load({ body: { amount: "none" } }), "invalid_request");
    assert.equal(await load({ body: "{" }), "malformed_json");
    assert.equal(await load({ body: `"${"x".repeat(17_000)}"` }), "body_too_large");
    assert.equal(
      await load({ headers: { "content-type": "text/plain" } }),
      "unsupported_media_type",
    );
    assert.equal(
      await load({ headers: { "idempotency-key": undefined } }),
      "idempotency_key_missing",
    );
    assert.equal(
      await load({ headers: { "idempotency-key": "short" } }),
      "idempotency_key_malformed",
    );
    const headers = { "idempotency-key": randomUUID() };
    assert.equal(await load({ headers }), undefined);
    assert.equal(await load({ headers, body: { amount: "2.00" } }), "idempotency_key_reused");
  });

  test("what is stored and cannot be read", async () => {
    const mine = await openAccount("0");
    const stream = `account-${mine}`;
    const at = new Date().toISOString();
    await stored.container("events").items.create({ id: "0000000002", stream, at });
    assert.equal(await codeOf("showStatement", { path: { accountId: mine } }), "unreadable");
  });

  test("while the store is away", async () => {
    const mine = await openAccount("0");
    await control.fault({
      match: { operation: "create", container: "commands" },
      effect: { kind: "status", status: 503 },
    });
    const asked = { path: { accountId: mine }, body: { amount: "1.00" } };
    assert.equal(await codeOf("loadCredits", asked), "unavailable");
    await control.clear();
  });

  test("whoever asks too often", async () => {
    await eventually("enough is enough", async () => {
      const code = await codeOf("showTotals", { who: "nobody" });
      return code === "too_many_requests";
    });
  });
});

test("every operation has been answered in each good way, and every problem has been met", () => {
  const unseen = [...operations].flatMap(([id, { operation }]) =>
    Object.keys(operation.responses)
      .filter((status) => status < "300" && !seen.has(`${id} ${status}`))
      .map((status) => `${id} ${status}`),
  );
  const { properties } = openApi.components.schemas["Problem"] as {
    properties: { code: { enum: readonly string[] } };
  };
  const unmet = properties.code.enum.filter((code) => !seen.has(code));
  assert.deepEqual([...unseen, ...unmet], []);
});

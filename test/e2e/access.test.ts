/** Who may what: every door, asked by everybody, over HTTP and with tokens of the local issuer. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { describe, test } from "node:test";
import { decodeJwt, generateKeyPair, SignJWT, UnsecuredJWT } from "jose";
import type { Action } from "../../src/modules/endpoints.ts";
import type { CommandDocument } from "../../src/kernel/messages/command.ts";
import type { Commit } from "../../src/kernel/messages/commit.ts";
import { identitySettings } from "../../scripts/local-identity.ts";
import { localTokens } from "../../scripts/local-tokens.ts";
import { type Answer, type Client, type Json, nobody } from "../support/client.ts";
import { startLocalSystem } from "../support/local-system.ts";
import { refusalOf, transfersOf } from "../support/transfers.ts";

const { client, control, functionsUrl, identityUrl, stored } = await startLocalSystem();
const tokens = localTokens(functionsUrl);

const people = {
  ada: client.as("ada@example.com"),
  bob: client.as("bob@example.com"),
  eve: client.as("eve@example.com"),
  grace: client.as("grace@bank.example"),
  oscar: client.as("oscar@bank.example"),
  operations: client.as("operator"),
  desk: client.as("approval-desk"),
} as const;

type Asker = keyof typeof people;

async function open(owner: Client, key = randomUUID(), email = "any@example.com"): Promise<string> {
  const body = { name: "Somebody", email, currency: "EUR" };
  const opened = await owner.post("/accounts", body, { key });
  assert.equal(opened.status, 200, JSON.stringify(opened.body));
  return String(opened.body["resource"]).replace("/api/accounts/", "");
}

const adas = await open(people.ada);
const bobs = await open(people.bob);
await people.ada.post(`/accounts/${adas}/loads`, { amount: "5000.00" });
const requested = await people.ada.post(`/accounts/${adas}/transfers`, {
  to: bobs,
  amount: "2000.00",
});
const transferId = String(requested.body["resource"]).replace("/api/transfers/", "");
const adasCommand = String(requested.headers.get("location")).split("/").at(-1) ?? "";

type Door = { readonly methods: readonly string[]; readonly route: string };

/** What tells nothing of anybody. */
const openToAll: ReadonlySet<string> = new Set([
  ...["showAccess", "showLiveness", "showReadiness"],
  ...["showContract", "showEventCatalogue", "showContractPage", "showEventsPage"],
]);

/** The guarded endpoints as the function app has them; it reads its settings as it is loaded. */
async function doorsOfApp(): Promise<Readonly<Record<string, Door>>> {
  Object.assign(process.env, identitySettings(identityUrl));
  const { endpoints } = await import("../../src/endpoints.ts");
  const guarded = Object.entries(endpoints).filter(([name]) => !openToAll.has(name));
  return Object.fromEntries(guarded);
}

const doors = await doorsOfApp();

/**
 * `y`: let in. `h`: hidden, as if there were no such thing. `f`: forbidden. Grace is an approver and Oscar an operator;
 * as people they are customers as well, but not of Ada's account. Bob is to receive Ada's transfer.
 */
const columns = ["ada", "bob", "eve", "grace", "oscar", "operations", "desk"] as const;
const table: Readonly<Record<Action, string>> = {
  openAccount: "y y y y y f f",
  loadCredits: "y h h h h f f",
  sendCredits: "y h h h h f f",
  cancelTransfer: "y h h h h f f",
  closeAccount: "y h h h h f f",
  freezeAccount: "f f f f y y f",
  unfreezeAccount: "f f f f y y f",
  approveTransfer: "f f f y f f y",
  denyTransfer: "f f f y f f y",
  showCommand: "y h h y y y y",
  showAccount: "y h h h y y y",
  pastBalance: "y h h h y y f",
  showStatement: "y h h h y y f",
  showTransfer: "y y h y y y y",
  showNotifications: "y h h h h f f",
  streamNotifications: "y h h h h f f",
  showRevenue: "f f f f y y f",
  showTotals: "f f f f y y f",
  showApprovals: "f f f y y y y",
  showProcesses: "f f f f y y f",
  showDeadLetters: "f f f f y y f",
  showDeadLetter: "f f f f y y f",
  replayDeadLetters: "f f f f y y f",
  repairDeadLetter: "f f f f y y f",
  discardDeadLetter: "f f f f y y f",
};

/** Asks in a way that has no effect: a POST by whoever is let in is then found to be malformed. */
async function ask(door: Door, who: Asker): Promise<number> {
  const [method = ""] = door.methods;
  const path = pathTo(door, { accountId: adas, transferId });
  const { status } = await people[who].send(path, {
    method,
    headers: { "content-type": "application/json", "idempotency-key": randomUUID() },
    ...(method === "POST" ? { body: '{"flaw":true}' } : {}),
  });
  return status;
}

function pathTo({ route }: Door, named: { accountId: string; transferId: string }): string {
  const stream = `account-${named.accountId}`;
  const values: Readonly<Record<string, string>> = {
    ...named,
    stream,
    commandId: adasCommand,
    id: "none",
  };
  return `/${route.replaceAll(/\{(\w+)\}/g, (_, name: string) => values[name] ?? "")}`;
}

function letterOf(status: number): string {
  if (status === 403) return "f";
  if (status === 404) return "h";
  return [200, 202, 400].includes(status) ? "y" : String(status);
}

describe("who may what", () => {
  test("is said for every door that there is", () => {
    assert.deepEqual(Object.keys(doors).sort(), Object.keys(table).sort());
  });

  for (const [action, door] of Object.entries(doors))
    test(`${door.methods.join()} ${door.route}`, async () => {
      const letters = await Promise.all(columns.map(async (who) => letterOf(await ask(door, who))));
      assert.equal(letters.join(" "), table[action as Action], columns.join(" "));
    });

  test("does not depend on where else an account of one's own is named", async () => {
    const path = `/accounts/${bobs}/transfers/${transferId}/cancellation`;
    for (const who of [people.bob, people.ada])
      assert.equal((await who.post(path, {})).status, 404);
    assert.equal(
      (await transfersOf(client.as("operator")).show(transferId)).status,
      "awaiting_approval",
    );
  });
});

describe("another's account", () => {
  test("is answered about as one that is not there, word for word", async () => {
    const paths = ["", "/statement", "/balance?at=2026-01-01T00:00:00Z", "/notifications"];
    for (const path of paths) {
      const [others, none] = await Promise.all(
        [adas, nobody].map(async (accountId) => {
          const { status, body } = await people.eve.get(`/accounts/${accountId}${path}`);
          return { status, body: JSON.stringify(body).replaceAll(accountId, "{accountId}") };
        }),
      );
      assert.deepEqual(others, none);
      assert.equal(others?.status, 404);
    }
  });

  test("cannot be met by guessing the key that opened it: keys belong to callers", async () => {
    const key = randomUUID();
    const [one, other] = [await open(people.ada, key), await open(people.bob, key)];
    assert.notEqual(one, other);
    assert.equal(await open(people.ada, key), one);
  });
});

describe("a new account", () => {
  test("is its owner's at once, even before it has been handled", async () => {
    await control.fault({
      match: { container: "events", operation: "create" },
      effect: { kind: "status", status: 503 },
    });
    const body = { name: "Ada", email: "ada@example.com", currency: "EUR" };
    const opened = await people.ada.post("/accounts", body, { wait: 0 });
    assert.equal(opened.status, 202);
    const accountId = String(opened.body["resource"]).replace("/api/accounts/", "");
    assert.equal(
      (await people.bob.post(`/accounts/${accountId}/loads`, { amount: "1.00" })).status,
      404,
    );
    const load = { amount: "1.00" };
    const stored = await people.ada.post(`/accounts/${accountId}/loads`, load, { wait: 0 });
    assert.equal(stored.status, 202);
    assert.equal(stored.body["reached"], "stored");
    await control.clear();
    assert.equal((await people.ada.follow(stored)).body["status"], "accepted");
  });
});

describe("a decision", () => {
  test("is made in one's own name only", async () => {
    const path = `/operator/transfers/${transferId}/approval`;
    const forged = await people.grace.post(path, { approver: "alan@bank.example" });
    assert.deepEqual([forged.status, forged.body["code"]], [403, "forbidden"]);
  });

  test("about one's own transfer is refused, whatever address the account was opened with", async () => {
    const graces = await open(people.grace, randomUUID(), "somebody.else@example.com");
    await people.grace.post(`/accounts/${graces}/loads`, { amount: "5000.00" });
    const sent = await people.grace.post(`/accounts/${graces}/transfers`, {
      to: bobs,
      amount: "3000.00",
    });
    const id = String(sent.body["resource"]).replace("/api/transfers/", "");
    const path = `/operator/transfers/${id}/approval`;
    const approval = { approver: "grace@bank.example" };
    for (const who of [people.grace, people.desk])
      assert.equal(refusalOf(await who.post(path, approval)), "approver_is_party");
  });
});

describe("every event", () => {
  const subjectOf = async (who: Parameters<typeof tokens.of>[0]): Promise<unknown> =>
    decodeJwt(await tokens.of(who))["oid"];

  test("records who asked for it, and what the system did by itself", async () => {
    const operated = { reason: "a check" };
    await people.operations.post(`/operator/accounts/${bobs}/freeze`, operated);
    await people.oscar.post(`/operator/accounts/${bobs}/unfreeze`, operated);
    const approval = { approver: "grace@bank.example" };
    const approved = await people.desk.post(`/operator/transfers/${transferId}/approval`, approval);
    assert.equal(approved.body["reached"], "settled");

    const commits = await stored.all<Commit>("events");
    const recorded = commits
      .filter(({ stream }) => [`account-${adas}`, `account-${bobs}`].includes(stream))
      .flatMap(({ outcomes }) =>
        outcomes.map(({ type, actor, subject }) => [type, actor, subject]),
      );
    const [ada, bob] = [await subjectOf("ada@example.com"), await subjectOf("bob@example.com")];
    for (const expected of [
      ["OpenAccount", `account:${adas}`, ada],
      ["OpenAccount", `account:${bobs}`, bob],
      ["LoadCredits", `account:${adas}`, ada],
      ["SendCredits", `account:${adas}`, ada],
      ["FreezeAccount", "operator", await subjectOf("operator")],
      ["UnfreezeAccount", "operator", await subjectOf("oscar@bank.example")],
      ["ApproveTransfer", "approver:grace@bank.example", await subjectOf("approval-desk")],
      ["ReceiveCredits", "process:transfer", undefined],
      ["SettleTransfer", "process:transfer", undefined],
    ])
      assert.equal(
        recorded.filter((found) => JSON.stringify(found) === JSON.stringify(expected)).length,
        1,
        `${JSON.stringify(expected)} in ${JSON.stringify(recorded)}`,
      );
    const commands = await stored.all<CommandDocument>("commands");
    const opening = commands.find(
      ({ stream, type }) => stream === `account-${adas}` && type === "OpenAccount",
    );
    assert.deepEqual(
      [opening?.subject, opening?.client, opening?.email],
      [ada, "simulator", "ada@example.com"],
    );
  });

  test("and no answer tells the subject behind it", async () => {
    const ada = String(await subjectOf("ada@example.com"));
    const paths = [`/accounts/${adas}`, `/accounts/${adas}/statement`, `/transfers/${transferId}`];
    for (const path of paths) {
      const { status, body } = await people.operations.get(path);
      assert.equal(status, 200);
      assert.doesNotMatch(JSON.stringify(body), new RegExp(ada));
    }
  });
});

describe("who has decided about a transfer", () => {
  const grace = "grace@bank.example";
  const pathOf = ({ body }: Answer): string => String(body["resource"]).replace("/api", "");

  async function decided(sender: Client, from: string): Promise<readonly [Answer, Answer]> {
    await sender.post(`/accounts/${from}/loads`, { amount: "9000.00" });
    const send = (): Promise<Answer> =>
      sender.post(`/accounts/${from}/transfers`, { to: bobs, amount: "2000.00" });
    const [first, second] = [await send(), await send()];
    const verdict = { approver: grace, reason: "the house rules" };
    await people.desk.post(`/operator${pathOf(first)}/denial`, verdict);
    await people.grace.post(`/operator${pathOf(second)}/approval`, verdict);
    return [first, second];
  }

  const namesIn = async (asker: Client, path: string): Promise<readonly unknown[]> => {
    const { history } = await transfersOf(asker).show(path.replace("/transfers/", ""));
    return history.filter(({ what }) => what.endsWith("ed")).map(({ by }) => by);
  };

  test("is a role to sender and receiver, in whatever they may read", async () => {
    const answers = await decided(people.ada, adas);
    const paths = answers.map(pathOf);
    for (const asker of [people.ada, people.bob])
      assert.deepEqual(
        [await namesIn(asker, paths[0] ?? ""), await namesIn(asker, paths[1] ?? "")],
        [
          [`account:${adas}`, "approver"],
          [`account:${adas}`, "approver", "process:transfer"],
        ],
      );
    const tooLate = { approver: grace, reason: "late" };
    const refused = await people.desk.post(`/operator${paths[0] ?? ""}/denial`, tooLate);
    assert.equal(refusalOf(refused), "transfer_not_pending");

    const later = new Date(Date.now() + 60_000).toISOString();
    const readable = ["", "/statement", `/balance?at=${later}`, "/notifications"];
    const told: string[] = [];
    for (const [owner, accountId] of [
      [people.ada, adas],
      [people.bob, bobs],
    ] as const)
      for (const path of [
        ...readable.map((rest) => `/accounts/${accountId}${rest}`),
        ...paths,
        refused.headers.get("location")?.replace("/api", "") ?? "",
      ]) {
        const { status, body } = await owner.get(path);
        if (path.includes("/commands/") && owner === people.bob) assert.equal(status, 404);
        else assert.equal(status, 200, path);
        told.push(JSON.stringify(body));
      }
    const stream = await fetch(`${functionsUrl}/api/accounts/${adas}/notifications/stream`, {
      headers: { authorization: `Bearer ${await tokens.of("ada@example.com")}` },
    });
    told.push(await stream.text());
    const everything = told.join("\n");
    assert.match(everything, /transfer_denied[^]*event: transfer_denied/);
    assert.match(everything, /the house rules/);
    assert.doesNotMatch(everything, /grace|bank\.example/);
  });

  test("is named to approvers, operators and the desk, whoever else they are", async () => {
    const oscars = await open(people.oscar);
    const [denied] = await decided(people.oscar, oscars);
    for (const asker of [people.grace, people.oscar, people.operations, people.desk])
      assert.deepEqual(await namesIn(asker, pathOf(denied)), [
        `account:${oscars}`,
        `approver:${grace}`,
      ]);
    assert.deepEqual(await namesIn(people.bob, pathOf(denied)), [`account:${oscars}`, "approver"]);
  });
});

describe("without a token that counts", () => {
  const doorsOf = Object.values(doors).map((door) => ({
    method: door.methods[0] ?? "",
    path: pathTo(door, { accountId: adas, transferId }),
  }));
  const send = (method: string, path: string, headers: Record<string, string>): Promise<Response> =>
    fetch(`${functionsUrl}/api${path}`, { method, headers });

  test("every door answers 401, says whom to ask for one, and tells nothing else", async () => {
    for (const { method, path } of doorsOf) {
      const response = await send(method, path, {});
      assert.equal(response.status, 401, path);
      assert.equal(
        response.headers.get("www-authenticate"),
        `Bearer realm="saldo", resource_metadata="${functionsUrl}/api/.well-known/oauth-protected-resource"`,
      );
      assert.equal(((await response.json()) as Json)["code"], "missing_token");
    }
    const { body } = await client.get("/.well-known/oauth-protected-resource");
    assert.deepEqual(body["authorization_servers"], [identityUrl]);
    assert.deepEqual(body["scopes_supported"], ["api://saldo-api/access"]);
  });

  test("wrong tokens are refused, wherever they come", async () => {
    const right = await tokens.of("ada@example.com");
    const claims = decodeJwt(right);
    const { privateKey } = await generateKeyPair("RS256");
    const signed = (changed: object): Promise<string> =>
      new SignJWT({ ...claims, ...changed })
        .setProtectedHeader({ alg: "RS256", kid: "k" })
        .sign(privateKey);
    const header = {
      alg: "RS256",
      kid: (JSON.parse(Buffer.from(right.split(".")[0] ?? "", "base64url").toString()) as Json)[
        "kid"
      ] as string,
    };
    const wrong = [
      "nonsense",
      new UnsecuredJWT(claims).encode(),
      await signed({}),
      await new SignJWT(claims).setProtectedHeader(header).sign(privateKey),
      right.slice(0, -8),
    ];
    for (const token of wrong) {
      const response = await send("GET", `/accounts/${adas}`, { authorization: `Bearer ${token}` });
      assert.equal(response.status, 401);
      assert.match(response.headers.get("www-authenticate") ?? "", /error="invalid_token"/);
    }
    for (const headers of [
      { "x-functions-key": "master-key" },
      { authorization: `Basic ${right}` },
    ])
      assert.equal((await send("GET", `/accounts/${adas}`, headers)).status, 401);
    const inQuery = `/accounts/${adas}?access_token=${right}`;
    assert.equal((await send("GET", inQuery, {})).status, 401);
    assert.equal((await people.ada.get(`/accounts/${adas}`)).status, 200);
  });

  test("two of them are none, though each counts", async () => {
    const token = `Bearer ${await tokens.of("ada@example.com")}`;
    const [response] = (await once(
      request(`${functionsUrl}/api/accounts/${adas}`, {
        headers: ["host", "localhost", "authorization", token, "authorization", token],
      }).end(),
      "response",
    )) as [IncomingMessage];
    response.resume();
    assert.equal(response.statusCode, 401);
  });

  test("one that has expired is refused, and a new one is let in", async () => {
    const authorization = `Bearer ${await tokens.of("ada@example.com")}`;
    await control.advanceClock(2 * 60 * 60_000);
    const { status } = await send("GET", `/accounts/${adas}`, { authorization });
    assert.equal(status, 401);
    assert.equal((await people.ada.get(`/accounts/${adas}`)).status, 200);
  });
});

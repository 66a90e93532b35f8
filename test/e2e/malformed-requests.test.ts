/** Every malformed request of every endpoint gets its problem document, and nothing of it is stored. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { describe, test } from "node:test";
import { CosmosClient } from "@azure/cosmos";
import { localCosmosKey } from "../../scripts/local-azure.ts";
import { startLocalSystem } from "../support/local-system.ts";

const { client, cosmosUrl } = await startLocalSystem();
const account = await client.accountWith("10.00");
const cosmos = new CosmosClient({ endpoint: cosmosUrl, key: localCosmosKey });
const commands = cosmos.database("saldo").container("commands");

async function storedCommands(): Promise<number> {
  const { resources } = await commands.items
    .query<number>("SELECT VALUE COUNT(1) FROM c")
    .fetchAll();
  return resources[0] ?? 0;
}

const storedBefore = await storedCommands();

type Sent = { body?: string; headers?: Record<string, string | undefined> };

async function expectProblem(
  { method = "POST", path, body, headers = {} }: Sent & { method?: string; path: string },
  expected: { status: number; code: string; paths?: string[] },
): Promise<void> {
  const standard = { "content-type": "application/json", "idempotency-key": randomUUID() };
  const all: Sent["headers"] = { ...(method === "POST" ? standard : {}), ...headers };
  const entries = Object.entries(all);
  const response = await client.send(path, {
    method,
    headers: entries.filter((entry): entry is [string, string] => entry[1] !== undefined),
    ...(body === undefined ? {} : { body }),
  });
  const problem = response.body;
  assert.equal(response.status, expected.status, JSON.stringify(problem));
  assert.equal(response.headers.get("content-type"), "application/problem+json");
  assert.equal(problem["code"], expected.code);
  assert.equal(problem["status"], expected.status);
  assert.equal(problem["type"], `urn:saldo:problem:${expected.code}`);
  assert.ok(typeof problem["title"] === "string" && typeof problem["detail"] === "string");
  const errors = (problem["errors"] ?? []) as { path: string; message: string }[];
  assert.deepEqual(errors.map(({ path: at }) => at).sort(), expected.paths ?? []);
}

const person = { name: "Ada", email: "ada@example.com", currency: "EUR" };
const receiver = "0".repeat(16);

/** A valid body for each POST; every one of them must survive the same general mistakes. */
const endpoints = [
  { path: "/accounts", valid: person },
  { path: `/accounts/${account}/loads`, valid: { amount: "1.00" } },
  { path: `/accounts/${account}/transfers`, valid: { to: receiver, amount: "1.00" } },
  { path: `/accounts/${account}/closure`, valid: {} },
  { path: `/operator/accounts/${account}/freeze`, valid: { reason: "lost" } },
  { path: `/operator/accounts/${account}/unfreeze`, valid: { reason: "found" } },
];

for (const { path, valid } of endpoints)
  describe(`POST ${path.replace(account, "{accountId}")}`, () => {
    const mistakes: [string, Sent, { status: number; code: string; paths?: string[] }][] = [
      [
        "without an idempotency key",
        { headers: { "idempotency-key": undefined } },
        { status: 400, code: "idempotency_key_missing" },
      ],
      [
        "with too short an idempotency key",
        { headers: { "idempotency-key": "short" } },
        { status: 400, code: "idempotency_key_malformed" },
      ],
      [
        "with an idempotency key that has a space in it",
        { headers: { "idempotency-key": "0123456789 0123456789" } },
        { status: 400, code: "idempotency_key_malformed" },
      ],
      [
        "with too long an idempotency key",
        { headers: { "idempotency-key": "x".repeat(129) } },
        { status: 400, code: "idempotency_key_malformed" },
      ],
      ["with an empty body", { body: "" }, { status: 400, code: "malformed_json" }],
      ["with half a body", { body: '{"amount":' }, { status: 400, code: "malformed_json" }],
      ["with an array", { body: "[]" }, { status: 400, code: "invalid_request", paths: ["body"] }],
      ["with null", { body: "null" }, { status: 400, code: "invalid_request", paths: ["body"] }],
      [
        "with a member that does not belong there",
        { body: JSON.stringify({ ...valid, admin: true }) },
        { status: 400, code: "invalid_request", paths: ["admin"] },
      ],
      [
        "as a form",
        { headers: { "content-type": "application/x-www-form-urlencoded" } },
        { status: 415, code: "unsupported_media_type" },
      ],
      [
        "with more than 16 KiB",
        { body: JSON.stringify({ ...valid, note: "x".repeat(17_000) }) },
        { status: 413, code: "body_too_large" },
      ],
      [
        "asking to wait for something that is not a number",
        { headers: { prefer: "wait=soon" } },
        { status: 400, code: "invalid_request", paths: ["wait"] },
      ],
      [
        "asking to wait too long",
        { headers: { prefer: "wait=31" } },
        { status: 400, code: "invalid_request", paths: ["wait"] },
      ],
    ];
    for (const [mistake, sent, expected] of mistakes)
      test(`is refused ${mistake}`, () =>
        expectProblem({ path, body: JSON.stringify(valid), ...sent }, expected));
    test("is refused with an unknown point to wait for", () =>
      expectProblem(
        { path: `${path}?until=tomorrow`, body: JSON.stringify(valid) },
        { status: 400, code: "invalid_request", paths: ["until"] },
      ));
  });

describe("the fields of each request", () => {
  const table: [path: string, body: object, paths: string[]][] = [
    ["/accounts", {}, ["currency", "email", "name"]],
    ["/accounts", { ...person, name: "" }, ["name"]],
    ["/accounts", { ...person, name: "   " }, ["name"]],
    ["/accounts", { ...person, name: "x".repeat(101) }, ["name"]],
    ["/accounts", { ...person, name: 7 }, ["name"]],
    ["/accounts", { ...person, email: "nobody" }, ["email"]],
    ["/accounts", { ...person, currency: "eur" }, ["currency"]],
    ["/accounts", { ...person, currency: "EURO", email: "" }, ["currency", "email"]],
    ["loads", {}, ["amount"]],
    ...["0", "0.00", "-1.00", "1.00001", "1e3", "1,00", "", "NaN", "1000000000.01"].map(
      (amount): [string, object, string[]] => ["loads", { amount }, ["amount"]],
    ),
    ["loads", { amount: 100 }, ["amount"]],
    ["transfers", {}, ["amount", "to"]],
    ["transfers", { to: "somebody", amount: "1.00" }, ["to"]],
    ["transfers", { to: receiver, amount: "zero" }, ["amount"]],
    ["transfers", { to: receiver, amount: "1.00", note: "x".repeat(141) }, ["note"]],
    ["transfers", { to: receiver, amount: "1.00", note: "" }, ["note"]],
    ["transfers", { to: receiver, amount: "1.00", note: "half a pair: \ud800" }, ["note"]],
    ["/accounts", { ...person, name: "\udc00" }, ["name"]],
  ];
  for (const [path, body, paths] of table)
    test(`${path} ${JSON.stringify(body).slice(0, 60)} is wrong in ${paths.join(" and ")}`, () =>
      expectProblem(
        {
          path: path.startsWith("/") ? path : `/accounts/${account}/${path}`,
          body: JSON.stringify(body),
        },
        { status: 400, code: "invalid_request", paths },
      ));

  for (const reason of ["", "x".repeat(201), 7])
    test(`freezing for the reason ${JSON.stringify(reason).slice(0, 20)} is refused`, () =>
      expectProblem(
        {
          path: `/operator/accounts/${account}/freeze`,
          body: JSON.stringify({ reason }),
        },
        { status: 400, code: "invalid_request", paths: ["reason"] },
      ));

  for (const path of ["loads", "transfers", "closure"])
    test(`${path} of something that is no account id is refused`, () =>
      expectProblem(
        { path: `/accounts/NOT-AN-ACCOUNT/${path}`, body: "{}" },
        { status: 400, code: "invalid_request", paths: ["accountId"] },
      ));
});

describe("malformed and fruitless queries", () => {
  const table: [path: string, status: number, code: string, paths?: string[]][] = [
    ["/accounts/short", 400, "invalid_request", ["accountId"]],
    [`/accounts/${receiver}`, 404, "not_found"],
    [`/accounts/${account}/balance`, 400, "invalid_request", ["at"]],
    [`/accounts/${account}/balance?at=yesterday`, 400, "invalid_request", ["at"]],
    [`/accounts/${account}/balance?at=1999-01-01T00:00:00Z`, 404, "not_found"],
    [`/accounts/${receiver}/statement`, 404, "not_found"],
    [`/accounts/${account}/statement?limit=0`, 400, "invalid_request", ["limit"]],
    [`/accounts/${account}/statement?limit=201`, 400, "invalid_request", ["limit"]],
    [`/accounts/${account}/statement?limit=many`, 400, "invalid_request", ["limit"]],
    [`/accounts/${account}/statement?from=then`, 400, "invalid_request", ["from"]],
    [`/accounts/${account}/statement?to=now`, 400, "invalid_request", ["to"]],
    [`/accounts/${account}/statement?after=everything`, 400, "invalid_request", ["after"]],
    [`/accounts/${account}/statement?after=everything~0`, 400, "invalid_request", ["after"]],
    [`/accounts/${account}/statement?to=9999-12-31T23:59:59-02:00`, 400, "invalid_request", ["to"]],
    ["/transfers/nothing", 400, "invalid_request", ["transferId"]],
    [`/transfers/${receiver}-${"0".repeat(20)}`, 404, "not_found"],
    [`/commands/account-${receiver}/${"0".repeat(20)}`, 404, "unknown_command"],
    [`/commands/account-${account}/${"0".repeat(20)}?wait=x`, 400, "invalid_request", ["wait"]],
  ];
  for (const [path, status, code, paths = []] of table)
    test(`GET ${path.replace(account, "{accountId}")} answers ${status} ${code}`, () =>
      expectProblem({ method: "GET", path }, { status, code, paths }));
});

describe("operators' endpoints", () => {
  test("replaying a lane in which nothing waits is refused", () =>
    expectProblem(
      {
        path: "/operator/dead-letters/replay",
        body: JSON.stringify({ lane: "handling:account-nobody" }),
      },
      { status: 404, code: "not_found" },
    ));
  test("replaying something that is no lane is refused", () =>
    expectProblem(
      {
        path: "/operator/dead-letters/replay",
        body: JSON.stringify({ lane: 7 }),
      },
      { status: 400, code: "invalid_request", paths: ["lane"] },
    ));
});

test("nothing of all this was stored", async () => {
  assert.equal(await storedCommands(), storedBefore);
});

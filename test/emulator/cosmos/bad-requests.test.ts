import assert from "node:assert/strict";
import { before, beforeEach, describe, test } from "node:test";
import fc from "fast-check";
import { emulatorOnly, send, type Signed, useAccount } from "./support.ts";

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type Request = Signed & { readonly body: string };

const inA = { "x-ms-documentdb-partitionkey": '["a"]' };
const asQuery = { "content-type": "application/query+json", ...inA };
const asBatch = { "x-ms-cosmos-is-batch-request": "True", ...inA };
const atomic = { "x-ms-cosmos-batch-atomic": "True" };
const upsert = { "x-ms-documentdb-is-upsert": "True" };
const plan = { "x-ms-cosmos-is-query-plan-request": "True" };
const bulk = { "x-ms-cosmos-batch-atomic": "False", "x-ms-documentdb-partitionkeyrangeid": "0" };

const documentBody = { id: "1", pk: "a", n: 1, list: [1, { deep: null }], ttl: 100_000 };
const patchBody = {
  condition: "FROM c WHERE c.n = 1",
  operations: [
    { op: "add", path: "/list/0", value: { x: 1 } },
    { op: "set", path: "/s", value: "x" },
    { op: "replace", path: "/n", value: 2 },
    { op: "incr", path: "/n", value: 1 },
    { op: "move", from: "/n", path: "/m" },
    { op: "remove", path: "/m" },
  ],
};
const definition = {
  id: "made",
  partitionKey: { paths: ["/pk"], kind: "Hash", version: 2 },
  uniqueKeyPolicy: { uniqueKeys: [{ paths: ["/a", "/b/c"] }] },
  conflictResolutionPolicy: { mode: "LastWriterWins", conflictResolutionPath: "/_ts" },
  geospatialConfig: { type: "Geography" },
  defaultTtl: 60,
  analyticalStorageTtl: -1,
  computedProperties: [],
  indexingPolicy: {
    indexingMode: "consistent",
    automatic: true,
    includedPaths: [{ path: "/*", indexes: [] }],
    excludedPaths: [{ path: '/"_etag"/?' }],
    compositeIndexes: [[{ path: "/a", order: "ascending" }, { path: "/b" }]],
    spatialIndexes: [],
  },
};
const queryBody = {
  query: "SELECT c.id, @p AS p FROM c WHERE c.n > @n ORDER BY c.n",
  parameters: [
    { name: "@p", value: { x: [1] } },
    { name: "@n", value: 0 },
  ],
  resumeFilter: { value: [3], rid: "AAAAAQ==", exclude: true },
};
const batchBody = [
  { operationType: "Create", resourceBody: documentBody },
  { operationType: "Upsert", resourceBody: documentBody, partitionKey: '["a"]', ifMatch: "*" },
  { operationType: "Replace", id: "1", resourceBody: documentBody },
  { operationType: "Patch", id: "1", resourceBody: patchBody },
  { operationType: "Read", id: "1", ifNoneMatch: "x" },
  { operationType: "Delete", id: "1" },
];

describe("A request that is not as it should be", { skip: emulatorOnly }, () => {
  const account = useAccount();
  let templates: readonly { readonly request: Signed; readonly body: Json }[] = [];
  let documents = "";

  before(async () => {
    const container = await account.container({ throughput: 1_000_000, defaultTtl: -1 });
    const { resource: offer } = await container.readOffer();
    assert.ok(offer);
    const link = `dbs/${account.database.id}/colls`;
    const own = `${link}/${container.id}`;
    documents = `${own}/docs`;
    const item = `${documents}/1`;
    // Makes the account look at what a rule could match.
    const match = { operation: "create", documentId: "nobody's" } as const;
    account.emulated.cosmos.faults.set({ match, effect: { kind: "drop_reply" } });
    const offers = { type: "offers", link: offer.id.toLowerCase() };
    const { uniqueKeyPolicy: _, ...replaceable } = definition;
    const replacement = { ...replaceable, id: container.id };
    templates = [
      { request: { method: "POST", path: "dbs" }, body: { id: "made" } },
      { request: { method: "POST", path: link }, body: definition },
      { request: { method: "PUT", path: own }, body: replacement },
      {
        request: { method: "PUT", path: `offers/${offer.id}`, resource: offers },
        body: {
          content: { offerThroughput: 400, offerAutopilotSettings: { maxThroughput: 1000 } },
        },
      },
      { request: { method: "POST", path: documents, headers: inA }, body: documentBody },
      {
        request: { method: "POST", path: documents, headers: { ...inA, ...upsert } },
        body: documentBody,
      },
      { request: { method: "PUT", path: item, headers: inA }, body: documentBody },
      { request: { method: "PATCH", path: item, headers: inA }, body: patchBody },
      { request: { method: "PATCH", path: item, headers: inA }, body: patchBody.operations },
      { request: { method: "POST", path: documents, headers: asQuery }, body: queryBody },
      {
        request: { method: "POST", path: documents, headers: { ...asQuery, ...plan } },
        body: queryBody,
      },
      { request: { method: "POST", path: "dbs", headers: asQuery }, body: queryBody },
      {
        request: { method: "POST", path: documents, headers: { ...asBatch, ...atomic } },
        body: batchBody,
      },
      {
        request: { method: "POST", path: documents, headers: { ...asBatch, ...bulk } },
        body: batchBody,
      },
      {
        request: { method: "GET", path: documents, headers: { "a-im": "Incremental Feed" } },
        body: "",
      },
      { request: { method: "GET", path: documents }, body: "" },
      { request: { method: "GET", path: item, headers: inA }, body: "" },
      { request: { method: "DELETE", path: item, headers: inA }, body: "" },
    ];
  });

  beforeEach(async () => {
    const body = JSON.stringify(documentBody);
    const headers = { ...inA, ...upsert };
    await send(account.emulated, { method: "POST", path: documents, headers, body });
  });

  const status = async (request: Request): Promise<number> =>
    (await send(account.emulated, request)).status;

  for (const text of ["null", "[null]", "5", '"x"', "true", "", "[", '{"operations":[null]}']) {
    test(`is 400 with the body ${text === "" ? "empty" : text}`, async () => {
      for (const { request } of templates) {
        if (request.method === "GET" || request.method === "DELETE") continue;
        assert.equal(await status({ ...request, body: text }), 400, JSON.stringify(request));
      }
    });
  }

  const cases: readonly (readonly [what: string, change: (body: Json) => Json])[] = [
    ["a move from a number", () => ({ operations: [{ op: "move", from: 5, path: "/a" }] })],
    ["a patch condition that is no text", () => ({ ...patchBody, condition: 5 })],
    [
      "a unique key that is null",
      () => ({ ...definition, uniqueKeyPolicy: { uniqueKeys: [null] } }),
    ],
    ["a parameter that is null", () => ({ ...queryBody, parameters: [null] })],
    ["a parameter without a name", () => ({ ...queryBody, parameters: [{ value: 1 }] })],
  ];
  const kinds = [7, 7, 1, 9, 9];
  for (const [index, [what, change]] of cases.entries()) {
    test(`is 400 with ${what}`, async () => {
      const template = templates[kinds[index] ?? 0];
      assert.ok(template);
      const body = JSON.stringify(change(template.body));
      assert.equal(await status({ ...template.request, body }), 400);
    });
  }

  test("is 400 with settings, numbers or places in headers that are none", async () => {
    const token = (value: unknown): string =>
      Buffer.from(JSON.stringify(value)).toString("base64url");
    const query = {
      body: JSON.stringify({ query: "SELECT * FROM c ORDER BY c.n" }),
      method: "POST",
    };
    const of = (name: string, value: string): Request => ({
      ...query,
      path: documents,
      headers: { ...asQuery, [name]: value },
    });
    const [, create] = templates;
    assert.ok(create);
    const body = JSON.stringify({ ...definition, id: "never" });
    const making = (name: string, value: string): Request => ({
      ...create.request,
      headers: { [name]: value },
      body,
    });
    for (const request of [
      making("x-ms-cosmos-offer-autopilot-settings", "garbage"),
      making("x-ms-cosmos-offer-autopilot-settings", "null"),
      making("x-ms-cosmos-offer-autopilot-settings", '{"maxThroughput":"1e3"}'),
      making("x-ms-offer-throughput", "0x190"),
      making("x-ms-offer-throughput", "Infinity"),
      of("x-ms-max-item-count", "0x10"),
      of("x-ms-max-item-count", "1e1"),
      of("x-ms-max-item-count", ""),
      of("x-ms-continuation", "garbage"),
      of("x-ms-continuation", token(null)),
      of("x-ms-continuation", token({ kind: "offset", offset: -5 })),
      of("x-ms-continuation", token({ kind: "offset", offset: 1e300 })),
      of("x-ms-continuation", token({ kind: "place", path: "order", skip: -1 })),
      of(
        "x-ms-continuation",
        token({ kind: "place", path: "order", skip: 0, after: [{}, {}, {}] }),
      ),
      of("x-ms-continuation", token({ kind: "place", path: "order", skip: 0, after: 5 })),
      of("x-ms-documentdb-partitionkey", "garbage"),
      of("x-ms-documentdb-partitionkey", "null"),
      of("x-ms-documentdb-partitionkey", "[[]]"),
      {
        method: "GET",
        path: documents,
        headers: { "a-im": "Incremental feed", ...inA, "if-none-match": `"${"9".repeat(30)}"` },
        body: "",
      },
    ]) {
      assert.equal(await status(request), 400, JSON.stringify(request.headers));
    }
  });

  test("is 400 when it nests too deeply", async () => {
    const deep = (levels: number): string => "[".repeat(levels) + "]".repeat(levels);
    for (const levels of [1_000, 20_000]) {
      for (const { request } of templates) {
        if (request.method === "GET" || request.method === "DELETE") continue;
        assert.equal(await status({ ...request, body: deep(levels) }), 400);
      }
      const texts = [
        `{"id":"1","pk":"a","_ts":1,"deep":${deep(levels)}}`,
        `{"operations":[{"op":"set","path":"/deep","value":${deep(levels)}}]}`,
        `{"query":"SELECT @p AS p FROM c","parameters":[{"name":"@p","value":${deep(levels)}}]}`,
        `[{"operationType":"Create","resourceBody":{"id":"1","pk":"a","deep":${deep(levels)}}}]`,
        `{"id":"deep","partitionKey":{"paths":["/pk"]},"indexingPolicy":{"deep":${deep(levels)}}}`,
      ];
      for (const [index, body] of texts.entries()) {
        const template = templates[[4, 7, 9, 12, 1][index] ?? 0];
        assert.ok(template);
        assert.equal(await status({ ...template.request, body }), 400);
      }
    }
    const path = "/deep".repeat(20_000);
    const body = JSON.stringify({ operations: [{ op: "set", path, value: 1 }] });
    assert.equal(
      await status({ method: "PATCH", path: `${documents}/1`, headers: inA, body }),
      400,
    );
  });

  const odd = fc.constantFrom<Json>(
    ...[null, true, 0, -1, 1e300, "", "x", "/", "/*", "[]", "{}", "__proto__", "@", "\ud800", "\0"],
    ...[[], {}, [null], [[]], { "": null }, { paths: [null] }, { toString: 1 }],
    JSON.parse('{"__proto__":{"id":1}}') as Json,
  );
  const headerNames = fc.constantFrom(
    ...["x-ms-documentdb-partitionkey", "x-ms-documentdb-partitionkeyrangeid", "x-ms-continuation"],
    ...["x-ms-max-item-count", "x-ms-cosmos-offer-autopilot-settings", "x-ms-offer-throughput"],
    ...["if-match", "if-none-match", "if-modified-since", "a-im", "x-ms-start-epk", "x-ms-end-epk"],
    ...["x-ms-cosmos-is-batch-request", "x-ms-cosmos-batch-atomic", "x-ms-documentdb-is-upsert"],
    ...["x-ms-session-token", "prefer", "content-type", "x-ms-cosmos-is-query-plan-request"],
  );
  const headerValues = fc.oneof(
    odd.map((value) => JSON.stringify(value)),
    odd.map((value) => Buffer.from(JSON.stringify(value)).toString("base64url")),
    fc.constantFrom("", "true", "0", "-1", "99999999999999999999", '["a"]', "garbage", "*", "%ff"),
    fc.constantFrom("Incremental feed", "application/query+json", "Thu, 01 Jan 1970 00:00:00 GMT"),
    fc.string(),
  );

  test("is answered, and never as a failure of the emulator", async () => {
    const change = fc.record({
      template: fc.nat(),
      place: fc.nat(),
      value: fc.oneof(odd, fc.jsonValue() as fc.Arbitrary<Json>),
      headers: fc.option(fc.dictionary(headerNames, headerValues, { maxKeys: 3 }), { nil: {} }),
    });
    await fc.assert(
      fc.asyncProperty(change, async ({ template, place, value, headers }) => {
        const chosen = templates[template % templates.length];
        assert.ok(chosen);
        const request = { ...chosen.request, headers: { ...chosen.request.headers, ...headers } };
        const body = JSON.stringify(replaced(chosen.body, place, value));
        const answer = await send(account.emulated, { ...request, body });
        assert.ok(answer.status < 500, answer.body);
      }),
      { numRuns: 3_000 },
    );
    assert.equal((await account.database.read()).statusCode, 200);
  });
});

/** The same value with another one in the place of the `place`-th that it holds. */
function replaced(value: Json, place: number, by: Json): Json {
  const count = size(value);
  return replaceAt(value, place % count, by);
}

const size = (value: Json): number =>
  typeof value === "object" && value !== null
    ? Object.values(value).reduce<number>((sum, item: Json) => sum + size(item), 1)
    : 1;

function replaceAt(value: Json, place: number, by: Json): Json {
  if (place === 0 || typeof value !== "object" || value === null) return by;
  let before = 1;
  const entries = Object.entries(value).map(([key, item]: [string, Json]) => {
    const inside = place - before;
    before += size(item);
    return [key, inside >= 0 && inside < size(item) ? replaceAt(item, inside, by) : item] as const;
  });
  return Array.isArray(value) ? entries.map(([, item]) => item) : Object.fromEntries(entries);
}

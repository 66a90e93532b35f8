import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Container, TriggerOperation, TriggerType } from "@azure/cosmos";
import type { WireResponse } from "../../../emulator/shared/wire.ts";
import { emulatorOnly, partitionKeyV2, refusal, send, type Signed, useAccount } from "./support.ts";

type Feed = { readonly _count: number } & Readonly<Record<string, unknown>>;

const json = (answer: WireResponse): Readonly<Record<string, unknown>> =>
  JSON.parse(answer.body) as Readonly<Record<string, unknown>>;

/** Requests that the .NET SDK sends, and the Cosmos trigger with it, but not the JavaScript one. */
describe("Resources, as the .NET SDK asks for them", { skip: emulatorOnly }, () => {
  const account = useAccount();
  const ask = (request: Signed): Promise<WireResponse> => send(account.emulated, request);

  async function ridLink(container: Container): Promise<{ database: string; container: string }> {
    const { resource } = await container.read();
    const [, database = "", , own = ""] = resource?._self.split("/") ?? [];
    return { database, container: own };
  }

  test("can be addressed by their _rid, signed in lower case", async () => {
    const container = await account.container();
    const rid = await ridLink(container);
    const path = `dbs/${rid.database}/colls/${rid.container}`;
    const by = (type: string, link: string): { type: string; link: string } => ({
      type,
      link: link.toLowerCase(),
    });
    const ranges = await ask({
      method: "GET",
      path: `${path}/pkranges`,
      resource: by("pkranges", rid.container),
    });
    assert.equal(ranges.status, 200);
    assert.equal((json(ranges) as Feed)._count, 4);
    const read = await ask({ method: "GET", path, resource: by("colls", rid.container) });
    assert.equal(json(read)["id"], container.id);
    const database = await ask({
      method: "GET",
      path: `dbs/${rid.database}`,
      resource: by("dbs", rid.database),
    });
    assert.equal(json(database)["id"], account.database.id);

    const created = await ask({
      method: "POST",
      path: `${path}/docs`,
      resource: by("docs", rid.container),
      headers: { "x-ms-documentdb-partitionkey": '["a"]' },
      body: JSON.stringify({ id: "1", pk: "a" }),
    });
    assert.equal(created.status, 201);
    assert.equal((await container.item("1", "a").read()).statusCode, 200);
    const document = String(json(created)["_rid"]);
    const refused = await ask({
      method: "GET",
      path: `${path}/docs/${document}`,
      resource: by("docs", document),
      headers: { "x-ms-documentdb-partitionkey": '["a"]' },
    });
    assert.equal(refused.status, 400);
    assert.match(refused.body, /can not be addressed by its _rid/);
  });

  test("are refused by a _rid with the signature of another, and gone with their container", async () => {
    const container = await account.container();
    const other = await ridLink(await account.container());
    const rid = await ridLink(container);
    const path = `dbs/${rid.database}/colls/${rid.container}/pkranges`;
    const resource = { type: "pkranges", link: rid.container.toLowerCase() };
    const link = other.container.toLowerCase();
    const stranger = await ask({ method: "GET", path, resource: { type: "pkranges", link } });
    assert.equal(stranger.status, 401);
    await container.delete();
    assert.equal((await ask({ method: "GET", path, resource })).status, 404);
    const documents = { method: "GET", path: path.replace("pkranges", "docs") };
    const gone = await ask({ ...documents, resource: { type: "docs", link: resource.link } });
    assert.equal(gone.status, 404);
  });

  test("come by their name even if it looks like a _rid", async () => {
    const { database } = await account.client.databases.create({ id: "AAAAAA==" });
    const { resource } = await database.read();
    assert.equal(resource?.id, "AAAAAA==");
    await database.delete();
  });

  test("give the ranges of a container once, and 304 as long as nothing changed", async () => {
    const container = await account.container();
    const path = `dbs/${account.database.id}/colls/${container.id}/pkranges`;
    const incremental = { "a-im": "Incremental Feed" };
    const first = await ask({ method: "GET", path, headers: incremental });
    assert.equal(first.status, 200);
    assert.equal((json(first) as Feed)._count, 4);
    const { etag = "" } = first.headers;
    assert.notEqual(etag, "");
    const headers = { ...incremental, "if-none-match": etag };
    const next = await ask({ method: "GET", path, headers });
    assert.equal(next.status, 304);
    assert.equal(next.headers["etag"], etag);
    assert.equal(next.body, "");
    const other = await account.container();
    const elsewhere = `dbs/${account.database.id}/colls/${other.id}/pkranges`;
    assert.equal((await ask({ method: "GET", path: elsewhere, headers })).status, 200);
  });

  test("tell the configuration of the query engine, as a text of JSON", async () => {
    const answer = await ask({ method: "GET", path: "", resource: { type: "", link: "" } });
    const { queryEngineConfiguration } = json(answer);
    assert.equal(typeof queryEngineConfiguration, "string");
    const configuration = JSON.parse(String(queryEngineConfiguration)) as Record<string, unknown>;
    assert.equal(configuration["maxSqlQueryInputLength"], 512 * 1024);
    assert.equal(configuration["sqlAllowTop"], true);
  });
});

describe("Server-side code, users and conflicts", { skip: emulatorOnly }, () => {
  const account = useAccount();

  test("are listed as none", async () => {
    const container = await account.container();
    const { storedProcedures, triggers, userDefinedFunctions } = container.scripts;
    for (const list of [
      storedProcedures.readAll(),
      triggers.readAll(),
      userDefinedFunctions.readAll(),
      container.conflicts.readAll(),
      account.database.users.readAll(),
      storedProcedures.query({ query: "SELECT * FROM c WHERE c.id = 'x'" }),
      container.conflicts.query({ query: "SELECT * FROM c" }),
      account.database.users.query({ query: "SELECT * FROM c" }),
    ]) {
      assert.deepEqual((await list.fetchAll()).resources, []);
    }
  });

  test("are not found one by one", async () => {
    const { scripts } = await account.container();
    for (const ask of [
      () => scripts.storedProcedure("x").read(),
      () => scripts.trigger("x").read(),
      () => scripts.userDefinedFunction("x").delete(),
      () => account.database.user("x").read(),
      () => scripts.storedProcedure("x").execute("a"),
    ]) {
      const { status, message } = await refusal(ask());
      assert.equal(status, 404, message);
    }
  });

  test("are refused with the reason when they are created", async () => {
    const { scripts } = await account.container();
    const body = "function () {}";
    const trigger = { id: "t", body, triggerType: TriggerType.Pre };
    for (const [create, what] of [
      [() => scripts.storedProcedures.create({ id: "s", body }), "Stored procedures"],
      [
        () => scripts.triggers.create({ ...trigger, triggerOperation: TriggerOperation.All }),
        "Triggers",
      ],
      [() => scripts.userDefinedFunctions.create({ id: "u", body }), "User-defined functions"],
      [() => account.database.users.create({ id: "u" }), "Users and permissions"],
    ] as const) {
      const { status, message } = await refusal(create());
      assert.equal(status, 400);
      assert.match(message, new RegExp(`${what} are not emulated`));
    }
  });

  test("do not include the deletion of a logical partition", async () => {
    const container = await account.container();
    const { status, message } = await refusal(container.deleteAllItemsForPartitionKey("a"));
    assert.equal(status, 400);
    assert.match(message, /partitionkeydelete is not emulated/);
  });

  test("need their container or database", async () => {
    const { client } = account;
    const container = account.database.container("none");
    const { status } = await refusal(container.scripts.storedProcedures.readAll().fetchAll());
    assert.equal(status, 404);
    assert.equal((await refusal(client.database("none").users.readAll().fetchAll())).status, 404);
  });
});

describe("The settings of a container", { skip: emulatorOnly }, () => {
  const account = useAccount();

  const kept = async (definition: object): Promise<Readonly<Record<string, unknown>>> => {
    const container = await account.container(definition);
    const { resource } = await container.read();
    return { ...resource };
  };

  test("are kept also where nothing here depends on them", async () => {
    const policy = {
      mode: "Custom",
      conflictResolutionPath: "",
      conflictResolutionProcedure: "dbs/a/colls/b/sprocs/c",
    };
    const geospatialConfig = { type: "Geometry", boundingBox: { xmin: 0, ymin: 0 } };
    const settings = {
      conflictResolutionPolicy: policy,
      analyticalStorageTtl: -1,
      geospatialConfig,
    };
    const made = await kept(settings);
    assert.deepEqual(made["conflictResolutionPolicy"], policy);
    assert.equal(made["analyticalStorageTtl"], -1);
    assert.deepEqual(made["geospatialConfig"], geospatialConfig);
    const byPath = { mode: "LastWriterWins", conflictResolutionPath: "/priority" };
    const byPriority = await kept({ conflictResolutionPolicy: byPath });
    assert.deepEqual(byPriority["conflictResolutionPolicy"], {
      ...byPath,
      conflictResolutionProcedure: "",
    });
    const plain = await kept({});
    assert.deepEqual(plain["geospatialConfig"], { type: "Geography" });
    assert.equal(plain["analyticalStorageTtl"], undefined);
  });

  test("are refused where they are malformed or would be ignored", async () => {
    for (const definition of [
      { conflictResolutionPolicy: { mode: "Whoever" } },
      { conflictResolutionPolicy: { conflictResolutionPath: 5 } },
      { geospatialConfig: { type: "Globe" } },
      { geospatialConfig: "Geography" },
      { analyticalStorageTtl: -2 },
      { analyticalStorageTtl: "1" },
      { ttlPropertyPath: "/expires" },
      { materializedViewDefinition: {} },
    ]) {
      const making = account.container(definition as object);
      assert.equal((await refusal(making)).status, 400, JSON.stringify(definition));
    }
  });

  test("stay as they were made if a replacement says nothing of conflicts, and can not change", async () => {
    const policy = { mode: "LastWriterWins", conflictResolutionPath: "/priority" };
    const container = await account.container({ conflictResolutionPolicy: policy } as object);
    const { id } = container;
    const partitionKey = partitionKeyV2("/pk");
    const { resource: replaced } = await container.replace({ id, partitionKey, defaultTtl: 60 });
    assert.equal(replaced?.conflictResolutionPolicy?.conflictResolutionPath, "/priority");
    const other = { ...policy, conflictResolutionPath: "/other" };
    const change = { id, partitionKey, conflictResolutionPolicy: other };
    const changing = container.replace(change as Parameters<Container["replace"]>[0]);
    assert.equal((await refusal(changing)).status, 400);
  });

  test("change and go only in the version that If-Match names", async () => {
    const container = await account.container({ throughput: 400 });
    const { resource, etag } = await container.read();
    const { resource: offer } = await container.readOffer();
    assert.ok(resource && offer);
    const { database } = await account.client.databases.create({ id: "if-match" });
    const own = `dbs/${account.database.id}/colls/${container.id}`;
    const asOffer = { type: "offers", link: offer.id.toLowerCase() };
    const put = { method: "PUT", path: own, body: JSON.stringify({ ...resource, defaultTtl: 60 }) };
    const remove = { method: "DELETE", path: own };
    const offerPut = {
      method: "PUT",
      path: `offers/${offer.id}`,
      resource: asOffer,
      body: JSON.stringify(offer),
    };
    const requests = [put, remove, offerPut, { method: "DELETE", path: `dbs/${database.id}` }];
    for (const request of requests) {
      const headers = { "if-match": '"another"' };
      assert.equal((await ask({ ...request, headers })).status, 412, JSON.stringify(request));
    }
    assert.equal((await container.read()).resource?.defaultTtl, undefined);
    assert.equal((await ask({ ...put, headers: { "if-match": etag } })).status, 200);
    assert.equal((await ask({ ...put, headers: { "if-match": etag } })).status, 412);
    assert.equal((await ask({ ...remove, headers: { "if-match": "*" } })).status, 204);
    await database.delete();
  });

  const ask = (request: Signed): Promise<WireResponse> => send(account.emulated, request);
});

describe("A client that prefers a minimal answer", { skip: emulatorOnly }, () => {
  const account = useAccount();

  test("gets no document back from its writes, but from its reads", async () => {
    const container = await account.container();
    const docs = `dbs/${account.database.id}/colls/${container.id}/docs`;
    const body = JSON.stringify({ id: "1", pk: "a", n: 1 });
    const headers = { prefer: "return=minimal", "x-ms-documentdb-partitionkey": '["a"]' };
    const upsert = { ...headers, "x-ms-documentdb-is-upsert": "True" };
    const patch = JSON.stringify([{ op: "incr", path: "/n", value: 1 }]);
    const writes: readonly (readonly [Signed, number])[] = [
      [{ method: "POST", path: docs, headers, body }, 201],
      [{ method: "POST", path: docs, headers: upsert, body }, 200],
      [{ method: "PUT", path: `${docs}/1`, headers, body }, 200],
      [{ method: "PATCH", path: `${docs}/1`, headers, body: patch }, 200],
    ];
    for (const [request, status] of writes) {
      const answer = await send(account.emulated, request);
      assert.equal(answer.status, status);
      assert.equal(answer.body, "");
      const { resource, etag } = await container.item("1", "a").read<{ id: string }>();
      assert.equal(answer.headers["etag"], etag);
      assert.equal(resource?.id, "1");
    }
    const read = await send(account.emulated, { method: "GET", path: `${docs}/1`, headers });
    assert.equal(json(read)["n"], 2);
    const { prefer, ...whole } = headers;
    for (const [preference, each] of [
      [{ prefer }, {}],
      [{}, { minimalReturnPreference: true }],
    ] as const) {
      const batch = await send(account.emulated, {
        method: "POST",
        path: docs,
        headers: {
          ...{ ...whole, ...preference },
          "x-ms-cosmos-is-batch-request": "True",
          "x-ms-cosmos-batch-atomic": "True",
        },
        body: JSON.stringify([
          { operationType: "Upsert", resourceBody: { id: "2", pk: "a" }, ...each },
          { operationType: "Read", id: "2", ...each },
        ]),
      });
      const outcomes = JSON.parse(batch.body) as { resourceBody?: { id: string } }[];
      assert.deepEqual(
        outcomes.map(({ resourceBody }) => resourceBody?.id),
        [undefined, "2"],
      );
    }
  });
});

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { connect, emulatorOnly, partitionKeyV2, refusal, useAccount } from "./support.ts";

describe("Databases and containers", () => {
  const account = useAccount();

  test("can be created if they do not exist, any number of times", async () => {
    for (const status of [201, 200]) {
      const { statusCode } = await account.database.containers.createIfNotExists({
        id: "again",
        partitionKey: partitionKeyV2("/pk"),
      });
      assert.equal(statusCode, status);
    }
    const twice = account.database.containers.create({
      id: "again",
      partitionKey: partitionKeyV2("/pk"),
    });
    assert.equal((await refusal(twice)).status, 409);
  });

  test("answer the definition completed by defaults", async () => {
    const container = await account.container({ defaultTtl: 100 });
    const { resource } = await container.read();
    assert.deepEqual(resource?.partitionKey, { paths: ["/pk"], kind: "Hash", version: 2 });
    assert.equal(resource.defaultTtl, 100);
    assert.equal(resource.indexingPolicy?.indexingMode, "consistent");
    assert.deepEqual(resource.indexingPolicy.includedPaths, [{ path: "/*" }]);
    assert.equal(Buffer.from(resource._rid, "base64").length, 8);
  });

  test("are listed and queried", async () => {
    const container = await account.container();
    const { resources } = await account.database.containers.readAll().fetchAll();
    assert.ok(resources.some(({ id }) => id === container.id));
    const query = {
      query: "SELECT * FROM c WHERE c.id = @id",
      parameters: [{ name: "@id", value: account.database.id }],
    };
    const { resources: found } = await account.client.databases.query(query).fetchAll();
    assert.equal(found.length, 1);
  });

  test("are gone with everything in them once deleted", async () => {
    const container = await account.container();
    await container.items.create({ id: "1", pk: "a" });
    await container.delete();
    assert.equal((await refusal(container.read())).status, 404);
    const again = await account.database.containers.create({
      id: container.id,
      partitionKey: partitionKeyV2("/pk"),
    });
    assert.equal((await again.container.item("1", "a").read()).statusCode, 404);
    assert.equal((await refusal(account.client.database("none").read())).status, 404);
  });

  test("refuse definitions that the service refuses", async () => {
    const bad = [
      { partitionKey: partitionKeyV2("pk") },
      { partitionKey: partitionKeyV2("/a", "/b", "/c", "/d") },
      { indexingPolicy: { includedPaths: [{ path: "/a/?" }] } },
      { indexingPolicy: { includedPaths: [{ path: "/*" }, { path: "no-slash" }] } },
      { defaultTtl: 0 },
      { computedProperties: [{ name: "x", query: "SELECT VALUE c.a FROM c" }] },
    ];
    for (const definition of bad) {
      assert.equal((await refusal(account.container(definition))).status, 400);
    }
    const { resource, container } = await (await account.container()).read();
    const partitionKey = partitionKeyV2("/other");
    const changed = container.replace({ id: container.id, ...resource, partitionKey });
    assert.equal((await refusal(changed)).status, 400);
  });
});

describe("The emulated account", { skip: emulatorOnly }, () => {
  const account = useAccount();

  test("is read once by a client, however many calls follow", async () => {
    const container = await account.container();
    const { emulated, database } = account;
    emulated.requests.length = 0;
    const client = connect(emulated.endpoint);
    const own = client.database(database.id).container(container.id);
    for (let n = 0; n < 5; n += 1) await own.items.upsert({ id: "1", pk: "a", n });
    client.dispose();
    const accountReads = emulated.requests.filter((request) => request === "GET /");
    assert.equal(accountReads.length, 1);
    assert.equal(emulated.requests.length, 7);
  });

  test("keeps clients at the address they used, whatever its name", async () => {
    const { port } = new URL(account.emulated.endpoint);
    const { clock, requests } = account.emulated;
    const answer = await account.emulated.cosmos.handle({
      method: "GET",
      path: "/",
      headers: await signedHeaders(account.emulated.endpoint),
      body: "",
    });
    const { writableLocations } = JSON.parse(answer.body) as {
      writableLocations: { databaseAccountEndpoint: string }[];
    };
    assert.equal(writableLocations[0]?.databaseAccountEndpoint, "http://behind.example:8443/");
    const client = connect(`http://localhost:${port}`);
    assert.equal((await client.database(account.database.id).read()).statusCode, 200);
    client.dispose();
    assert.ok(requests.length > 0 && clock.now() > 0);
  });

  test("sends session tokens that a session client gives back", async () => {
    const container = await account.container();
    const client = connect(account.emulated.endpoint, { consistencyLevel: "Session" });
    const own = client.database(account.database.id).container(container.id);
    for (let n = 0; n < 10; n += 1) {
      await own.items.create({ id: "1", pk: `key-${n}` });
      assert.equal((await own.item("1", `key-${n}`).read()).statusCode, 200);
    }
    client.dispose();
  });
});

/** Headers of a `GET /` that came through a proxy known as behind.example. */
async function signedHeaders(endpoint: string): Promise<Record<string, string>> {
  let headers: Record<string, string> = {};
  const client = connect(endpoint, {
    connectionPolicy: { enableEndpointDiscovery: false },
    httpClient: {
      sendRequest: (request) => {
        headers = request.headers.toJSON();
        return Promise.reject(new Error("seen enough"));
      },
    },
  });
  await client.getDatabaseAccount().catch((error: unknown) => {
    assert.match(String(error), /seen enough/);
  });
  client.dispose();
  const lower = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
  return { ...lower, host: "behind.example:8443" };
}

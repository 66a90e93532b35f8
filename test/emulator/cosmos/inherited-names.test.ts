import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Container, PatchOperation } from "@azure/cosmos";
import { emulatorOnly, partitionKeyV2, refusal, send, useAccount } from "./support.ts";

/** Names that every JavaScript object inherits: for an account they are names like any other. */
const names = ["__proto__", "constructor", "toString", "valueOf", "hasOwnProperty"];

/** A document as JSON text: an object literal would set its prototype. */
const withAll = (id: string, value: (name: string) => unknown): string =>
  `{"id":"${id}","pk":"a",${names.map((name) => `"${name}":${JSON.stringify(value(name))}`).join()}}`;

/** The SDK sends a move as it is, but does not have it among the types. */
const move = (from: string, path: string): PatchOperation =>
  ({ op: "move", from, path }) as unknown as PatchOperation;

describe("Names that every object inherits", { skip: emulatorOnly }, () => {
  const account = useAccount();

  const store = async (container: Container, text: string): Promise<void> => {
    const path = `dbs/${account.database.id}/colls/${container.id}/docs`;
    const created = await send(account.emulated, { method: "POST", path, body: text });
    assert.equal(created.status, 201, created.body);
  };

  const patched = async (container: Container, operation: PatchOperation): Promise<number> => {
    await container.items.upsert({ id: "1", pk: "a" });
    return (await refusal(container.item("1", "a").patch([operation]))).status;
  };

  test("are not there for a patch of a document without them", async () => {
    const container = await account.container();
    for (const name of names) {
      const path = `/${name}`;
      assert.equal(await patched(container, { op: "remove", path }), 400);
      assert.equal(await patched(container, { op: "replace", path, value: 1 }), 400);
      assert.equal(await patched(container, move(path, "/a")), 400);
      assert.equal(await patched(container, { op: "add", path: `${path}/a`, value: 1 }), 400);
      assert.equal(await patched(container, { op: "set", path: `${path}/a`, value: 1 }), 400);
      const counted = await container.item("1", "a").patch([{ op: "incr", path, value: 2 }]);
      assert.match(JSON.stringify(counted.resource), new RegExp(`"${name}":2`));
    }
    assert.equal(Object.hasOwn(Object.prototype, "a"), false);
  });

  test("can not be used to change what other documents inherit", async () => {
    const container = await account.container({ defaultTtl: 3600 });
    const path = "/__proto__/ttl";
    assert.equal(await patched(container, { op: "add", path, value: 1 }), 400);
    await container.items.create({ id: "2", pk: "a" });
    account.emulated.clock.advance(60_000);
    assert.equal((await container.item("2", "a").read()).statusCode, 200);
  });

  test("can be created, set, changed and removed like others", async () => {
    const container = await account.container();
    await store(
      container,
      withAll("1", (name) => ({ name })),
    );
    const item = container.item("1", "a");
    for (const name of names) {
      await item.patch([{ op: "set", path: `/${name}/more`, value: [1] }]);
      await item.patch([{ op: "add", path: `/${name}/more/0`, value: { __proto__: null, x: 1 } }]);
      await item.patch([move(`/${name}/name`, `/${name}/called`)]);
    }
    const { resource } = await item.read<Record<string, unknown>>();
    assert.ok(resource);
    for (const name of names) {
      const found = Object.getOwnPropertyDescriptor(resource, name)?.value as unknown;
      assert.deepEqual(found, { more: [{ x: 1 }, 1], called: name });
      await item.patch([{ op: "remove", path: `/${name}` }]);
    }
    const { resource: rest = {} } = await item.read<Record<string, unknown>>();
    assert.deepEqual(
      names.filter((name) => Object.hasOwn(rest, name)),
      [],
    );
  });

  test("are values, aliases, parameters and groups of queries", async () => {
    const container = await account.container();
    await store(
      container,
      withAll("1", (name) => name),
    );
    await container.items.create({ id: "2", pk: "a" });
    for (const name of names) {
      const query = async (text: string): Promise<unknown[]> => {
        const parameters = [{ name: `@${name}`, value: name }];
        const options = { partitionKey: "a" };
        const result = container.items.query<unknown>({ query: text, parameters }, options);
        return (await result.fetchAll()).resources;
      };
      assert.deepEqual(await query(`SELECT VALUE c.${name} FROM c`), [name]);
      assert.deepEqual(await query(`SELECT VALUE c["${name}"] FROM c WHERE c.id = "2"`), []);
      assert.deepEqual(await query(`SELECT VALUE c.id FROM c WHERE c.${name} = @${name}`), ["1"]);
      assert.deepEqual(await query(`SELECT VALUE c.id FROM c WHERE NOT IS_DEFINED(c.${name})`), [
        "2",
      ]);
      assert.deepEqual(await query(`SELECT VALUE ${name}.id FROM ${name} ORDER BY ${name}.id`), [
        "1",
        "2",
      ]);
      assert.deepEqual(await query(`SELECT VALUE c.id FROM c ORDER BY c.${name} DESC`), ["1", "2"]);
      const [made] = await query(`SELECT VALUE {"${name}": c.id} FROM c WHERE c.id = "1"`);
      assert.equal(JSON.stringify(made), `{"${name}":"1"}`);
      const [named] = await query(`SELECT c.id AS ${name} FROM c WHERE c.id = "1"`);
      assert.equal(JSON.stringify(named), `{"${name}":"1"}`);
      const groups = await query(`SELECT c.${name}, COUNT(1) AS n FROM c GROUP BY c.${name}`);
      assert.deepEqual(
        groups.map((group) => JSON.stringify(group)).toSorted(),
        [`{"${name}":"${name}","n":1}`, '{"n":1}'].toSorted(),
      );
      assert.deepEqual(await query(`SELECT VALUE COUNT(c.${name}) FROM c`), [1]);
      if (name === "toString") continue; // A function of the query language.
      const call = account.database
        .container(container.id)
        .items.query(`SELECT ${name}(c.id) FROM c`);
      assert.equal((await refusal(call.fetchAll())).status, 400);
    }
  });

  test("are partition keys, unique keys and indexed paths, absent where they are absent", async () => {
    for (const name of names) {
      const path = `/${name}`;
      const container = await account.container({
        partitionKey: partitionKeyV2(path),
        uniqueKeyPolicy: { uniqueKeys: [{ paths: [`/x${path}`] }] },
        indexingPolicy: {
          includedPaths: [{ path: `${path}/?` }, { path: `/x${path}/?` }],
          excludedPaths: [{ path: "/*" }],
        },
      });
      await store(container, `{"id":"1","${name}":"k","x":{"${name}":1}}`);
      await store(container, `{"id":"2","x":{}}`);
      assert.equal((await container.item("1", "k").read()).statusCode, 200);
      const path2 = `dbs/${account.database.id}/colls/${container.id}/docs`;
      const clash = { method: "POST", path: path2, body: `{"id":"3","x":{}}` };
      assert.equal((await send(account.emulated, clash)).status, 409);
      const { resources } = await container.items
        .query(`SELECT VALUE c.id FROM c WHERE c.x.${name} = 1`)
        .fetchAll();
      assert.deepEqual(resources, ["1"]);
    }
  });

  test("are headers, databases and containers like others", async () => {
    for (const name of names) {
      const { database } = await account.client.databases.create({ id: name });
      await database.containers.create({ id: name, partitionKey: partitionKeyV2("/pk") });
      const { resources } = await database.containers.readAll().fetchAll();
      assert.deepEqual(
        resources.map(({ id }) => id),
        [name],
      );
      await database.delete();
      assert.equal((await refusal(account.client.database(name).read())).status, 404);
      const headers = Object.fromEntries([[name, "x"]]);
      const answer = await send(account.emulated, { method: "GET", path: "dbs", headers });
      assert.equal(answer.status, 200);
    }
  });
});

describe("A patch", { skip: emulatorOnly }, () => {
  const account = useAccount();

  const refused = async (document: object, ...operations: PatchOperation[]): Promise<number> => {
    const container = await account.container();
    const { resource } = await container.items.create({ id: "1", pk: "a", ...document });
    const { status } = await refusal(container.item("1", "a").patch(operations));
    assert.deepEqual((await container.item("1", "a").read()).resource, resource);
    return status;
  };

  test("finds items of an array by decimal digits without leading zeros only", async () => {
    for (const index of ["01", "1e0", " 1", "1 ", "0x1", "+1", "-1", "1.0", "", "٢"]) {
      const operation: PatchOperation = { op: "replace", path: `/arr/${index}`, value: 9 };
      assert.equal(await refused({ arr: [1, 2, 3] }, operation), 400, `index "${index}"`);
      const inside: PatchOperation = { op: "replace", path: `/arr/${index}/x`, value: 9 };
      assert.equal(await refused({ arr: [{ x: 1 }, { x: 2 }] }, inside), 400);
    }
  });

  test("counts from zero what is absent, but not null or what is no number any more", async () => {
    const documents = { n: null, numbers: [5, null], text: "5", big: 1.7e308 };
    for (const path of ["/n", "/numbers/1", "/text"]) {
      assert.equal(await refused(documents, { op: "incr", path, value: 5 }), 400);
    }
    assert.equal(await refused(documents, { op: "incr", path: "/big", value: 1.7e308 }), 400);
    const container = await account.container();
    await container.items.create({ id: "1", pk: "a" });
    const counted = await container.item("1", "a").patch([{ op: "incr", path: "/n", value: 5 }]);
    assert.equal((counted.resource as { n: number } | undefined)?.n, 5);
  });

  test("changes neither the id nor what the server makes", async () => {
    for (const name of ["id", "_etag", "_rid", "_self", "_ts", "_attachments"]) {
      const path = `/${name}`;
      assert.equal(await refused({}, { op: "set", path, value: "1" }), 400);
      assert.equal(await refused({}, { op: "remove", path }), 400);
      assert.equal(await refused({}, move(path, "/moved")), 400);
    }
    const container = await account.container();
    await container.items.create({ id: "1", pk: "a", inner: {} });
    const inner = await container.item("1", "a").patch([
      { op: "set", path: "/inner/_etag", value: "x" },
      { op: "set", path: "/_own", value: "x" },
    ]);
    assert.equal(inner.statusCode, 200);
  });
});

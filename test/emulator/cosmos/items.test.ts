import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type PatchOperation, PatchOperationType } from "@azure/cosmos";
import { refusal, useAccount } from "./support.ts";

type Identified = { readonly id: string };

describe("Items", () => {
  const account = useAccount();

  test("A created item is answered with the properties that the service adds", async () => {
    const container = await account.container();
    const { statusCode, resource, etag, headers } = await container.items.create({
      id: "1",
      pk: "a",
      text: "é ☃ 😀",
    });
    assert.equal(statusCode, 201);
    const item: Record<string, unknown> = { ...resource };
    const { _rid, _self, _etag, _ts, _attachments, ...own } = item;
    assert.deepEqual(own, { id: "1", pk: "a", text: "é ☃ 😀" });
    assert.equal(Buffer.from(String(_rid).replaceAll("-", "/"), "base64").length, 16);
    assert.match(String(_self), /^dbs\/.+\/colls\/.+\/docs\/.+\/$/);
    assert.equal(_etag, etag);
    assert.equal(_attachments, "attachments/");
    assert.ok(Math.abs(Number(_ts) - Date.now() / 1000) < 300);
    assert.ok(Number(headers["x-ms-request-charge"]) > 0);
    assert.match(String(headers["x-ms-session-token"]), /^\d+:-?\d+#\d+/);
    const containerRid = String(headers["x-ms-content-path"]);
    assert.equal(Buffer.from(containerRid, "base64").length, 8);
  });

  test("What is read is what was written", async () => {
    const container = await account.container();
    const item = { id: "1", pk: "a", deep: { list: [1, 2.5, null, true, { x: "y" }] }, empty: {} };
    const created = await container.items.create(item);
    const { resource, statusCode } = await container.item("1", "a").read<object>();
    assert.equal(statusCode, 200);
    assert.deepEqual(resource, created.resource);
  });

  test("A missing item is read as 404 without an exception", async () => {
    const container = await account.container();
    const { statusCode, resource } = await container.item("none", "a").read<object>();
    assert.equal(statusCode, 404);
    assert.equal(resource, undefined);
  });

  test("The same id can be used once in each logical partition", async () => {
    const container = await account.container();
    await container.items.create({ id: "1", pk: "a", n: 1 });
    await container.items.create({ id: "1", pk: "b", n: 2 });
    const { resource } = await container.item("1", "b").read<{ n: number }>();
    assert.equal(resource?.n, 2);
    const conflict = await refusal(container.items.create({ id: "1", pk: "a" }));
    assert.equal(conflict.status, 409);
  });

  test("Replacing keeps the resource id and changes the etag", async () => {
    const container = await account.container();
    const created = await container.items.create({ id: "1", pk: "a", n: 1 });
    const replaced = await container.item("1", "a").replace({ ...created.resource, id: "1", n: 2 });
    assert.equal(replaced.statusCode, 200);
    assert.equal(replaced.resource?.["n"], 2);
    assert.equal(replaced.resource._rid, created.resource?._rid);
    assert.notEqual(replaced.etag, created.etag);
  });

  test("Replacing a missing item, or one under another id, is refused", async () => {
    const container = await account.container();
    await container.items.create({ id: "1", pk: "a" });
    const missing = await refusal(container.item("2", "a").replace({ id: "2", pk: "a" }));
    assert.equal(missing.status, 404);
    const renamed = await refusal(container.item("1", "a").replace({ id: "2", pk: "a" }));
    assert.equal(renamed.status, 400);
  });

  test("Upserting creates with 201 and replaces with 200", async () => {
    const container = await account.container();
    assert.equal((await container.items.upsert({ id: "1", pk: "a", n: 1 })).statusCode, 201);
    const second = await container.items.upsert<{ id: string; pk: string; n: number }>({
      id: "1",
      pk: "a",
      n: 2,
    });
    assert.equal(second.statusCode, 200);
    assert.equal(second.resource?.n, 2);
  });

  test("A deleted item is gone, and its id free", async () => {
    const container = await account.container();
    await container.items.create({ id: "1", pk: "a" });
    assert.equal((await container.item("1", "a").delete()).statusCode, 204);
    assert.equal((await container.item("1", "a").read()).statusCode, 404);
    assert.equal((await refusal(container.item("1", "a").delete())).status, 404);
    assert.equal((await container.items.create({ id: "1", pk: "a" })).statusCode, 201);
  });

  test("Ids may hold any character that a path can carry", async () => {
    const container = await account.container();
    for (const id of ["with space", "100%", "ünï☃", "a&b=c;d", "quote\"'", "[1]{2}"]) {
      await container.items.create({ id, pk: "ø😀" });
      assert.equal((await container.item(id, "ø😀").read<Identified>()).resource?.id, id);
    }
  });

  test("A partition key in the body that differs from the header is refused", async () => {
    const container = await account.container();
    await container.items.create({ id: "1", pk: "a" });
    const moved = await refusal(container.item("1", "a").replace({ id: "1", pk: "b" }));
    assert.equal(moved.status, 400);
    assert.equal(moved.substatus, 1001);
  });

  test("Operations on a container that does not exist are 404 with sub-status 1003", async () => {
    const missing = account.database.container("missing");
    const gone = await refusal(missing.item("1", "a").delete());
    assert.equal(gone.status, 404);
    assert.equal(gone.substatus, 1003);
  });

  test("What would change the meaning of a request is refused, not ignored", async () => {
    const container = await account.container();
    const item = { id: "1", pk: "a" };
    const triggered = container.items.create(item, { preTriggerInclude: "validate" });
    assert.equal((await refusal(triggered)).status, 400);
    assert.equal((await container.item("1", "a").read()).statusCode, 404);
  });

  test("The item feed can be read as a whole", async () => {
    const container = await account.container();
    for (const pk of ["a", "b", "c"]) await container.items.create({ id: "1", pk });
    const { resources } = await container.items.readAll().fetchAll();
    assert.deepEqual(resources.map((item) => item["pk"] as string).sort(), ["a", "b", "c"]);
  });
});

describe("Patching an item", () => {
  const account = useAccount();

  test("adds, sets, replaces, increments, removes and moves", async () => {
    const container = await account.container();
    await container.items.create({
      id: "1",
      pk: "a",
      n: 1,
      list: ["x", "z"],
      nested: { old: true },
      "a/b": 1,
    });
    const { resource, statusCode } = await container.item("1", "a").patch<object>([
      { op: PatchOperationType.add, path: "/list/1", value: "y" },
      { op: PatchOperationType.add, path: "/list/-", value: "end" },
      { op: PatchOperationType.set, path: "/nested/new", value: { deep: 1 } },
      { op: PatchOperationType.replace, path: "/list/0", value: "first" },
      { op: PatchOperationType.incr, path: "/n", value: 4 },
      { op: PatchOperationType.incr, path: "/counter", value: 7 },
      { op: PatchOperationType.remove, path: "/nested/old" },
      { op: PatchOperationType.remove, path: "/a~1b" },
      // The service knows it, this version of the SDK does not.
      { op: "move", from: "/nested/new", path: "/moved" } as unknown as PatchOperation,
    ]);
    assert.equal(statusCode, 200);
    const { id, pk, n, list, nested, moved, counter } = resource as Record<string, unknown>;
    assert.deepEqual(
      { id, pk, n, list, nested, moved, counter, hasOld: "a/b" in { ...resource } },
      {
        id: "1",
        pk: "a",
        n: 5,
        list: ["first", "y", "z", "end"],
        nested: {},
        moved: { deep: 1 },
        counter: 7,
        hasOld: false,
      },
    );
  });

  test("applies only if its condition holds", async () => {
    const container = await account.container();
    await container.items.create({ id: "1", pk: "a", n: 1 });
    const operations = [{ op: "incr" as const, path: "/n", value: 1 }];
    const patched = await container
      .item("1", "a")
      .patch({ condition: "from c where c.n = 1", operations });
    assert.equal((patched.resource as { n: number }).n, 2);
    const refused = await refusal(
      container.item("1", "a").patch({ condition: "from c where c.n = 1", operations }),
    );
    assert.equal(refused.status, 412);
  });

  test("changes nothing if one operation can not be done", async () => {
    const container = await account.container();
    await container.items.create({ id: "1", pk: "a", n: 1 });
    const refused = await refusal(
      container.item("1", "a").patch([
        { op: "incr", path: "/n", value: 1 },
        { op: "remove", path: "/none" },
      ]),
    );
    assert.equal(refused.status, 400);
    assert.equal((await container.item("1", "a").read<{ n: number }>()).resource?.n, 1);
  });

  test("refuses to change the id or the partition key, and more than ten operations", async () => {
    const container = await account.container();
    await container.items.create({ id: "1", pk: "a", n: 1 });
    const item = container.item("1", "a");
    const many = Array.from({ length: 11 }, () => ({ op: "incr" as const, path: "/n", value: 1 }));
    assert.equal((await refusal(item.patch([{ op: "set", path: "/id", value: "2" }]))).status, 400);
    assert.equal((await refusal(item.patch([{ op: "set", path: "/pk", value: "b" }]))).status, 400);
    assert.equal((await refusal(item.patch(many))).status, 400);
    assert.equal((await refusal(container.item("2", "a").patch(many.slice(1)))).status, 404);
  });
});

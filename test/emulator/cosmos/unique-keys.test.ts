import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { refusal, useAccount } from "./support.ts";

describe("Unique keys", () => {
  const account = useAccount();
  const uniqueKeyPolicy = {
    uniqueKeys: [{ paths: ["/email"] }, { paths: ["/name/first", "/name/last"] }],
  };

  test("refuse a second document with the same values in the same partition", async () => {
    const container = await account.container({ uniqueKeyPolicy });
    const person = (id: string, pk: string, email: string, last: string): object => ({
      ...{ id, pk, email },
      name: { first: "Ada", last },
    });
    await container.items.create(person("1", "a", "x", "L"));
    const sameEmail = await refusal(container.items.create(person("2", "a", "x", "M")));
    assert.equal(sameEmail.status, 409);
    assert.match(sameEmail.message, /[Uu]nique/);
    const sameName = await refusal(container.items.create(person("2", "a", "y", "L")));
    assert.equal(sameName.status, 409);
    assert.equal((await container.items.create(person("2", "a", "y", "M"))).statusCode, 201);
    assert.equal((await container.items.create(person("1", "b", "x", "L"))).statusCode, 201);
  });

  test("count a missing value as null", async () => {
    const container = await account.container({
      uniqueKeyPolicy: { uniqueKeys: [{ paths: ["/email"] }] },
    });
    await container.items.create({ id: "1", pk: "a" });
    assert.equal((await refusal(container.items.create({ id: "2", pk: "a" }))).status, 409);
  });

  test("move with replacements and are free after deletion", async () => {
    const container = await account.container({
      uniqueKeyPolicy: { uniqueKeys: [{ paths: ["/email"] }] },
    });
    await container.items.create({ id: "1", pk: "a", email: "x" });
    await container.items.create({ id: "2", pk: "a", email: "y" });
    const clash = container.item("2", "a").replace({ id: "2", pk: "a", email: "x" });
    assert.equal((await refusal(clash)).status, 409);
    await container.item("1", "a").replace({ id: "1", pk: "a", email: "z" });
    await container.item("2", "a").replace({ id: "2", pk: "a", email: "x" });
    await container.item("1", "a").delete();
    assert.equal((await container.items.create({ id: "3", pk: "a", email: "z" })).statusCode, 201);
  });

  test("are given back when a batch that took them is undone", async () => {
    const container = await account.container({
      uniqueKeyPolicy: { uniqueKeys: [{ paths: ["/email"] }] },
    });
    const { result } = await container.items.batch(
      [
        { operationType: "Create", resourceBody: { id: "1", pk: "a", email: "x" } },
        { operationType: "Create", resourceBody: { id: "2", pk: "a", email: "x" } },
      ],
      "a",
    );
    assert.deepEqual(
      result?.map(({ statusCode }) => statusCode),
      [424, 409],
    );
    assert.equal((await container.items.create({ id: "3", pk: "a", email: "x" })).statusCode, 201);
  });

  test("can not be added to a container that is there", async () => {
    const container = await account.container();
    const { resource } = await container.read();
    const changed = container.replace({ id: container.id, ...resource, uniqueKeyPolicy });
    assert.equal((await refusal(changed)).status, 400);
  });
});

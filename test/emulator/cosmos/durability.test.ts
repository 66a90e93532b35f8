import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { createInterface } from "node:readline";
import { after, describe, test } from "node:test";
import type { Container, CosmosClient } from "@azure/cosmos";
import { connect, emulatorOnly, partitionKeyV2, startEmulator, startFrom } from "./support.ts";

const folder = mkdtempSync(join(tmpdir(), "cosmos-durability-"));
after(() => {
  rmSync(folder, { recursive: true });
});

async function openContainer(client: CosmosClient): Promise<Container> {
  const { database } = await client.databases.createIfNotExists({ id: "durable" });
  const { container } = await database.containers.createIfNotExists({
    id: "items",
    partitionKey: partitionKeyV2("/pk"),
    uniqueKeyPolicy: { uniqueKeys: [{ paths: ["/unique"] }] },
    defaultTtl: -1,
  });
  return container;
}

type Change = { readonly id: string; readonly _lsn: number; readonly pk: string };

async function readFeed(container: Container): Promise<Change[]> {
  const iterator = container.items.getChangeFeedIterator<Change>({
    changeFeedStartFrom: startFrom.Beginning(),
    maxItemCount: 1000,
  });
  const changes: Change[] = [];
  for (;;) {
    const { result, statusCode } = await iterator.readNext();
    if (statusCode === 304) return changes;
    changes.push(...result);
  }
}

/** Starts an emulator in a process of its own; gives it and its address. */
async function startProcess(file: string): Promise<{ child: ChildProcess; endpoint: string }> {
  const script = join(import.meta.dirname, "emulator-process.ts");
  const child = spawn(process.execPath, [script, file], { stdio: ["ignore", "pipe", "inherit"] });
  const [endpoint] = (await once(createInterface(child.stdout), "line")) as [string];
  return { child, endpoint };
}

describe("An emulated account on a file", { skip: emulatorOnly }, () => {
  test("is the same after it was closed and opened again", async () => {
    const file = join(folder, "reopened.sqlite");
    const first = await startEmulator({ file });
    const client = connect(first.endpoint);
    const container = await openContainer(client);
    const created = await container.items.create({ id: "1", pk: "a", n: 1, unique: 1 });
    await container.items.create({ id: "2", pk: "b", n: 2, unique: 2 });
    await container.item("2", "b").delete();
    const feed = await readFeed(container);
    const iterator = container.items.getChangeFeedIterator<Change>({
      changeFeedStartFrom: startFrom.Beginning(),
    });
    let page = await iterator.readNext();
    while (page.statusCode !== 304) page = await iterator.readNext();
    client.dispose();
    await first.close();

    const second = await startEmulator({ file });
    const again = connect(second.endpoint);
    const reopened = await openContainer(again);
    const read = await reopened.item("1", "a").read();
    assert.deepEqual(read.resource, created.resource);
    assert.deepEqual(await readFeed(reopened), feed);
    await reopened.items.create({ id: "3", pk: "a", unique: 3 });
    await reopened.items.create({ id: "4", pk: "b", unique: 4 });
    const resumed = reopened.items.getChangeFeedIterator<Change>({
      changeFeedStartFrom: startFrom.Continuation(page.continuationToken),
    });
    const seen: string[] = [];
    for (let next = await resumed.readNext(); next.statusCode !== 304;) {
      seen.push(...next.result.map(({ id }) => id));
      next = await resumed.readNext();
    }
    assert.deepEqual(seen.toSorted(), ["3", "4"]);
    const { resources } = await reopened.items
      .query("SELECT VALUE c.id FROM c WHERE c.n = 1", { partitionKey: "a" })
      .fetchAll();
    assert.deepEqual(resources, ["1"]);
    const clash = reopened.items.create({ id: "5", pk: "a", unique: 1 });
    await assert.rejects(clash, { code: 409 });
    again.dispose();
    await second.close();
  });

  test("can be opened by one process at a time", async () => {
    const options = { file: join(folder, "locked.sqlite"), ownThread: false };
    const first = await startEmulator(options);
    await assert.rejects(startEmulator(options), /perhaps another process/);
    await first.close();
    await (await startEmulator(options)).close();
  });

  test("deletes from the file what expired", async () => {
    const file = join(folder, "expired.sqlite");
    const first = await startEmulator({ file });
    const client = connect(first.endpoint);
    const container = await openContainer(client);
    await container.items.create({ id: "short", pk: "a", ttl: 1, unique: 1 });
    await container.items.create({ id: "ever", pk: "a", unique: 2 });
    first.clock.advance(10_000);
    client.dispose();
    await first.close();
    const second = await startEmulator({ file, clock: first.clock });
    const again = connect(second.endpoint);
    await again.database("durable").container("items").items.upsert({ id: "next", pk: "a" });
    again.dispose();
    await second.close();
    const database = new DatabaseSync(file, { readOnly: true });
    const rows = database.prepare("SELECT id FROM documents_1 ORDER BY id").all();
    database.close();
    assert.deepEqual(
      rows.map((row) => row["id"]),
      ["ever", "next"],
    );
  });

  test("goes on, and deletes the rest, when an expired document is damaged in the file", async () => {
    const file = join(folder, "damaged.sqlite");
    const first = await startEmulator({ file });
    const client = connect(first.endpoint);
    const container = await openContainer(client);
    await container.items.create({ id: "damaged", pk: "a", ttl: 1, unique: 1 });
    const { container: other } = await client.database("durable").containers.create({
      id: "others",
      partitionKey: partitionKeyV2("/pk"),
      defaultTtl: 1,
    });
    await other.items.create({ id: "short", pk: "a" });
    first.clock.advance(10_000);
    client.dispose();
    await first.close();
    const write = new DatabaseSync(file);
    write.exec("UPDATE documents_1 SET body = '{'");
    write.close();

    const second = await startEmulator({ file, clock: first.clock });
    const again = connect(second.endpoint);
    const created = await again.database("durable").container("items").items.create({ pk: "a" });
    assert.equal(created.statusCode, 201);
    again.dispose();
    await second.close();
    const database = new DatabaseSync(file, { readOnly: true });
    const rows = database.prepare("SELECT id FROM documents_2").all();
    database.close();
    assert.deepEqual(rows, []);
  });

  test("loses no acknowledged write and tears no batch when its process is killed", async () => {
    const file = join(folder, "killed.sqlite");
    const acknowledged = new Set<string>();
    for (let round = 0; round < 3; round += 1) {
      const { child, endpoint } = await startProcess(file);
      const client = connect(endpoint);
      const container = await openContainer(client);
      const enough = acknowledged.size + 150;
      const exited = once(child, "exit");
      const write = async (writer: number): Promise<void> => {
        for (let n = 0; child.exitCode === null && child.signalCode === null; n += 1) {
          const name = `${round}-${writer}-${n}`;
          const ids = n % 2 === 0 ? [name] : [`${name}-x`, `${name}-y`, `${name}-z`];
          const operations = ids.map((id) => ({
            operationType: "Create" as const,
            resourceBody: { id, pk: `key-${writer}`, unique: id, batch: name },
          }));
          const { code } = await container.items.batch(operations, `key-${writer}`);
          if (code === 200) for (const id of ids) acknowledged.add(id);
          if (acknowledged.size >= enough) child.kill("SIGKILL");
        }
      };
      // Each writer ends when its server is gone; what it was waiting for then may be lost.
      await Promise.allSettled(Array.from({ length: 12 }, (_, writer) => write(writer)));
      await exited;
      client.dispose();
    }

    const { child, endpoint } = await startProcess(file);
    const client = connect(endpoint);
    const changes = await readFeed(await openContainer(client));
    client.dispose();
    child.kill("SIGKILL");
    const found = new Set(changes.map(({ id }) => id));
    assert.ok(acknowledged.size >= 450);
    assert.deepEqual(
      [...acknowledged].filter((id) => !found.has(id)),
      [],
    );
    assert.equal(found.size, changes.length);
    for (const id of found) {
      if (!id.endsWith("-x")) continue;
      const stem = id.slice(0, -1);
      assert.ok(found.has(`${stem}y`) && found.has(`${stem}z`), `batch ${stem} is torn`);
    }
  });
});

import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, describe, test } from "node:test";
import { openCosmos } from "../../../emulator/cosmos/index.ts";
import { createClock } from "../../../emulator/shared/clock.ts";
import { accountKey, bulk, connect, emulatorOnly, startEmulator, useAccount } from "./support.ts";

const folder = mkdtempSync(join(tmpdir(), "cosmos-thread-"));
after(() => {
  rmSync(folder, { recursive: true });
});

describe("An emulator in a thread of its own", { skip: emulatorOnly }, () => {
  const account = useAccount({ ownThread: true });
  afterEach(() => {
    account.emulated.cosmos.faults.clear();
  });

  test("answers as one in the same thread does", async () => {
    const container = await account.container();
    const operations = Array.from({ length: 100 }, (_, n) => ({
      operationType: "Create" as const,
      resourceBody: { id: "1", pk: `key-${n}`, text: "é😀".repeat(n) },
    }));
    const results = await bulk(container, operations);
    assert.ok(results.every(({ statusCode }) => statusCode === 201));
    const read = await container.item("1", "key-99").read<{ text: string }>();
    assert.equal(read.resource?.text, "é😀".repeat(99));
    const { resources } = await container.items.query("SELECT VALUE COUNT(1) FROM c").fetchAll();
    assert.deepEqual(resources, [100]);
  });

  test("obeys fault rules set before a request, and counts their hits", async () => {
    const container = await account.container();
    const { faults } = account.emulated.cosmos;
    const id = faults.set({
      match: { operation: "upsert" },
      effect: { kind: "status", status: 449 },
      times: 1,
    });
    await assert.rejects(container.items.upsert({ id: "1", pk: "a" }), { code: 449 });
    await container.items.upsert({ id: "1", pk: "a" });
    assert.deepEqual(
      faults.list().map((rule) => [rule.id, rule.hits]),
      [[id, 1]],
    );
    faults.clear(id);
    assert.deepEqual(faults.list(), []);
    assert.throws(() => faults.set({} as never), TypeError);
  });

  test("drops replies of writes that are done", async () => {
    const container = await account.container();
    const { faults } = account.emulated.cosmos;
    faults.set({ match: { operation: "create" }, effect: { kind: "drop_reply" }, times: 1 });
    const lost = container.items.create({ id: "1", pk: "a" });
    await assert.rejects(lost, /socket hang up|ECONNRESET/);
    assert.equal((await container.item("1", "a").read()).statusCode, 200);
  });

  test("tells of commits, and follows the clock", async () => {
    const container = await account.container({ defaultTtl: 60 });
    const { cosmos, clock } = account.emulated;
    const commits: string[] = [];
    const stop = cosmos.onCommit((commit) => commits.push(commit.container));
    await container.items.create({ id: "1", pk: "a" });
    stop();
    assert.deepEqual(commits, [`dbs/${account.database.id}/colls/${container.id}`]);
    assert.equal((await container.item("1", "a").read()).statusCode, 200);
    clock.advance(61_000);
    assert.equal((await container.item("1", "a").read()).statusCode, 404);
  });

  test("starts with a clock that was advanced before", async () => {
    const file = join(folder, "clock.sqlite");
    const first = await startEmulator({ file, ownThread: true });
    const client = connect(first.endpoint);
    const { database } = await client.databases.create({ id: "d" });
    const definition = { id: "c", partitionKey: "/pk", defaultTtl: 60 };
    const { container } = await database.containers.create(definition);
    await container.items.create({ id: "1", pk: "a" });
    client.dispose();
    await first.close();
    const clock = createClock();
    clock.advance(61_000);
    const second = await startEmulator({ file, ownThread: true, clock });
    const again = connect(second.endpoint);
    const { statusCode } = await again.database("d").container("c").item("1", "a").read();
    assert.equal(statusCode, 404);
    again.dispose();
    await second.close();
  });

  test("rejects every request if it can not be opened, and after it was closed", async () => {
    const request = { method: "GET", path: "/", headers: {}, body: "" };
    const options = { key: accountKey, clock: createClock(), ownThread: true };
    const broken = openCosmos({ ...options, file: join(folder, "no", "such", "folder") });
    await assert.rejects(broken.handle(request), /unable to open database file/);
    await assert.rejects(broken.handle(request), /unable to open database file/);
    await broken.close();
    const closed = openCosmos({ ...options, file: ":memory:" });
    assert.equal((await closed.handle(request)).status, 401);
    await closed.close();
    await closed.close();
    await assert.rejects(closed.handle(request), /closed/);
  });
});

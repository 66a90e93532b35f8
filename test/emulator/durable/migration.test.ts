import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, it } from "node:test";
import { startApp } from "../host/support/app-process.ts";
import { durableFixture, startHub } from "./support/hub.ts";

const hourMs = 3_600_000;

describe("the file of a task hub", () => {
  let stateDirectory: string;
  let file: string;
  beforeEach(async () => {
    stateDirectory = await mkdtemp(join(tmpdir(), "durable-"));
    mkdirSync(join(stateDirectory, "durable"));
    file = join(stateDirectory, "durable", "TestHub.sqlite");
  });
  afterEach(async () => {
    await rm(stateDirectory, { recursive: true });
  });

  /** By hand, with SQL. */
  const write = (sql: string): void => {
    const database = new DatabaseSync(file);
    database.exec(sql);
    database.close();
  };
  const directory = durableFixture("durable-app");
  const assertRefused = async (reason: RegExp): Promise<void> => {
    await assert.rejects(startApp({ directory, stateDirectory }), (error: Error) => {
      assert.match(error.message, reason);
      assert.match(error.message, /task hub file .*TestHub\.sqlite cannot be used: /);
      assert.match(error.message, /Move the file away to begin with an empty task hub/);
      return true;
    });
  };

  it("of the first release is brought up to date, and all its instances go on", async () => {
    write(readFileSync(new URL("fixtures/unnumbered-hub.sql", import.meta.url), "utf8"));
    const hub = await startHub({ directory, stateDirectory });

    assert.deepEqual((await hub.status("finished")).output, ["a", 1]);
    assert.equal((await hub.history("finished")).length, 4);
    await hub.raise("far-answered", "answer", "in time");
    assert.equal((await hub.end("far-answered")).output, "in time");
    await hub.app.until(() => hub.app.seen("held").includes("holds"));
    hub.app.order({ kind: "proceed", what: "held" });
    assert.equal((await hub.end("holds")).output, "holds");
    await hub.request("POST", "instances/suspended/resume?reason=x");
    assert.equal((await hub.end("suspended")).output, "kept");
    await hub.raise("parent-child", "answer", "of the child");
    assert.equal((await hub.end("parent")).output, "of the child");
    // The hour until the next attempt began when the hub was written.
    hub.advance(hourMs);
    await hub.app.until(() => hub.app.seen("attempt").length === 1);
    hub.advance(2 * hourMs);

    assert.equal((await hub.status("far")).runtimeStatus, "Running");
    hub.advance(Date.parse("2999-01-01T00:00:00Z") - Date.now());
    assert.equal((await hub.end("far")).output, "it has passed");
    assert.equal((await hub.end("retried")).output, "done at attempt 2");
    await hub.app.stop();

    const again = await startHub({ directory, stateDirectory });
    assert.equal((await again.status("far")).output, "it has passed");
    await again.app.stop();
  });

  it("of a newer release is refused, and left as it is", async () => {
    write("CREATE TABLE instances (id TEXT); PRAGMA user_version = 99");
    await assertRefused(/written by a newer release \(its schema is 99\)/);
    const database = new DatabaseSync(file);
    assert.equal(database.prepare("PRAGMA user_version").get()?.["user_version"], 99);
    database.close();
  });

  it("is refused when another program has written it", async () => {
    write("CREATE TABLE letters (text TEXT)");
    await assertRefused(/its tables are not those of a task hub/);
  });

  it("is refused when it is no database", async () => {
    writeFileSync(file, "not a database, but long enough to be looked at ".repeat(20));
    await assertRefused(/file is not a database/);
  });
});

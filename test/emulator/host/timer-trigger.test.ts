import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { startApp, type AppProcess } from "./support/app-process.ts";

type Fired = {
  readonly functionName: string;
  readonly retryCount: number;
  readonly timer: {
    readonly isPastDue: boolean;
    readonly schedule: { readonly adjustForDST: boolean };
    readonly scheduleStatus: { readonly last: string; readonly next: string };
  };
};

const dayMs = 86_400_000;

/** Once a day, and not within hours of this test. */
const nightly = `0 0 ${(new Date().getUTCHours() + 12) % 24} * * *`;

describe("the timer trigger", () => {
  let stateDirectory: string;
  let app: AppProcess;
  beforeEach(async () => {
    stateDirectory = await mkdtemp(join(tmpdir(), "timers-"));
  });
  afterEach(async () => {
    await app.stop();
    await rm(stateDirectory, { recursive: true });
  });

  const start = async (): Promise<void> => {
    const settings = { NIGHTLY: nightly };
    app = await startApp({ fixture: "timer-app", stateDirectory, settings });
  };
  const fired = (name: string): Fired[] =>
    (app.seen("fired") as Fired[]).filter(({ functionName }) => functionName === name);
  const untilFired = (name: string, times: number): Promise<void> =>
    app.until(() => fired(name).length >= times);
  const daysAgo = (days: number): string => new Date(Date.now() - days * dayMs).toISOString();
  /** As a host that ran the function then would have left it. */
  const writeStatus = async (status: object): Promise<void> => {
    await mkdir(join(stateDirectory, "timers"));
    await writeFile(join(stateDirectory, "timers", "nightly.json"), JSON.stringify(status));
  };

  it("fires at its next occurrence, by the host's clock", async () => {
    await start();
    app.order({ kind: "advance", ms: dayMs });
    await untilFired("nightly", 1);
    const [{ timer } = assert.fail("fired")] = fired("nightly");
    assert.equal(timer.isPastDue, false);
    assert.equal(timer.schedule.adjustForDST, false);
    assert.match(timer.scheduleStatus.next, /T\d\d:00:00\.000Z$/);
    app.order({ kind: "advance", ms: dayMs });
    await untilFired("nightly", 2);
    assert.ok((fired("nightly")[1]?.timer.scheduleStatus.last ?? "") > new Date().toISOString());
  });

  it("fires once, past due, when an occurrence was missed while the host was down", async () => {
    await writeStatus({ Last: daysAgo(2), Next: daysAgo(1) });
    await start();
    await untilFired("nightly", 1);
    assert.equal(fired("nightly")[0]?.timer.isPastDue, true);
    await app.stop();

    await start();
    await untilFired("eager", 1);
    assert.deepEqual(fired("nightly"), [], "the run was remembered");
  });

  it("fires not at all at a start with nothing missed, save for runOnStartup", async () => {
    await start();
    await untilFired("eager", 1);
    assert.equal(fired("eager")[0]?.timer.isPastDue, false);
    assert.deepEqual(fired("nightly"), []);
  });

  it("is fired by hand over the admin endpoint", async () => {
    await start();
    const answer = await fetch(`${app.url}/admin/functions/nightly`, {
      method: "POST",
      headers: { "x-functions-key": "master", "content-type": "application/json" },
      body: JSON.stringify({ input: "" }),
    });
    assert.equal(answer.status, 202);
    await untilFired("nightly", 1);
    assert.equal(fired("nightly")[0]?.timer.isPastDue, false);
  });

  it("repeats a failing function as its retry policy says, then waits for the next occurrence", async () => {
    await start();
    app.order({ kind: "advance", ms: 4 * 366 * dayMs });
    for (const retries of [1, 2]) {
      await app.until(() =>
        app.logs.some(({ message }) => message.includes(`before retry ${retries} of 2`)),
      );
      app.order({ kind: "advance", ms: 60_000 });
    }
    await app.until(() => app.logs.some(({ message }) => message.includes("have been exhausted")));
    assert.deepEqual(
      fired("failing").map(({ retryCount }) => retryCount),
      [0, 1, 2],
    );
  });
});

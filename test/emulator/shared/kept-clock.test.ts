import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { createClock, mostAheadMs } from "../../../emulator/shared/clock.ts";

const hourMs = 3_600_000;

async function temporaryDirectory(context: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "clock-"));
  context.after(() => rm(directory, { recursive: true }));
  return directory;
}

/** By how much the clock is ahead of the machine's time, which passes between two looks. */
function hoursAhead(clock: ReturnType<typeof createClock>): number {
  return Math.round((clock.now() - Date.now()) / hourMs);
}

test("A clock with a file goes on in the time it was advanced to", async (context) => {
  const directory = await temporaryDirectory(context);
  const file = join(directory, "clock.json");
  const first = createClock({ file });
  assert.equal(hoursAhead(first), 0);
  first.advance(2 * hourMs);
  first.advance(hourMs);
  const second = createClock({ file });
  assert.equal(hoursAhead(second), 3);
  second.advance(hourMs);
  assert.equal(hoursAhead(createClock({ file })), 4);
  assert.deepEqual(await readdir(directory), ["clock.json"]);
});

test("An advance is kept before anyone wakes by it", async (context) => {
  const file = join(await temporaryDirectory(context), "clock.json");
  const clock = createClock({ file });
  const found: number[] = [];
  clock.onAdvance(() => found.push(hoursAhead(createClock({ file }))));
  clock.advance(5 * hourMs);
  assert.deepEqual(found, [5]);
});

test("A clock that cannot keep an advance does not advance", async (context) => {
  const directory = await temporaryDirectory(context);
  const clock = createClock({ file: join(directory, "missing", "clock.json") });
  assert.throws(() => {
    clock.advance(hourMs);
  }, /ENOENT/);
  assert.equal(hoursAhead(clock), 0);
});

test("A clock advances by whole milliseconds only, and keeps nothing else", async (context) => {
  const file = join(await temporaryDirectory(context), "clock.json");
  const clock = createClock({ file });
  for (const ms of [0.5, -1, Number.NaN, Number.POSITIVE_INFINITY, mostAheadMs + 1])
    assert.throws(() => {
      clock.advance(ms);
    }, TypeError);
  assert.equal(clock.aheadMs(), 0);
  clock.advance(mostAheadMs);
  const again = createClock({ file });
  assert.equal(again.aheadMs(), mostAheadMs);
  assert.throws(() => {
    again.advance(1);
  }, /at most 7000 years ahead/);
  assert.equal(createClock({ file }).aheadMs(), mostAheadMs);
});

test("A file that holds anything else is refused by its name, and left as it is", async (context) => {
  const file = join(await temporaryDirectory(context), "clock.json");
  const numbers = ['"1"', "null", "0.5", "-1", "1e999", "8.64e15", String(mostAheadMs + 1)];
  const texts = ["", "{", "null", "{}", "[]", ...numbers.map((ms) => `{"offsetMs":${ms}}`)];
  for (const text of texts) {
    await writeFile(file, text);
    assert.throws(() => createClock({ file }), {
      message: new RegExp(`^${file} does not tell .*delete the file to return`),
    });
    assert.equal(await readFile(file, "utf8"), text);
  }
});

test("A process killed in the middle of advances loses none that it has told of", async (context) => {
  const file = join(await temporaryDirectory(context), "clock.json");
  let advances = 0;
  for (let round = 1; round <= 5; round += 1) {
    const child = fork(new URL("support/advancing-process.ts", import.meta.url), [file]);
    context.after(() => child.kill("SIGKILL"));
    const exited = once(child, "exit");
    child.on("message", (hours: number) => {
      advances = hours;
      if (hours >= 50 * round) child.kill("SIGKILL");
    });
    await exited;
    // It may have been killed after the next advance, before it told of it.
    const kept = hoursAhead(createClock({ file }));
    assert.ok(kept >= advances, `${kept} of ${advances} hours`);
    assert.ok(advances >= 50 * round);
    assert.deepEqual(Object.keys(JSON.parse(await readFile(file, "utf8")) as object), ["offsetMs"]);
  }
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { createClock } from "../../../emulator/shared/clock.ts";

const hourMs = 3_600_000;

/** Whether a promise has settled by the time that everything already due has run. */
async function isSettled(promise: Promise<void>): Promise<boolean> {
  let settled = false;
  void promise.then(() => {
    settled = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  return settled;
}

test("The clock runs with the machine's time plus what it was advanced by", () => {
  const clock = createClock();
  const before = Date.now();
  clock.advance(hourMs);
  assert.ok(clock.now() >= before + hourMs);
  assert.ok(clock.now() <= Date.now() + hourMs);
});

test("Advancing wakes the sleepers whose time has come and no others", async () => {
  const clock = createClock();
  const cancelled = new AbortController();
  const short = clock.sleep(hourMs);
  const long = clock.sleep(3 * hourMs, cancelled.signal);
  assert.equal(await isSettled(short), false);
  clock.advance(2 * hourMs);
  assert.equal(await isSettled(short), true);
  assert.equal(await isSettled(long), false);
  clock.advance(hourMs);
  assert.equal(await isSettled(long), true);
  cancelled.abort();
});

test("A sleeper that is not yet due wakes at its time although no one advances again", async () => {
  const clock = createClock();
  const dueAt = clock.now() + hourMs;
  const sleeper = clock.sleep(hourMs);
  clock.advance(hourMs - 20);
  await sleeper;
  assert.ok(clock.now() >= dueAt);
});

test("A sleep longer than any timer of the platform ends when its time has come", async () => {
  const clock = createClock();
  const sleeper = clock.sleep(2 ** 31 + hourMs);
  clock.advance(2 ** 31);
  assert.equal(await isSettled(sleeper), false);
  clock.advance(hourMs);
  assert.equal(await isSettled(sleeper), true);
});

test("An aborted sleep ends at once, before or after it began", async () => {
  const clock = createClock();
  const abort = new AbortController();
  const sleeper = clock.sleep(hourMs, abort.signal);
  assert.equal(await isSettled(sleeper), false);
  abort.abort();
  assert.equal(await isSettled(sleeper), true);
  assert.equal(await isSettled(clock.sleep(hourMs, abort.signal)), true);
});

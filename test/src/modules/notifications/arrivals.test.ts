/** Nothing that comes in between two looks may be slept through. */
import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, mock, test } from "node:test";
import { arrivals } from "../../../../src/modules/notifications/arrivals.ts";

const withinMs = 1_000;

/** Whether it has ended once everything is done that needs no time. */
const hasEnded = (waiting: Promise<unknown>): Promise<boolean> =>
  Promise.race([
    waiting.then(() => true),
    new Promise<false>((resolve) => setImmediate(resolve, false)),
  ]);

describe("an arrival", () => {
  // Time stands still: whoever wakes up was woken.
  beforeEach(() => {
    mock.timers.enable({ apis: ["setTimeout"] });
  });
  afterEach(() => {
    mock.timers.reset();
  });

  test("wakes everybody who waits for this account", async () => {
    const news = arrivals();
    const listening = [news.listen("ada"), news.listen("ada")];
    const waiting = Promise.all(listening.map((each) => each.next(withinMs)));
    assert.equal(await hasEnded(waiting), false);
    news.announce("ada");
    assert.equal(await hasEnded(waiting), true);
  });

  test("is heard by the next wait, if it came before, and only by that", async () => {
    const news = arrivals();
    const listening = news.listen("ada");
    news.announce("ada");
    assert.equal(await hasEnded(listening.next(withinMs)), true);
    assert.equal(await hasEnded(listening.next(withinMs)), false);
  });

  test("is waited for no longer than asked", async () => {
    const waiting = arrivals().listen("ada").next(withinMs);
    mock.timers.tick(withinMs);
    assert.equal(await hasEnded(waiting), true);
  });

  test("is not heard for another account, nor by who has stopped listening", async () => {
    const news = arrivals();
    const listening = news.listen("ada");
    const waiting = listening.next(withinMs);
    news.announce("bob");
    listening.stop();
    news.announce("ada");
    assert.equal(await hasEnded(waiting), false);
  });
});

/** Nothing that comes in between two looks may be slept through. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { arrivals } from "../../../src/reactions/notifications/arrivals.ts";

/** Longer than any test: waking up must be somebody's doing. */
const foreverMs = 1_000_000;

describe("an arrival", () => {
  test("wakes everybody who waits for this account", async () => {
    const news = arrivals();
    const listening = [news.listen("ada"), news.listen("ada")];
    const woken = Promise.all(listening.map((each) => each.next(foreverMs)));
    news.announce("ada");
    await woken;
  });

  test("is heard by the next wait, if it came before", async () => {
    const news = arrivals();
    const listening = news.listen("ada");
    news.announce("ada");
    await listening.next(foreverMs);
  });

  test("is heard once, and not for another account, nor after listening has stopped", async () => {
    const news = arrivals();
    const listening = news.listen("ada");
    news.announce("ada");
    await listening.next(foreverMs);
    let hasEnded = false;
    const second = listening.next(foreverMs).then(() => (hasEnded = true));
    news.announce("bob");
    await new Promise(setImmediate);
    assert.equal(hasEnded, false);
    const other = news.listen("ada");
    other.stop();
    news.announce("ada");
    await second;
    listening.stop();
  });
});

import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, it, type TestContext } from "node:test";
import { type ControlDoor, openControlDoor } from "../../../emulator/control/control-door.ts";
import { followClock } from "../../../emulator/control/follow-clock.ts";
import { meter } from "../../../emulator/control/usage.ts";
import { createFaults } from "../../../emulator/cosmos/faults.ts";
import { type AdjustableClock, createClock } from "../../../emulator/shared/clock.ts";

function openDoor(clock: AdjustableClock, port = 0): Promise<ControlDoor> {
  const account = meter(() => Promise.reject(new Error("There is no account here.")));
  return openControlDoor({ clock, faults: createFaults(), meter: account }, { port });
}

async function follow(test: TestContext, url: string): Promise<AdjustableClock> {
  const stopping = new AbortController();
  test.after(() => {
    stopping.abort();
  });
  return followClock(url, stopping.signal);
}

/** Resolves when the clock has been advanced so often. */
function advances(clock: AdjustableClock, count: number): Promise<void> {
  return new Promise((resolve) => {
    let left = count;
    const stop = clock.onAdvance(() => {
      left -= 1;
      if (left > 0) return;
      stop();
      resolve();
    });
  });
}

describe("a clock that follows another through its control door", () => {
  it("begins where the other is, and is advanced with it", async (test) => {
    const clock = createClock();
    clock.advance(5_000);
    const door = await openDoor(clock);
    test.after(() => door.close());
    const follower = await follow(test, door.url);
    assert.equal(follower.aheadMs(), 5_000);
    const moved = advances(follower, 1);
    const slept = follower.sleep(60_000);
    clock.advance(60_000);
    await Promise.all([moved, slept]);
    assert.equal(follower.aheadMs(), 65_000);
    const movedAgain = advances(follower, 1);
    clock.advance(1);
    await movedAgain;
    assert.equal(follower.aheadMs(), 65_001);
  });

  it("goes on while the door is away, and catches up when it is back", async (test) => {
    const clock = createClock();
    const door = await openDoor(clock);
    const follower = await follow(test, door.url);
    await door.close();
    clock.advance(60_000);
    assert.equal(follower.aheadMs(), 0);
    const caughtUp = advances(follower, 1);
    const again = await openDoor(clock, Number(new URL(door.url).port));
    test.after(() => again.close());
    await caughtUp;
    assert.equal(follower.aheadMs(), 60_000);
  });

  it("stays where it is until the other, begun anew, has passed it", async (test) => {
    const clock = createClock();
    clock.advance(60_000);
    const door = await openDoor(clock);
    const follower = await follow(test, door.url);
    await door.close();
    const anew = createClock();
    const again = await openDoor(anew, Number(new URL(door.url).port));
    test.after(() => again.close());
    const moved = advances(follower, 1);
    anew.advance(30_000);
    anew.advance(31_000);
    await moved;
    assert.equal(follower.aheadMs(), 61_000);
  });

  it("is refused by what is no control door", async (test) => {
    let answer = "";
    const server = createServer((_, response) => response.end(answer));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    test.after(() => server.close());
    const { port } = server.address() as AddressInfo;
    for (const aheadMs of ["0.5", "-1", "null", '"1"', "1e300"]) {
      answer = `{"aheadMs":${aheadMs}}`;
      await assert.rejects(
        follow(test, `http://127.0.0.1:${port}`),
        /does not tell how far/,
        answer,
      );
    }
    for (answer of ["{}", "null"])
      await assert.rejects(
        follow(test, `http://127.0.0.1:${port}`),
        /does not tell how far/,
        answer,
      );
  });
});

describe("GET /clock/beyond", () => {
  it("answers at once when the clock is ahead by more already", async (test) => {
    const clock = createClock();
    clock.advance(2);
    const door = await openDoor(clock);
    test.after(() => door.close());
    const answer = await fetch(`${door.url}/clock/beyond/1`);
    assert.equal(((await answer.json()) as { aheadMs: number }).aheadMs, 2);
  });

  it("takes no other than a whole number of ms", async (test) => {
    const door = await openDoor(createClock());
    test.after(() => door.close());
    for (const ms of ["soon", "-1", "0.5", "1e3", "0x10", "%2050", "9".repeat(16), "%"])
      assert.equal((await fetch(`${door.url}/clock/beyond/${ms}`)).status, 400, ms);
  });
});

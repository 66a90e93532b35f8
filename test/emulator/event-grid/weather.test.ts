import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { WeatherRule } from "../../../emulator/event-grid/index.ts";
import { openGridWorld, turn, type GridWorld } from "./support/grid.ts";

const ids = (count: number): string[] => Array.from({ length: count }, (_, index) => String(index));

/** Lets events be delivered that wait until some time within this window. */
async function deliverAll(world: GridWorld, count: number, windowMs: number): Promise<void> {
  world.clock.advance(windowMs);
  await world.untilCounts(({ delivered }) => delivered === count);
}

describe("a weather rule", () => {
  it("of duplicates delivers events more than once", async (test) => {
    const { grid, endpoint, publish, subscribe, untilCounts } = await openGridWorld(test);
    await subscribe();
    grid.rules.set({ effect: { kind: "duplicate", copies: 2 }, times: 1 });
    await publish("1", "2");
    await untilCounts(({ delivered }) => delivered === 4);
    assert.deepEqual(endpoint.ids().toSorted(), ["1", "1", "1", "2"]);
    assert.equal(grid.rules.list()[0]?.hits, 1);
  });

  it("of delays holds events back", async (test) => {
    const world = await openGridWorld(test);
    const { grid, clock, endpoint, publish, subscribe, counts, untilCounts } = world;
    await subscribe();
    grid.rules.set({ match: { eventId: "1" }, effect: { kind: "delay", ms: 60_000 } });
    await publish("1", "2");
    await untilCounts(({ delivered }) => delivered === 1);
    clock.advance(50_000);
    await turn();
    assert.deepEqual([endpoint.ids(), counts().waiting], [["2"], 1]);
    clock.advance(10_000);
    await untilCounts(({ delivered }) => delivered === 2);
  });

  it("of disorder delivers in an order that its seed fixes", async (test) => {
    const orders: string[][] = [];
    for (const seed of [1, 1, 2]) {
      const world = await openGridWorld(test, { concurrency: 1 });
      await world.subscribe();
      world.grid.rules.set({ effect: { kind: "reorder", windowMs: 3_600_000 }, seed });
      await world.publish(...ids(20));
      await deliverAll(world, 20, 3_600_000);
      orders.push([...world.endpoint.ids()]);
    }
    const [first = [], second = [], third = []] = orders;
    assert.notDeepEqual(first, ids(20));
    assert.deepEqual(first.toSorted(), ids(20).toSorted());
    assert.deepEqual(second, first);
    assert.notDeepEqual(third, first);
  });

  it("that loses first attempts delays until the second", async (test) => {
    const world = await openGridWorld(test);
    const { grid, clock, endpoint, publish, subscribe, untilCounts } = world;
    await subscribe();
    grid.rules.set({ effect: { kind: "drop_first_attempt" } });
    await publish("1");
    await untilCounts(({ failedAttempts }) => failedAttempts === 1);
    assert.equal(endpoint.notifications.length, 0);
    clock.advance(11_000);
    await untilCounts(({ delivered }) => delivered === 1);
    assert.equal(endpoint.notifications[0]?.headers["aeg-delivery-count"], "1");
  });

  it("applies with a probability, to what it matches, until it is cleared", async (test) => {
    const { grid, publish, subscribe, counts, untilCounts } = await openGridWorld(test);
    await subscribe();
    const duplicate = { kind: "duplicate" } as const;
    const id = grid.rules.set({ effect: duplicate, probability: 0.5, seed: 7 });
    grid.rules.set({ match: { topic: "elsewhere" }, effect: duplicate });
    grid.rules.set({ match: { subscription: "elsewhere" }, effect: duplicate });
    grid.rules.set({ match: { eventType: "elsewhere" }, effect: duplicate });
    await publish(...ids(100));
    await untilCounts(({ matched, delivered }) => delivered === matched);
    const { delivered } = counts();
    assert.ok(delivered > 120 && delivered < 180, `${delivered} of about 150`);
    grid.rules.clear(id);
    await publish("last");
    await untilCounts(({ matched, delivered: now }) => now === matched);
    assert.equal(counts().delivered, delivered + 1);
    grid.rules.clear();
    assert.deepEqual(grid.rules.list(), []);
  });

  it("is checked, and set and cleared over HTTP", async (test) => {
    const { grid } = await openGridWorld(test);
    const rules = `${grid.url}/rules`;
    const post = (rule: object): Promise<Response> =>
      fetch(rules, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(rule),
      });
    const rule: WeatherRule = { id: "late", effect: { kind: "delay", ms: 5 }, probability: 0.1 };
    assert.equal((await post(rule)).status, 201);
    assert.deepEqual(await (await fetch(rules)).json(), { rules: [{ ...rule, hits: 0 }] });
    for (const wrong of [
      {},
      { effect: { kind: "rain" } },
      { effect: { kind: "delay" } },
      { effect: { kind: "reorder", windowMs: -1 } },
      { effect: { kind: "duplicate", copies: 0 } },
      { ...rule, probability: 2 },
      { ...rule, times: 0 },
      ...[0.5, "5", null, 1e300].flatMap((ms) => [
        { effect: { kind: "delay", ms } },
        { effect: { kind: "reorder", windowMs: ms } },
      ]),
      ...[0.5, "2", null, 1e6].map((copies) => ({ effect: { kind: "duplicate", copies } })),
      ...["0.1", null, -0.1].map((probability) => ({ ...rule, probability })),
      ...["1", null, 1.5, 1e300].map((times) => ({ ...rule, times })),
      ...["7", null, 0.5, 1e300].map((seed) => ({ ...rule, seed })),
      ...[7, "", null, {}].map((id) => ({ ...rule, id })),
      ...[null, [], "orders", { topic: 1 }, { eventId: null }].map((match) => ({ ...rule, match })),
      ...[null, [], "delay"].map((effect) => ({ effect })),
    ]) {
      const answer = await post(wrong);
      const text = await answer.text();
      assert.equal(answer.status, 400, JSON.stringify(wrong));
      assert.doesNotMatch(text, /Cannot read|undefined/, JSON.stringify(wrong));
    }
    const infinite = { effect: { kind: "delay", ms: "∞" } };
    const init = { method: "POST", headers: { "content-type": "application/json" } };
    const body = JSON.stringify(infinite).replace('"∞"', "1e999");
    assert.equal((await fetch(rules, { ...init, body })).status, 400);
    await fetch(`${rules}/late`, { method: "DELETE" });
    assert.deepEqual(grid.rules.list(), []);
  });
});

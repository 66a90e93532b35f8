import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import type { Order } from "./support/fake-records.ts";
import { fakeFor, play } from "./support/play.ts";

/** What a fresh service was told to do, and under which keys. */
const told = async (
  context: TestContext,
  ...words: string[]
): Promise<{ orders: Order[]; keys: string[] }> => {
  const { url, ledger, keys } = await fakeFor(context);
  await play(url, ...words);
  return { orders: [...ledger.commands.values()].map(({ order }) => order), keys: keys() };
};

/** Accounts get their ids in the order in which they are opened, which clients race for. */
const withoutIds = (orders: readonly Order[]): string[] =>
  orders
    .map((order) => ("amountE4" in order ? `${order.type} ${order.amountE4}` : order.type))
    .sort();

describe("The intentions of a run", () => {
  for (const scenario of ["family", "payday", "storm"]) {
    it(`are the same for the same seed and run in "${scenario}"`, async (context) => {
      const words = [scenario, "--seed", "7", "--run", "r1", "--clients", "1", "--steps", "150"];
      const first = await told(context, ...words);
      const second = await told(context, ...words);
      assert.ok(first.orders.length > 100);
      assert.deepEqual(first, second);
    });

    it(`do not depend on how the clients overtake each other in "${scenario}"`, async (context) => {
      const words = [scenario, "--seed", "7", "--run", "r1", "--clients", "8", "--steps", "60"];
      const first = await told(context, ...words);
      const second = await told(context, ...words);
      assert.deepEqual(withoutIds(first.orders), withoutIds(second.orders));
      assert.deepEqual([...first.keys].sort(), [...second.keys].sort());
    });

    it(`are others for another seed in "${scenario}"`, async (context) => {
      const first = await told(context, scenario, "--seed", "7");
      const second = await told(context, scenario, "--seed", "8");
      assert.notDeepEqual(withoutIds(first.orders), withoutIds(second.orders));
    });
  }

  it("are the same for another run, but under other keys", async (context) => {
    const words = ["storm", "--clients", "1"];
    const first = await told(context, ...words, "--run", "r1");
    const second = await told(context, ...words, "--run", "r2");
    assert.deepEqual(withoutIds(first.orders), withoutIds(second.orders));
    assert.equal(new Set([...first.keys, ...second.keys]).size, 2 * first.keys.length);
  });
});

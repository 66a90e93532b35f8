import assert from "node:assert/strict";
import { createServer } from "node:http";
import { describe, it } from "node:test";
import type { AddressInfo } from "node:net";
import { openGridWorld, turn, webhook, type GridWorld } from "./support/grid.ts";

const secondMs = 1000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;

/** Documentation: "Event Grid message delivery and retry", retry schedule. */
const scheduleMs = [
  10 * secondMs,
  30 * secondMs,
  minuteMs,
  5 * minuteMs,
  10 * minuteMs,
  30 * minuteMs,
  hourMs,
  3 * hourMs,
  6 * hourMs,
  12 * hourMs,
];

/** Moves the clock past a wait and its randomization. */
function pass({ clock }: GridWorld, waitMs: number): void {
  clock.advance(Math.ceil(waitMs * 1.05) + 1);
}

/** The same after the first half. */
function passOtherHalf({ clock }: GridWorld, waitMs: number): void {
  clock.advance(Math.ceil(waitMs * 0.55) + 1);
}

/** Moves the clock half through a wait and lets everything happen that would. */
async function passHalf({ clock }: GridWorld, waitMs: number): Promise<void> {
  clock.advance(waitMs / 2);
  await turn();
  await turn();
}

describe("a delivery that fails", () => {
  it("is repeated on the documented schedule until a day is over", async (test) => {
    const world = await openGridWorld(test);
    const { endpoint, publish, subscribe, untilCounts, counts } = world;
    endpoint.reply(() => 500);
    await subscribe();
    await publish("1");
    await untilCounts(({ failedAttempts }) => failedAttempts === 1);
    for (const [index, waitMs] of scheduleMs.entries()) {
      await passHalf(world, waitMs);
      assert.equal(counts().failedAttempts, index + 1, `waits for ${waitMs} ms`);
      passOtherHalf(world, waitMs);
      await untilCounts(({ failedAttempts }) => failedAttempts === index + 2);
    }
    const countsSent = endpoint.notifications.map(({ headers }) => headers["aeg-delivery-count"]);
    assert.deepEqual(countsSent, ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10"]);
    assert.deepEqual([counts().waiting, counts().dropped], [1, 0]);
    pass(world, 12 * hourMs);
    await untilCounts(({ dropped }) => dropped === 1);
    assert.equal(endpoint.notifications.length, 11, "the time to live is over: no further attempt");
    assert.equal(counts().waiting, 0);
  });

  it("is tried six times before a time to live of 30 minutes is over", async (test) => {
    const world = await openGridWorld(test);
    const { endpoint, publish, subscribe, untilCounts } = world;
    endpoint.reply(() => 500);
    await subscribe({ retryPolicy: { eventTimeToLiveInMinutes: 30, maxDeliveryAttempts: 10 } });
    await publish("1");
    for (const [index, waitMs] of scheduleMs.slice(0, 5).entries()) {
      await untilCounts(({ failedAttempts }) => failedAttempts === index + 1);
      pass(world, waitMs);
    }
    await untilCounts(({ failedAttempts }) => failedAttempts === 6);
    pass(world, 30 * minuteMs);
    await untilCounts(({ dropped }) => dropped === 1);
    assert.equal(endpoint.notifications.length, 6);
  });

  it("is given up after the attempts its subscription allows", async (test) => {
    const world = await openGridWorld(test);
    const { endpoint, publish, subscribe, untilCounts } = world;
    endpoint.reply(() => 500);
    await subscribe({ retryPolicy: { maxDeliveryAttempts: 2 } });
    await publish("1");
    await untilCounts(({ failedAttempts }) => failedAttempts === 1);
    pass(world, 10 * secondMs);
    await untilCounts(({ dropped }) => dropped === 1);
    assert.equal(endpoint.notifications.length, 2);
  });

  it("ends with the first attempt that succeeds", async (test) => {
    const world = await openGridWorld(test);
    const { endpoint, publish, subscribe, untilCounts, counts } = world;
    endpoint.reply((_, index) => (index === 0 ? 500 : 204));
    await subscribe();
    await publish("1");
    await untilCounts(({ failedAttempts }) => failedAttempts === 1);
    pass(world, 10 * secondMs);
    await untilCounts(({ delivered }) => delivered === 1);
    assert.deepEqual([counts().waiting, counts().dropped], [0, 0]);
  });

  for (const [status, waitMs] of [
    [404, 5 * minuteMs],
    [408, 2 * minuteMs],
    [503, 30 * secondMs],
    [301, 10 * secondMs],
    [205, 10 * secondMs],
  ] as const) {
    it(`waits ${waitMs / 1000} s at least after a ${status}`, async (test) => {
      const world = await openGridWorld(test);
      const { endpoint, publish, subscribe, untilCounts, counts } = world;
      endpoint.reply((_, index) => (index === 0 ? status : 200));
      await subscribe();
      await publish("1");
      await untilCounts(({ failedAttempts }) => failedAttempts === 1);
      await passHalf(world, waitMs);
      assert.equal(counts().delivered, 0);
      passOtherHalf(world, waitMs);
      await untilCounts(({ delivered }) => delivered === 1);
    });
  }

  for (const [endpointType, statuses] of [
    ["WebHook", [400, 401, 403, 413]],
    ["AzureFunction", [400, 403, 413]],
  ] as const) {
    it(`is not repeated when a ${endpointType} answers ${statuses.join(", ")}`, async (test) => {
      const world = await openGridWorld(test);
      const { endpoint, publish, subscribe, untilCounts } = world;
      endpoint.reply((_, index) => statuses[index] ?? 500);
      await subscribe({ destination: { ...webhook(endpoint), endpointType } });
      await publish(...statuses.map(String));
      await untilCounts(({ dropped }) => dropped === statuses.length);
      assert.equal(endpoint.notifications.length, statuses.length);
    });
  }

  it("is repeated when a function answers 401", async (test) => {
    const world = await openGridWorld(test);
    const { endpoint, publish, subscribe, untilCounts } = world;
    endpoint.reply((_, index) => (index === 0 ? 401 : 200));
    await subscribe({ destination: { ...webhook(endpoint), endpointType: "AzureFunction" } });
    await publish("1");
    await untilCounts(({ failedAttempts }) => failedAttempts === 1);
    pass(world, 5 * minuteMs);
    await untilCounts(({ delivered }) => delivered === 1);
  });

  it("timed out when there is no answer within 30 seconds", async (test) => {
    const world = await openGridWorld(test);
    const { grid, clock, endpoint, publish, subscribe, untilCounts } = world;
    const never = Promise.withResolvers<number>();
    endpoint.reply((_, index) => (index === 0 ? never.promise : 200));
    await subscribe();
    await publish("1");
    await endpoint.until(() => endpoint.notifications.length === 1);
    clock.advance(30 * secondMs);
    await untilCounts(({ failedAttempts }) => failedAttempts === 1);
    assert.equal(grid.subscriptions.deliveries("orders", "hook")[0]?.outcome, "TimedOut");
    pass(world, 10 * secondMs);
    await untilCounts(({ delivered }) => delivered === 1);
    assert.equal(endpoint.notifications.length, 2);
  });

  it("is not repeated when the answer comes after all, within three minutes", async (test) => {
    const world = await openGridWorld(test);
    const { clock, endpoint, publish, subscribe, untilCounts, counts } = world;
    const late = Promise.withResolvers<number>();
    endpoint.reply(() => late.promise);
    await subscribe();
    await publish("1");
    await endpoint.until(() => endpoint.notifications.length === 1);
    clock.advance(30 * secondMs);
    await untilCounts(({ failedAttempts }) => failedAttempts === 1);
    assert.equal(counts().waiting, 1);
    late.resolve(200);
    await untilCounts(({ delivered }) => delivered === 1);
    assert.equal(counts().waiting, 0);
  });

  it("is repeated when nobody listens at the address, or the connection breaks", async (test) => {
    const world = await openGridWorld(test);
    const { grid, subscribe, publish, untilCounts } = world;
    const rude = createServer((request, response) => {
      if (request.method !== "OPTIONS") request.destroy();
      response.setHeader("webhook-allowed-origin", "*");
      response.end();
    });
    await new Promise<void>((resolve) => rude.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(rude.address() as AddressInfo).port}/`;
    const eventDeliverySchema = "CloudEventSchemaV1_0";
    await subscribe({ destination: webhook({ url }), eventDeliverySchema });
    await publish("1");
    await untilCounts(({ failedAttempts }) => failedAttempts === 1);
    rude.close();
    rude.closeAllConnections();
    pass(world, 10 * secondMs);
    await untilCounts(({ failedAttempts }) => failedAttempts === 2);
    const outcomes = grid.subscriptions.deliveries("orders", "hook").map(({ outcome }) => outcome);
    assert.deepEqual(outcomes, ["SocketError", "SocketError"]);
  });
});

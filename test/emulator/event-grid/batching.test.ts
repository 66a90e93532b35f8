import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { openGridWorld, order, webhook } from "./support/grid.ts";

type World = Awaited<ReturnType<typeof openGridWorld>>;

const ids = (count: number): string[] => Array.from({ length: count }, (_, index) => String(index));

function sizes({ endpoint }: World): number[] {
  return endpoint.notifications.map(({ text }) => (JSON.parse(text) as unknown[]).length);
}

describe("batched delivery", () => {
  it("puts what is there into one request, up to maxEventsPerBatch", async (test) => {
    const world = await openGridWorld(test);
    const { endpoint, publish, subscribe, untilCounts } = world;
    await subscribe({ destination: webhook(endpoint, { maxEventsPerBatch: 4 }) });
    await publish(...ids(10));
    await untilCounts(({ delivered }) => delivered === 10);
    assert.deepEqual(sizes(world).toSorted(), [2, 4, 4]);
    assert.deepEqual(endpoint.ids().toSorted(), ids(10));
  });

  it("does not wait for more", async (test) => {
    const world = await openGridWorld(test);
    const { endpoint, publish, subscribe, untilCounts } = world;
    await subscribe({ destination: webhook(endpoint, { maxEventsPerBatch: 5000 }) });
    await publish("1");
    await untilCounts(({ delivered }) => delivered === 1);
    assert.deepEqual(sizes(world), [1]);
  });

  it("keeps near the preferred size, yet sends an event that is larger alone", async (test) => {
    const world = await openGridWorld(test);
    const { endpoint, client, subscribe, untilCounts } = world;
    const properties = { maxEventsPerBatch: 10, preferredBatchSizeInKilobytes: 1 };
    await subscribe({ destination: webhook(endpoint, properties) });
    const large = { data: { text: "x".repeat(2000) } };
    await client.send([order("1"), order("2"), order("3", large), order("4")]);
    await untilCounts(({ delivered }) => delivered === 4);
    assert.deepEqual(sizes(world).toSorted(), [1, 1, 2]);
  });

  it("fails and is repeated as a whole", async (test) => {
    const world = await openGridWorld(test);
    const { clock, endpoint, publish, subscribe, untilCounts, counts } = world;
    endpoint.reply((_, index) => (index === 0 ? 500 : 200));
    await subscribe({ destination: webhook(endpoint, { maxEventsPerBatch: 3 }) });
    await publish(...ids(3));
    await untilCounts(({ failedAttempts }) => failedAttempts === 1);
    assert.equal(counts().waiting, 3);
    clock.advance(11_000);
    await untilCounts(({ delivered }) => delivered === 3);
    assert.deepEqual(endpoint.ids().slice(0, 3), ids(3));
    assert.deepEqual(endpoint.ids().slice(3).toSorted(), ids(3));
  });

  it("of CloudEvents says so in its content type", async (test) => {
    const world = await openGridWorld(test);
    const { endpoint, publish, subscribe, untilCounts } = world;
    await subscribe({
      destination: webhook(endpoint, { maxEventsPerBatch: 2 }),
      eventDeliverySchema: "CloudEventSchemaV1_0",
    });
    await publish("1", "2");
    await untilCounts(({ delivered }) => delivered === 2);
    const [{ headers } = assert.fail()] = endpoint.notifications;
    assert.equal(headers["content-type"], "application/cloudevents-batch+json; charset=utf-8");
    assert.deepEqual(sizes(world), [2]);
  });

  it("separates events whose own headers differ", async (test) => {
    const world = await openGridWorld(test);
    const { endpoint, client, subscribe, untilCounts } = world;
    const deliveryAttributeMappings = [
      { name: "x-tenant", type: "Dynamic", properties: { sourceField: "data.tenant" } },
    ] as const;
    const properties = { maxEventsPerBatch: 10, deliveryAttributeMappings };
    await subscribe({ destination: webhook(endpoint, properties) });
    await client.send(
      ["a", "b", "a"].map((tenant, index) => order(String(index), { data: { tenant } })),
    );
    await untilCounts(({ delivered }) => delivered === 3);
    const byTenant = endpoint.notifications.map(({ headers, text }) => [
      headers["x-tenant"],
      (JSON.parse(text) as { id: string }[]).map(({ id }) => id),
    ]);
    assert.deepEqual(byTenant.toSorted(), [
      ["a", ["0", "2"]],
      ["b", ["1"]],
    ]);
  });
});

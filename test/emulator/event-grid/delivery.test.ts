import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { openGridWorld, order, webhook } from "./support/grid.ts";

describe("delivery", () => {
  it("carries an event of the official client to the webhook, with the service's headers", async (test) => {
    const { endpoint, topic, client, subscribe, untilCounts } = await openGridWorld(test);
    await subscribe();
    await client.send([order("1", { data: { amount: 5 } })]);
    await untilCounts(({ delivered }) => delivered === 1);

    const [{ method, path, headers, text } = assert.fail()] = endpoint.notifications;
    assert.equal(`${method} ${path}`, "POST /hook");
    const [event] = JSON.parse(text) as [Record<string, unknown>];
    assert.match(String(event["eventTime"]), /^\d{4}-\d\d-\d\dT/);
    assert.deepEqual(event, {
      id: "1",
      topic: topic.resourceId,
      subject: "/orders/1",
      eventType: "OrderPlaced",
      eventTime: event["eventTime"],
      data: { amount: 5 },
      dataVersion: "1.0",
      metadataVersion: "1",
    });
    const { "content-type": type, ...others } = headers;
    assert.equal(type, "application/json; charset=utf-8");
    const own = Object.entries(others).filter(([name]) => name.startsWith("aeg-"));
    assert.deepEqual(Object.fromEntries(own), {
      "aeg-event-type": "Notification",
      "aeg-subscription-name": "HOOK",
      "aeg-delivery-count": "0",
      "aeg-data-version": "1.0",
      "aeg-metadata-version": "1",
      "aeg-output-event-id": "1",
    });
  });

  it("is one request an event, many at a time", async (test) => {
    const { endpoint, publish, subscribe, untilCounts } = await openGridWorld(test);
    await subscribe();
    const all = Promise.withResolvers<number>();
    endpoint.reply(() => {
      if (endpoint.notifications.length === 20) all.resolve(200);
      return all.promise;
    });
    await publish(...Array.from({ length: 20 }, (_, index) => String(index)));
    await untilCounts(({ delivered }) => delivered === 20);
    assert.equal(new Set(endpoint.ids()).size, 20);
  });

  it("of CloudEvents is a single object, as published", async (test) => {
    const { grid, endpoint, cloudClient, untilCounts } = await openGridWorld(test);
    await grid.subscriptions.create("clouds", "hook", { destination: webhook(endpoint) });
    const time = new Date("2026-01-02T03:04:05Z");
    const extensionAttributes = { traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b71-01" };
    const event = { id: "c1", type: "Loaded", source: "/cards", time, extensionAttributes };
    await cloudClient.send([{ ...event, data: { amount: 5 } }]);
    await untilCounts(({ delivered }) => delivered === 1);

    const [{ headers, text } = assert.fail()] = endpoint.notifications;
    assert.deepEqual(JSON.parse(text), {
      specversion: "1.0",
      id: "c1",
      type: "Loaded",
      source: "/cards",
      time: "2026-01-02T03:04:05.000Z",
      datacontenttype: "application/json",
      ...extensionAttributes,
      data: { amount: 5 },
    });
    assert.equal(headers["content-type"], "application/cloudevents+json; charset=utf-8");
    assert.equal(headers["origin"], "eventgrid.azure.net");
    assert.equal(headers["aeg-metadata-version"], "1.0");
    assert.equal(headers["aeg-data-version"], undefined);
  });

  it("turns Event Grid events into CloudEvents when the subscription asks for them", async (test) => {
    const { endpoint, topic, client, subscribe, untilCounts } = await openGridWorld(test);
    await subscribe({ eventDeliverySchema: "CloudEventSchemaV1_0" });
    await client.send([{ ...order("1"), eventTime: new Date("2026-01-02T03:04:05Z") }]);
    await untilCounts(({ delivered }) => delivered === 1);
    assert.deepEqual(endpoint.events(), [
      {
        specversion: "1.0",
        id: "1",
        source: topic.resourceId,
        subject: "/orders/1",
        type: "OrderPlaced",
        time: "2026-01-02T03:04:05.000Z",
        dataschema: "#1.0",
        data: {},
      },
    ]);
  });

  it("adds own headers, fixed ones and ones from the event", async (test) => {
    const { endpoint, client, subscribe, untilCounts } = await openGridWorld(test);
    await subscribe({
      destination: webhook(endpoint, {
        deliveryAttributeMappings: [
          { name: "Authorization", type: "Static", properties: { value: "Bearer x" } },
          { name: "x-tenant", type: "Dynamic", properties: { sourceField: "data.tenant" } },
          { name: "x-absent", type: "Dynamic", properties: { sourceField: "data.absent" } },
          { name: "__proto__", type: "Static", properties: { value: "x" } },
        ],
      }),
    });
    await client.send([order("1", { data: { tenant: "Zürich" } })]);
    await untilCounts(({ delivered }) => delivered === 1);
    const [{ headers } = assert.fail()] = endpoint.notifications;
    assert.equal(headers["authorization"], "Bearer x");
    assert.equal(headers["x-tenant"], "Z%C3%BCrich");
    assert.equal(headers["x-absent"], undefined);
    for (const request of [...endpoint.notifications, ...endpoint.handshakes])
      assert.ok(request.rawHeaders.includes("__proto__"), "is a header name as any other");
    assert.equal(endpoint.handshakes[0]?.headers["authorization"], "Bearer x");
  });
});

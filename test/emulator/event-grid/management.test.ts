import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { startEventGrid, type SubscriptionDefinition } from "../../../emulator/event-grid/index.ts";
import { openEndpoint } from "./support/endpoint.ts";
import { openGridWorld, webhook } from "./support/grid.ts";

const json = { "content-type": "application/json" };

describe("managing the service", () => {
  it("creates topics as often as one likes, and keeps their keys", async (test) => {
    const { grid, topic } = await openGridWorld(test);
    assert.deepEqual(await grid.topics.create("orders"), topic);
    assert.deepEqual(await grid.topics.create("ORDERS"), topic, "in any case");
    const key1 = Buffer.from("another key").toString("base64");
    assert.equal((await grid.topics.create("orders", { key1 })).key1, key1);
    assert.equal((await grid.topics.create("orders")).key1, key1);
    assert.deepEqual(
      grid.topics.list().map(({ name }) => name),
      ["orders", "clouds"],
    );
    assert.equal(topic.endpoint, `${grid.url}/orders/api/events`);
  });

  it("refuses topics the service would refuse", async (test) => {
    const { grid } = await openGridWorld(test);
    const inputSchema = "CloudEventSchemaV1_0";
    await assert.rejects(grid.topics.create("no"), { status: 400 });
    await assert.rejects(grid.topics.create("or_ders"), { status: 400 });
    await assert.rejects(grid.topics.create("orders", { inputSchema }), /cannot be changed/);
    const wrong = { inputSchema: "CustomInputSchema" as typeof inputSchema };
    await assert.rejects(grid.topics.create("custom", wrong), /inputSchema is one of/);
  });

  it("refuses subscriptions the service would refuse", async (test) => {
    const { grid, endpoint, subscribe } = await openGridWorld(test);
    const destination = webhook(endpoint);
    const mapping = (name: string, value: string) =>
      ({ name, type: "Static", properties: { value } }) as const;
    const withMappings = (...mappings: ReturnType<typeof mapping>[]) => ({
      destination: webhook(endpoint, { deliveryAttributeMappings: mappings }),
    });
    for (const [definition, message] of [
      [{ destination: webhook({ url: "nowhere" }) }, /not a URL/],
      [{ destination: webhook({ url: "ftp://nowhere/" }) }, /not a URL/],
      [{ destination: { ...destination, endpointType: "Queue" } }, /endpointType is/],
      [{ destination: undefined }, /needs a destination/],
      [{ destination: webhook(endpoint, { maxEventsPerBatch: 5001 }) }, /1 to 5000/],
      [{ destination: webhook(endpoint, { preferredBatchSizeInKilobytes: 0 }) }, /1 to 1024/],
      [{ retryPolicy: { maxDeliveryAttempts: 31 } }, /1 to 30/],
      [{ retryPolicy: { eventTimeToLiveInMinutes: 1441 } }, /1 to 1440/],
      [withMappings(...Array.from({ length: 11 }, () => mapping("a", "b"))), /at most 10/],
      [withMappings(mapping("aeg-own", "b")), /service's own/],
      [withMappings(mapping("a b", "b")), /no header name/],
      [withMappings(mapping("a", "b".repeat(4097))), /4096 bytes/],
      [{ deadLetterDestination: { endpointType: "StorageBlob", properties: {} } }, /blobContainer/],
    ] as const) {
      const rest = definition as Partial<SubscriptionDefinition>;
      await assert.rejects(subscribe(rest), { status: 400, message });
    }
    await assert.rejects(subscribe({}, "no"), { status: 400 });
    await assert.rejects(grid.subscriptions.create("unknown", "hook", { destination }), {
      status: 404,
    });
    const eventDeliverySchema = "EventGridSchema";
    await assert.rejects(
      grid.subscriptions.create("clouds", "hook", { destination, eventDeliverySchema }),
      /cannot be delivered/,
    );
    assert.deepEqual(endpoint.handshakes, []);
  });

  it("delivers what waits by the updated definition", async (test) => {
    const world = await openGridWorld(test);
    const { endpoint, clock, publish, subscribe, untilCounts, counts } = world;
    endpoint.reply(() => 500);
    await subscribe();
    await publish("1", "2");
    await untilCounts(({ failedAttempts }) => failedAttempts === 2);
    const other = await openEndpoint(test);
    await subscribe({ destination: webhook(other) });
    assert.equal(counts().waiting, 2);
    clock.advance(11_000);
    await untilCounts(({ delivered }) => delivered === 2);
    assert.deepEqual(other.ids().toSorted(), ["1", "2"]);
    assert.deepEqual([counts().matched, counts().failedAttempts], [2, 2]);
  });

  it("sends each event to every subscription that wants it", async (test) => {
    const { endpoint, publish, subscribe, untilCounts } = await openGridWorld(test);
    await subscribe({}, "one");
    await subscribe({}, "two");
    await publish("1");
    await untilCounts(({ delivered }) => delivered === 1, "one");
    await untilCounts(({ delivered }) => delivered === 1, "two");
    const names = endpoint.notifications.map(({ headers }) => headers["aeg-subscription-name"]);
    assert.deepEqual(names.toSorted(), ["ONE", "TWO"]);
  });

  it("shows the latest attempts of a subscription, newest first", async (test) => {
    const { grid, clock, endpoint, publish, subscribe, untilCounts } = await openGridWorld(test);
    endpoint.reply((_, index) => (index === 0 ? 503 : 200));
    await subscribe();
    await publish("1");
    await untilCounts(({ failedAttempts }) => failedAttempts === 1);
    clock.advance(32_000);
    await untilCounts(({ delivered }) => delivered === 1);
    const latest = grid.subscriptions.deliveries("orders", "hook");
    assert.deepEqual(
      latest.map(({ eventIds, attempt, outcome, status }) => [eventIds, attempt, outcome, status]),
      [
        [["1"], 2, "Delivered", 200],
        [["1"], 1, "Busy", 503],
      ],
    );
    const url = `${grid.url}/topics/orders/eventSubscriptions/hook/deliveries`;
    assert.deepEqual(await (await fetch(url)).json(), { deliveries: latest });
  });

  it("removes a subscription, or a topic with its subscriptions, and what waits there", async (test) => {
    const { grid, endpoint, publish, subscribe, untilCounts } = await openGridWorld(test);
    endpoint.reply(() => 500);
    await subscribe({}, "one");
    await subscribe({}, "two");
    await publish("1");
    await untilCounts(({ failedAttempts }) => failedAttempts === 1, "one");
    await grid.subscriptions.delete("orders", "one");
    await assert.rejects(grid.subscriptions.delete("orders", "one"), { status: 404 });
    await subscribe({}, "one");
    assert.deepEqual(
      grid.subscriptions.list("orders").map(({ name, counts: { waiting } }) => [name, waiting]),
      [
        ["two", 1],
        ["one", 0],
      ],
    );
    await grid.topics.delete("orders");
    assert.deepEqual(grid.subscriptions.list(), []);
    assert.throws(() => grid.subscriptions.list("orders"), { status: 404 });
    await assert.rejects(publish("2"), { statusCode: 404 });
  });

  it("is possible over HTTP", async (test) => {
    const { grid, endpoint } = await openGridWorld(test);
    const send = async (method: string, path: string, body?: object): Promise<unknown> => {
      const text = body === undefined ? null : JSON.stringify(body);
      const answer = await fetch(`${grid.url}${path}`, { method, headers: json, body: text });
      return { status: answer.status, body: await answer.json() };
    };
    assert.deepEqual(await send("GET", "/topics"), {
      status: 200,
      body: { topics: grid.topics.list() },
    });
    const path = "/topics/orders/eventSubscriptions/hook";
    await send("PUT", path, { destination: webhook(endpoint) });
    const subscriptions = grid.subscriptions.list();
    assert.equal(subscriptions.length, 1);
    const listed = { status: 200, body: { subscriptions } };
    assert.deepEqual(await send("GET", "/subscriptions"), listed);
    assert.deepEqual(await send("GET", "/topics/orders/eventSubscriptions"), listed);
    await send("DELETE", path);
    assert.deepEqual(grid.subscriptions.list(), []);
    await send("DELETE", "/topics/orders");
    assert.equal(grid.topics.list().length, 1);
    for (const [method, wrong, status] of [
      ["GET", "/elsewhere", 404],
      ["GET", "/topics/clouds/elsewhere", 404],
      ["GET", path, 405],
      ["PATCH", "/topics/clouds", 405],
      ["PATCH", "/rules", 405],
    ] as const) {
      const { status: answered } = (await send(method, wrong)) as { status: number };
      assert.equal(answered, status, `${method} ${wrong}`);
    }
  });

  it("refuses definitions of another shape over HTTP, and says what is wrong", async (test) => {
    const { grid, endpoint } = await openGridWorld(test);
    for (const body of ["{", "null", "[]", "1"]) {
      const init = { method: "PUT", headers: json, body };
      assert.equal((await fetch(`${grid.url}/topics/clouds`, init)).status, 400, body);
    }
    const path = "/topics/orders/eventSubscriptions/hook";
    const properties = { endpointUrl: endpoint.url };
    const destination = { endpointType: "WebHook", properties };
    const mapped = (mappings: unknown): object => ({
      destination: {
        ...destination,
        properties: { ...properties, deliveryAttributeMappings: mappings },
      },
    });
    for (const [wrong, definition] of [
      ...[5, "", [], {}].map((key1) => ["/topics/keys", { key1 }] as const),
      ...[1, {}, "x", [null], [{}], [{ name: 5, type: "Static", properties: { value: "x" } }]].map(
        (mappings) => [path, mapped(mappings)] as const,
      ),
      ...[null, 5, { value: 5 }, {}].map(
        (given) => [path, mapped([{ name: "x-a", type: "Static", properties: given }])] as const,
      ),
      ...[null, { sourceField: 5 }].map(
        (given) => [path, mapped([{ name: "x-a", type: "Dynamic", properties: given }])] as const,
      ),
      ...[5, {}, "all", [5]].map(
        (includedEventTypes) => [path, { destination, filter: { includedEventTypes } }] as const,
      ),
      ...[5, {}, "all", [null], [5]].map(
        (advancedFilters) => [path, { destination, filter: { advancedFilters } }] as const,
      ),
      [path, { destination, filter: { subjectBeginsWith: 5 } }],
      [path, { destination, filter: 5 }],
      [path, { destination, retryPolicy: "never" }],
      [path, { destination, deadLetterDestination: 5 }],
      [path, { destination, deadLetterDestination: { properties: null } }],
      [path, { destination, eventDeliverySchema: "Custom" }],
    ] as const) {
      const init = { method: "PUT", headers: json, body: JSON.stringify(definition) };
      const answer = await fetch(`${grid.url}${wrong}`, init);
      const text = await answer.text();
      assert.equal(answer.status, 400, `${init.body}: ${text}`);
      assert.doesNotMatch(text, /Cannot read|is not (iterable|a function)|argument|undefined/);
    }
    const absent = {
      ...mapped(null),
      filter: null,
      retryPolicy: null,
      deadLetterDestination: null,
    };
    const none = { advancedFilters: null, includedEventTypes: null, subjectBeginsWith: null };
    for (const definition of [absent, { ...absent, filter: none }]) {
      const init = { method: "PUT", headers: json, body: JSON.stringify(definition) };
      const answer = await fetch(`${grid.url}${path}`, init);
      assert.equal(answer.status, 200, `null is what is not given: ${await answer.text()}`);
    }
    // What any page may send to any address without asking.
    const plain = await fetch(`${grid.url}/topics/clouds`, { method: "PUT", body: "{}" });
    assert.equal(plain.status, 415);
  });

  it("keeps counts over a restart, and lets running deliveries end before it closes", async (test) => {
    const directory = await mkdtemp(join(tmpdir(), "event-grid-"));
    test.after(() => rm(directory, { recursive: true }));
    const file = join(directory, "grid.sqlite");
    const { grid, clock, endpoint, publish, subscribe } = await openGridWorld(test, { file });
    const answer = Promise.withResolvers<number>();
    endpoint.reply(() => answer.promise);
    await subscribe();
    await publish("1");
    await endpoint.until(() => endpoint.notifications.length === 1);
    const closed = grid.close();
    answer.resolve(200);
    await closed;

    const next = await startEventGrid({ file, clock, port: 0 });
    test.after(() => next.close());
    const [{ counts, state } = assert.fail()] = next.subscriptions.list();
    assert.deepEqual([counts.matched, counts.delivered, counts.waiting], [1, 1, 0]);
    assert.equal(state, "Succeeded");
  });
});

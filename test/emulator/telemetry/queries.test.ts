import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, test } from "node:test";
import { envelope, folderFor, givenSink, request, type Sink } from "./support/sink.ts";

const trace = (digit: string): string => digit.repeat(32);

const fast = request({
  traceId: trace("a"),
  name: "GET /orders",
  time: "2026-11-21T12:00:00.000Z",
});
const slow = request({
  traceId: trace("b"),
  name: "POST /orders",
  duration: "00:00:02.5000000",
  time: "2026-11-21T12:01:00.000Z",
  properties: { "shop.order_id": "order-7" },
});
const failed = request({
  traceId: trace("c"),
  name: "handle PlaceOrder",
  success: false,
  service: "worker",
  time: "2026-11-21T12:02:00.000Z",
});

async function traceIds(sink: Sink, query: string): Promise<string[]> {
  const { body } = await sink.get(`/traces?${query}`);
  return (body["traces"] as { traceId: string }[]).map(({ traceId }) => traceId.charAt(0));
}

describe("the recent traces", () => {
  test("are found by name, failure, duration, service, attribute and time, the newest first", async (context) => {
    const sink = await givenSink(context);
    await sink.track(JSON.stringify([fast, slow, failed]));
    for (const [query, found] of [
      ["", ["c", "b", "a"]],
      ["limit=2", ["c", "b"]],
      ["name=ORDERS", ["b", "a"]],
      ["failed=true", ["c"]],
      ["failed=false", ["b", "a"]],
      ["minDurationMs=2500", ["b"]],
      ["service=worker", ["c"]],
      ["attribute=order-7", ["b"]],
      ["attribute=shop.order_id%3Dorder-7", ["b"]],
      ["attribute=shop.customer%3Dorder-7", []],
      ["since=2026-11-21T12:01:00Z&until=2026-11-21T12:02:00Z", ["b"]],
      ["name=orders&failed=true", []],
    ] as const)
      assert.deepEqual(await traceIds(sink, query), found, query);
  });

  test("are told with all their spans, also those that the filter passes over", async (context) => {
    const sink = await givenSink(context);
    const parent = request({ traceId: trace("d"), id: "1", time: "2026-11-21T12:00:00.000Z" });
    const child = envelope(
      "RemoteDependencyData",
      { id: "2", name: "publish", duration: "00:00:00.0500000", success: false, type: "Queue" },
      {
        tags: { "ai.operation.id": trace("d"), "ai.operation.parentId": "1" },
        time: "2026-11-21T12:00:01.000Z",
      },
    );
    // The child is sent first, as it ends first.
    await sink.track(JSON.stringify([child, parent]));
    assert.deepEqual(await traceIds(sink, "name=orders&failed=true"), ["d"]);
    assert.deepEqual(await traceIds(sink, "name=orders&failed=false"), []);
    const { body } = await sink.get("/traces?name=publish");
    const [summary] = body["traces"] as Record<string, unknown>[];
    assert.deepEqual(summary, {
      traceId: trace("d"),
      name: "GET /orders",
      service: "shop",
      services: ["shop"],
      startedMs: Date.parse("2026-11-21T12:00:00.000Z"),
      durationMs: 1_050,
      spans: 2,
      failedSpans: 1,
    });
  });

  test("cannot be asked for by what is no number or instant", async (context) => {
    const sink = await givenSink(context);
    for (const query of ["minDurationMs=long", "since=once", "limit=all"]) {
      const { status, body } = await sink.get(`/traces?${query}`);
      assert.equal(status, 400, query);
      assert.match(String(body["message"]), /is (a number|an instant)/);
    }
  });
});

describe("metrics", () => {
  test("are series by service and dimensions, the oldest point first", async (context) => {
    const sink = await givenSink(context);
    const point = (value: number, feed: string, time: string): object =>
      envelope(
        "MetricData",
        { metrics: [{ name: "lag", value, count: 1 }], properties: { feed } },
        { time },
      );
    await sink.track(
      JSON.stringify([
        point(2, "orders", "2026-11-21T12:00:01.000Z"),
        point(1, "orders", "2026-11-21T12:00:00.000Z"),
        point(9, "bills", "2026-11-21T12:00:00.000Z"),
        // Sent with every batch of spans, only to say whom they are from.
        envelope("MetricData", { metrics: [{ name: "_OTELRESOURCE_", value: 1 }] }),
      ]),
    );
    const names = (await sink.get("/metrics")).body["metrics"] as { name: string }[];
    assert.deepEqual(
      names.map(({ name }) => name),
      ["lag"],
    );
    const valuesOf = async (query: string): Promise<number[][]> => {
      const { series } = (await sink.get(`/metrics/lag?${query}`)).body as {
        series: { points: { value: number }[] }[];
      };
      return series.map(({ points }) => points.map(({ value }) => value));
    };
    assert.deepEqual(await valuesOf("since=0&feed=orders"), [[1, 2]]);
    assert.deepEqual((await valuesOf("since=0")).toSorted(), [[1, 2], [9]]);
    assert.deepEqual(await valuesOf("since=2026-11-21T12:00:01Z"), [[2]]);
    assert.deepEqual(await valuesOf("since=0&feed=nothing"), []);
  });
});

describe("what is kept", () => {
  test("is still there after a restart on the same file", async (context) => {
    const file = join(await folderFor(context), "telemetry.sqlite");
    const before = await givenSink(context, { file });
    await before.track(JSON.stringify([fast]));
    await before.close();
    const after = await givenSink(context, { file });
    assert.deepEqual(await traceIds(after, ""), ["a"]);
  });

  test("is at most the newest so many, with a tolerance of a twentieth", async (context) => {
    const sink = await givenSink(context, { keepItems: 40 });
    for (let batch = 0; batch < 10; batch += 1) {
      const spans = Array.from({ length: 10 }, (_, index) =>
        request({
          traceId: trace("e"),
          id: String(batch * 10 + index),
          properties: { batch: String(batch) },
        }),
      );
      await sink.track(JSON.stringify(spans));
    }
    assert.deepEqual((await sink.get("/")).body["spans"], 40);
    assert.deepEqual(await traceIds(sink, "attribute=batch%3D9"), ["e"]);
    assert.deepEqual(await traceIds(sink, "attribute=batch%3D0"), []);
  });

  test("is forgotten after so many hours by the clock given", async (context) => {
    let nowMs = 0;
    const sink = await givenSink(context, { keepHours: 2, clock: { now: () => nowMs } });
    await sink.track(JSON.stringify([fast]));
    nowMs += 3 * 3_600_000;
    await sink.track(JSON.stringify([slow]));
    assert.deepEqual(await traceIds(sink, ""), ["b"]);
  });
});

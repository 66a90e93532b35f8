/** The sink against the very exporter that apps use: an instrumented process sends, the sink tells what it got. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { after, describe, test } from "node:test";
import { givenSink, type Json } from "./support/sink.ts";

type Spans = readonly (Json & { readonly name: string })[];

const sink = await givenSink({ after });
const sender = fileURLToPath(new URL("./fixtures/sender-process.ts", import.meta.url));
const env = { ...process.env, SINK_CONNECTION: sink.connectionString };
const { stdout } = await promisify(execFile)(process.execPath, [sender], { env });
const traceId = /[0-9a-f]{32}/.exec(stdout)?.[0] ?? "";

describe("what an app instrumented for Azure Monitor sends", () => {
  test("is a trace with its spans in place", async () => {
    const { body } = await sink.get(`/traces/${traceId}`);
    const spans = body["spans"] as Spans;
    const found = new Map(spans.map((span) => [span.name, span]));
    assert.deepEqual([...found.keys()].toSorted(), [
      "POST /orders",
      "handle PlaceOrder",
      "publish order.placed",
    ]);
    const root = found.get("POST /orders");
    assert.equal(root?.["parentId"], "");
    assert.equal(root["service"], "shop");
    assert.equal(root["kind"], "request");
    assert.equal((root["attributes"] as Json)["shop.order_id"], "order-1");
    const handling = found.get("handle PlaceOrder");
    assert.deepEqual([handling?.["parentId"], handling?.["isFailed"]], [root["spanId"], true]);
    assert.deepEqual(handling?.["links"], [{ traceId, spanId: root["spanId"] }]);
    assert.equal(found.get("publish order.placed")?.["kind"], "dependency");
  });

  test("is the exception, in its trace and span", async () => {
    const { body } = await sink.get(`/logs?kind=exception&traceId=${traceId}`);
    const [exception] = body["logs"] as Spans;
    assert.equal(exception?.["type"], "TypeError");
    assert.equal(exception["message"], "There is no such article.");
    assert.match(String(exception["stack"]), /sender-process/);
  });

  test("is found by an attribute of one of its spans", async () => {
    for (const attribute of ["order-1", "shop.order_id=order-1"]) {
      const { body } = await sink.get(`/traces?attribute=${encodeURIComponent(attribute)}`);
      const [trace, ...others] = body["traces"] as Spans;
      assert.deepEqual(
        [trace?.["traceId"], trace?.name, others.length],
        [traceId, "POST /orders", 0],
      );
      assert.deepEqual([trace?.["spans"], trace?.["failedSpans"]], [3, 1]);
    }
  });

  test("is metrics with their dimensions", async () => {
    const counter = await sink.get("/metrics/shop.orders?since=0&outcome=accepted");
    const [orders] = counter.body["series"] as { points: { value: number }[] }[];
    assert.equal(orders?.points.at(-1)?.value, 2);
    const histogram = await sink.get("/metrics/shop.batch_size?since=0&feed=orders");
    const [sizes] = histogram.body["series"] as { dimensions: Json; points: Json[] }[];
    assert.deepEqual(sizes?.dimensions, { feed: "orders" });
    const { atMs, ...measured } = sizes.points.at(-1) ?? {};
    assert.ok(Number(atMs) > 0);
    assert.deepEqual(measured, { value: 12, count: 2, min: 3, max: 9 });
  });
});

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import { envelope, givenSink, request } from "./support/sink.ts";

const traceId = "d".repeat(32);
const one = request({ traceId });
const message = envelope("MessageData", { message: "hello", severityLevel: "Warning" });

describe("the ingestion endpoint", () => {
  test("takes a JSON array and says how much of it", async (context) => {
    const sink = await givenSink(context);
    const reply = await sink.track(JSON.stringify([one, message]));
    assert.deepEqual(reply, {
      status: 200,
      body: { itemsReceived: 2, itemsAccepted: 2, errors: [] },
    });
    assert.deepEqual((await sink.get("/")).body, { spans: 1, logs: 1, metricPoints: 0 });
  });

  test("takes one envelope a line, compressed, at the older path too", async (context) => {
    const sink = await givenSink(context);
    const lines = [one, message].map((each) => JSON.stringify(each)).join("\n");
    const options = { path: "/v2/track", headers: { "content-encoding": "gzip" } };
    const reply = await sink.track(gzipSync(lines), options);
    assert.deepEqual([reply.status, reply.body.itemsAccepted], [200, 2]);
  });

  test("keeps what is good of a batch, and names what is not: 206", async (context) => {
    const sink = await givenSink(context);
    const bad = [
      envelope(
        "RequestData",
        { id: "1", duration: "soon" },
        { tags: { "ai.operation.id": traceId } },
      ),
      envelope("MessageData", { message: "when?" }, { time: "yesterday" }),
      { ...one, iKey: "mine" },
      envelope("CartoonData", {}),
      envelope("MetricData", { metrics: [] }),
      envelope("RequestData", { id: "1", duration: "00:00:01" }),
      "text",
    ];
    const reply = await sink.track(JSON.stringify([...bad, one]));
    assert.equal(reply.status, 206);
    assert.deepEqual([reply.body.itemsReceived, reply.body.itemsAccepted], [8, 1]);
    assert.deepEqual(
      reply.body.errors.map(({ index, statusCode }) => [index, statusCode]),
      bad.map((_, index) => [index, 400]),
    );
    const words = [
      /duration/,
      /time/,
      /instrumentation key/,
      /CartoonData/,
      /metrics/,
      /id/,
      /object/,
    ];
    for (const [index, word] of words.entries())
      assert.match(reply.body.errors[index]?.message ?? "", word);
  });

  test("refuses what has nothing good in it: 400", async (context) => {
    const sink = await givenSink(context);
    const unknown = await sink.track(JSON.stringify([envelope("CartoonData", {})]));
    assert.deepEqual([unknown.status, unknown.body.itemsAccepted], [400, 0]);
    for (const body of ["not JSON", "[1,", gzipSync("[]")]) {
      const reply = await sink.track(body);
      assert.deepEqual(
        [reply.status, reply.body.itemsReceived, reply.body.errors.length],
        [400, 0, 1],
      );
    }
  });

  test("reads durations of days, fractions of milliseconds and severities by number", async (context) => {
    const sink = await givenSink(context);
    await sink.track(
      JSON.stringify([
        request({ traceId, id: "1", duration: "1.02:03:04.5000000" }),
        request({ traceId, id: "2", duration: "00:00:00.0003301" }),
        envelope("MessageData", { message: "late", severityLevel: 4 }),
      ]),
    );
    const { spans } = (await sink.get(`/traces/${traceId}`)).body as {
      spans: { durationMs: number }[];
    };
    assert.deepEqual(
      spans.map(({ durationMs }) => durationMs),
      [93_784_500, 0.3301],
    );
    const { logs } = (await sink.get("/logs?minSeverity=4")).body as {
      logs: { message: string }[];
    };
    assert.deepEqual(
      logs.map(({ message: text }) => text),
      ["late"],
    );
  });

  test("answers anything else with 404", async (context) => {
    const sink = await givenSink(context);
    assert.equal((await sink.track("[]", { path: "/v3/track" })).status, 404);
    assert.equal((await sink.get("/nothing")).status, 404);
    assert.equal((await sink.get(`/traces/${traceId}`)).status, 404);
  });
});

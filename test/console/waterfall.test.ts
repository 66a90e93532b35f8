import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Span } from "../../console/azure/telemetry.ts";
import { waterfallOf } from "../../console/traces/waterfall.ts";

describe("A waterfall", () => {
  it("puts each span below the one that caused it, siblings in the order they began", () => {
    const { bars } = waterfallOf([
      span("second", { parentId: "first", atMs: 30 }),
      span("below", { parentId: "early", atMs: 12 }),
      span("first", { atMs: 0, durationMs: 20 }),
      span("early", { parentId: "first", atMs: 10 }),
    ]);
    const shown = bars.map(({ span: { spanId }, depth }) => `${depth} ${spanId}`);
    assert.deepEqual(shown, ["0 first", "1 early", "2 below", "1 second"]);
  });

  it("begins with the first span and ends with the last, whichever is the root", () => {
    const { startMs, durationMs } = waterfallOf([
      span("root", { atMs: 100, durationMs: 10 }),
      span("follows", { parentId: "root", atMs: 400, durationMs: 50 }),
    ]);
    assert.deepEqual({ startMs, durationMs }, { startMs: 100, durationMs: 350 });
  });

  it("tells the time between a span's end and what followed from it", () => {
    const { bars } = waterfallOf([
      span("root", { atMs: 0, durationMs: 10 }),
      span("within", { parentId: "root", atMs: 5 }),
      span("after", { parentId: "root", atMs: 25 }),
    ]);
    assert.deepEqual(
      bars.map(({ gapMs }) => gapMs),
      [undefined, undefined, 15],
    );
  });

  it("shows a span whose parent was not sent as a root of its own", () => {
    const { bars } = waterfallOf([span("a", {}), span("b", { parentId: "lost", atMs: 5 })]);
    assert.deepEqual(
      bars.map(({ span: { spanId }, depth }) => [spanId, depth]),
      [
        ["a", 0],
        ["b", 0],
      ],
    );
  });
});

const span = (spanId: string, given: Partial<Span>): Span => ({
  spanId,
  parentId: "",
  name: spanId,
  kind: "request",
  type: "",
  service: "functions",
  atMs: 0,
  durationMs: 1,
  isFailed: false,
  code: "0",
  attributes: {},
  ...given,
});

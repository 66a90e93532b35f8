import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { durationHistogram } from "../../simulator/percentiles.ts";

describe("A histogram of durations", () => {
  it("is zero in every respect while it is empty", () => {
    const histogram = durationHistogram();
    assert.equal(histogram.count(), 0);
    assert.equal(histogram.percentileMs(50), 0);
    assert.equal(histogram.maxMs(), 0);
  });

  it("tells percentiles within one per cent, and the maximum exactly", () => {
    const histogram = durationHistogram();
    for (let ms = 1_000; ms >= 1; ms--) histogram.record(ms);
    assert.equal(histogram.count(), 1_000);
    assert.equal(histogram.maxMs(), 1_000);
    for (const percentage of [1, 50, 90, 99]) {
      const exactMs = percentage * 10;
      const shownMs = histogram.percentileMs(percentage);
      assert.ok(shownMs >= exactMs && shownMs <= exactMs * 1.01, `p${percentage}: ${shownMs}`);
    }
    assert.equal(histogram.percentileMs(100), 1_000);
  });

  it("never shows a percentile beyond the maximum", () => {
    const histogram = durationHistogram();
    histogram.record(3.14);
    assert.equal(histogram.percentileMs(50), 3.14);
  });

  it("takes the shortest and the longest durations", () => {
    const histogram = durationHistogram();
    histogram.record(0);
    histogram.record(86_400_000);
    assert.ok(histogram.percentileMs(50) <= 0.01);
    assert.equal(histogram.percentileMs(100), 86_400_000);
  });
});

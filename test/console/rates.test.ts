import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createRate, createSpread } from "../../console/flow/rates.ts";

describe("A rate", () => {
  it("is the mean of the last ten full seconds", () => {
    const rate = createRate(0);
    for (let second = 0; second < 30; second += 1) rate.add(20, second * 1_000);
    assert.equal(rate.perSecond(30_000), 20);
    assert.equal(rate.perSecond(35_000), 10);
    assert.equal(rate.perSecond(60_000), 0);
  });

  it("is not made small by the time before it was looked at", () => {
    const rate = createRate(100_000);
    rate.add(10, 100_000);
    rate.add(10, 101_000);
    assert.equal(rate.perSecond(102_000), 10);
  });

  it("keeps one figure for each of the last sixty seconds", () => {
    const rate = createRate(0);
    rate.add(1, 0);
    rate.add(3, 59_000);
    assert.equal(rate.history(59_000).length, 60);
    assert.equal(rate.history(59_000)[0], 1);
    assert.equal(rate.history(60_000).at(-2), 3);
    assert.equal(rate.history(60_000)[0], 0);
  });
});

describe("A spread", () => {
  it("tells the quantiles of the latest five hundred values", () => {
    const spread = createSpread();
    assert.equal(spread.quantile(0.5), undefined);
    for (let value = 1; value <= 2_000; value += 1) spread.add(value);
    assert.equal(spread.quantile(0), 1_501);
    assert.equal(spread.quantile(0.5), 1_751);
    assert.equal(spread.quantile(1), 2_000);
  });
});

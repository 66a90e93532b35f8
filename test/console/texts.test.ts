import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { unitsText } from "../../console/pages/money.ts";
import {
  agoText,
  durationText,
  instantText,
  plural,
  rateText,
  shortJson,
  spaced,
} from "../../console/pages/texts.ts";

describe("How values read", () => {
  for (const [ms, text] of [
    [0, "0 ms"],
    [0.85, "850 µs"],
    [12.34, "12.3 ms"],
    [4, "4 ms"],
    [123.4, "123 ms"],
    [4_200, "4.2 s"],
    [38_900, "38 s"],
    [59_999, "59 s"],
    [60_000, "1 min"],
    [200_000, "3 min 20 s"],
    [18_600_000, "5 h 10 min"],
    [183_600_000, "2 d 3 h"],
    [-4_200, "−4.2 s"],
  ] as const)
    it(`${ms} ms last "${text}"`, () => {
      assert.equal(durationText(ms), text);
    });

  for (const [amountE4, text] of [
    [255_000, "25.50"],
    [0, "0.00"],
    [71, "0.0071"],
    [10_100_000_000, "1,010,000.00"],
    [-12_345_600, "−1,234.56"],
  ] as const)
    it(`${amountE4} of 1/10 000 are "${text}"`, () => {
      assert.equal(unitsText(amountE4), text);
    });

  it("moments are told in UTC, ages as past or coming", () => {
    const instant = "2026-11-21T12:39:30.271Z";
    assert.equal(instantText(instant), "21 Nov 12:39:30.271");
    assert.equal(instantText("never"), "never");
    assert.equal(agoText(instant, Date.parse(instant) + 5_000), "5 s ago");
    assert.equal(agoText(instant, Date.parse(instant) - 5_000), "in 5 s");
  });

  it("counts, rates and names are words", () => {
    assert.equal(plural(1, "message"), "1 message");
    assert.equal(plural(1_200, "message"), "1,200 messages");
    assert.equal(rateText(0), "0/s");
    assert.equal(rateText(2.04), "2/s");
    assert.equal(rateText(41.6), "42/s");
    assert.equal(spaced("ApprovalRequested"), "Approval requested");
    assert.equal(shortJson({ a: "x".repeat(50) }, 10), '{"a":"xxx…');
  });
});

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseSchedule } from "../../../emulator/host/timer-trigger/schedule.ts";

const next = (expression: string, after: string): string | undefined => {
  const ms = parseSchedule(expression).next(Date.parse(after));
  return ms === undefined ? undefined : new Date(ms).toISOString();
};

describe("a timer's schedule", () => {
  const cases: readonly [string, string, string][] = [
    ["* * * * * *", "2026-11-21T10:00:00.000Z", "2026-11-21T10:00:01.000Z"],
    ["* * * * * *", "2026-11-21T10:00:00.999Z", "2026-11-21T10:00:01.000Z"],
    ["0 * * * * *", "2026-11-21T10:00:00.000Z", "2026-11-21T10:01:00.000Z"],
    ["0 */5 * * * *", "2026-11-21T10:57:30.000Z", "2026-11-21T11:00:00.000Z"],
    ["30 0 9-17/4 * * *", "2026-11-21T09:00:31.000Z", "2026-11-21T13:00:30.000Z"],
    ["0 0 0 1,15 * *", "2026-11-15T00:00:00.000Z", "2026-12-01T00:00:00.000Z"],
    ["0 30 9 * Jan Mon", "2026-11-21T00:00:00.000Z", "2027-01-04T09:30:00.000Z"],
    ["0 0 12 * * mon-fri", "2026-11-21T00:00:00.000Z", "2026-11-23T12:00:00.000Z"],
    ["0 0 0 29 2 *", "2026-11-21T00:00:00.000Z", "2028-02-29T00:00:00.000Z"],
    ["0 0 0 13 * fri", "2026-11-21T00:00:00.000Z", "2027-08-13T00:00:00.000Z"],
    ["59 59 23 31 12 *", "2026-12-31T23:59:59.000Z", "2027-12-31T23:59:59.000Z"],
    ["5/20 * * * * *", "2026-11-21T10:00:06.000Z", "2026-11-21T10:00:25.000Z"],
    ["*/10 * * * *", "2026-11-21T10:01:00.000Z", "2026-11-21T10:10:00.000Z"],
  ];
  for (const [expression, after, expected] of cases) {
    it(`"${expression}" comes after ${after} at ${expected}`, () => {
      assert.equal(next(expression, after), expected);
    });
  }

  it("may have no occurrence at all", () => {
    assert.equal(next("0 0 0 31 4 *", "2026-11-21T00:00:00Z"), undefined);
  });

  for (const expression of [
    "",
    "every day",
    "60 * * * * *",
    "* * 24 * * *",
    "* * * 0 * *",
    "* * * * 13 *",
    "* * * * * 7",
    "* * * * * someday",
    "5-1 * * * * *",
    "*/0 * * * * *",
    "1,,2 * * * * *",
    "* * * * * * *",
  ]) {
    it(`is not "${expression}"`, () => {
      assert.throws(() => parseSchedule(expression), /schedule/);
    });
  }
});

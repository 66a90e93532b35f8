import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { rewriteJson, rewriteText } from "../../../emulator/host/newtonsoft-texts.ts";
import { recordedNested, recordedNumbers, recordedTexts } from "./support/recorded-texts.ts";

const arrived = (value: unknown): unknown => JSON.parse(rewriteJson(JSON.stringify(value)));

describe("texts that a trigger hands over, as Newtonsoft.Json writes them", () => {
  beforeEach(() => {
    process.env["TZ"] = "UTC";
  });

  it("are those recorded from the real host", () => {
    assert.equal(recordedTexts.length, 168);
    for (const [stored, handedOver] of recordedTexts) {
      assert.equal(rewriteText(stored), handedOver, stored);
      assert.deepEqual(arrived({ text: stored }), { text: handedOver }, stored);
    }
  });

  it("are values, at any depth: names and numbers stay", () => {
    const [stored, handedOver] = recordedNested;
    assert.deepEqual(arrived(stored), handedOver);
    for (const [number, same] of recordedNumbers) assert.deepEqual(arrived([number]), [same]);
  });

  it("end where JSON ends them, whatever quotes and backslashes stand around", () => {
    const date = "2026-05-01T10:00:00.990Z";
    const written = "2026-05-01T10:00:00.99Z";
    for (const text of [`"${date}"`, `\\${date}`, `say "${date}`, `${date}"`, `x\\"${date}`]) {
      assert.deepEqual(arrived([text, date, { [text]: date }]), [
        text,
        written,
        { [text]: written },
      ]);
    }
    const spaced = `{ "${date}" : "${date}" , "a" : [ "${date}" ] }`;
    assert.deepEqual(JSON.parse(rewriteJson(spaced)), { [date]: written, a: [written] });
  });

  it("are the same when their JSON escapes what it need not", () => {
    const json = String.raw`{"\u0061":"2026-05-01T10:00:00.990\u005a","b":"\/Date(5)\/","\u0032026-05-01T10:00:00.990Z":1}`;
    assert.deepEqual(JSON.parse(rewriteJson(json)), {
      a: "2026-05-01T10:00:00.99Z",
      b: "1970-01-01T00:00:00.005Z",
      "2026-05-01T10:00:00.990Z": 1,
    });
    const pairs = String.raw`["\ud800\ud800\udc00","\\ud800","\udc00x"]`;
    assert.deepEqual(JSON.parse(rewriteJson(pairs)), ["\ufffd\u{10000}", "\\ud800", "\ufffdx"]);
  });

  it("cannot be read at all when .NET has no such date", () => {
    const beyond = ["9999-12-31T24:00:00", "/Date(253402300800000)/", "/Date(-62135596800001)/"];
    for (const text of beyond) {
      assert.throws(() => rewriteText(text), RangeError, text);
      assert.throws(() => rewriteJson(JSON.stringify([text])), RangeError, text);
    }
  });

  it("are in the zone of the host when they bear an offset, and only then", () => {
    const cases = [
      ["Europe/Berlin", "2026-05-01T10:00:00.990+00:00", "2026-05-01T12:00:00.99+02:00"],
      ["Europe/Berlin", "2026-12-01T10:00:00-08:30", "2026-12-01T19:30:00+01:00"],
      ["Europe/Berlin", "2026-10-25T00:30:00+00:00", "2026-10-25T02:30:00+02:00"],
      ["Europe/Berlin", "2026-10-25T01:30:00+00:00", "2026-10-25T02:30:00+01:00"],
      ["America/New_York", "2026-05-01T10:00:00+02:00", "2026-05-01T04:00:00-04:00"],
      ["Asia/Kolkata", "/Date(1700000000000+0200)/", "2023-11-15T03:43:20+05:30"],
      ["Asia/Kolkata", "9999-12-31T23:59:59.9999999-02:00", "9999-12-31T23:59:59.9999999+05:30"],
    ] as const;
    for (const [zone, stored, handedOver] of cases) {
      process.env["TZ"] = zone;
      assert.equal(rewriteText(stored), handedOver, `${stored} in ${zone}`);
      for (const text of ["2026-05-01T10:00:00.99", "2026-05-01T10:00:00.99Z"]) {
        assert.equal(rewriteText(text), text);
      }
    }
  });
});

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { formatInstant, instantMs } from "../../domain/kernel/instants.ts";

describe("an instant", () => {
  test("is the same number in each of its forms", () => {
    const forms = [
      "2026-05-01T10:00:00Z",
      "2026-05-01T10:00:00.000Z",
      "2026-05-01T10:00:00.0000000Z",
      "2026-05-01T12:00:00+02:00",
      "2026-05-01T10:00:00.000+00:00",
    ];
    for (const form of forms) assert.equal(instantMs(form), Date.UTC(2026, 4, 1, 10));
  });

  test("is written in UTC with milliseconds", () => {
    const instant = fc.date({ min: new Date(0), max: new Date(253_402_300_799_999) });
    fc.assert(
      fc.property(
        instant.filter((date) => !Number.isNaN(date.getTime())),
        (date) => {
          const text = formatInstant(date.getTime());
          assert.match(text, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
          assert.equal(instantMs(text), date.getTime());
        },
      ),
    );
  });

  test("is never guessed", () => {
    for (const text of ["", "tomorrow", "2026-13-01T10:00:00Z"])
      assert.throws(() => instantMs(text), /not an instant/);
  });
});

import fc from "fast-check";

const digit = fc.integer({ min: 0, max: 9 }).map(String);

/** Parts of ISO 8601 as people and programs write them, right and wrong ones. */
const isoParts = [
  fc.constantFrom("", "", "", "~", "~~", "~1", "x"),
  fc.constantFrom(
    "2026-05-01",
    "2024-02-29",
    "2023-02-29",
    "0001-01-01",
    "9999-12-31",
    "0000-01-01",
  ),
  fc.constantFrom("T", "T", "T", "T", "t", " ", "_"),
  fc.constantFrom("10:00:00", "00:00:00", "23:59:59", "23:59:60", "24:00:00", "10:00", "100000"),
  fc.oneof(
    fc.constant(""),
    fc.constantFrom(".0", ".990", ".99", ".000", ",5", "."),
    fc.string({ unit: digit, minLength: 1, maxLength: 9 }).map((digits) => `.${digits}`),
  ),
  fc.constantFrom("Z", "Z", "", "z", "+00:00", "-00:00", "+02:00", "-0830", "+02", "+14:00", " Z"),
  fc.constantFrom(
    "",
    "",
    "",
    "",
    "Z",
    "x",
    "[Europe/Berlin]",
    " and more, which is too long for a date",
  ),
] as const;

const isoText = fc.tuple(...isoParts).map((parts) => parts.join(""));

const microsoftText = fc
  .tuple(
    fc.constantFrom("", "", "", "~", "\\"),
    fc.constantFrom("/Date(", "/Date(", "/Date(", "/date("),
    fc.oneof(
      fc.constantFrom("0", "-1", "", "abc", "1700000000000"),
      fc.constantFrom("253402300799999", "253402300800000", "-62135596800001", "9".repeat(20)),
      fc.integer().map(String),
    ),
    fc.constantFrom("", "", "+0200", "-0830", "Z"),
    fc.constantFrom(")/", ")/", ")/", ")", ")\\/", ")/ "),
  )
  .map((parts) => parts.join(""));

const instant = fc
  .date({ min: new Date("0001-01-01T00:00:00.000Z"), max: new Date("9999-12-31T23:59:59.999Z") })
  .filter((date) => !Number.isNaN(date.getTime()))
  .map((date) => date.toISOString());

/**
 * Texts most of which the Functions host takes for dates, or nearly: with and without the prefix by which such texts are
 * escaped. Well-formed Unicode, of at most 100 characters, and without spaces around.
 */
export const dateLikeText: fc.Arbitrary<string> = fc
  .oneof(
    { weight: 6, arbitrary: isoText },
    { weight: 3, arbitrary: microsoftText },
    { weight: 2, arbitrary: instant },
    { weight: 1, arbitrary: instant.map((text) => text.replace(/0?0?Z$/, "Z")) },
    { weight: 1, arbitrary: fc.string({ unit: "grapheme", maxLength: 20 }) },
  )
  .map((text) => text.trim())
  .filter((text) => text !== "" && text.length <= 100);

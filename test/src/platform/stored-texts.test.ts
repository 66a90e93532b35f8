/** Texts on their way through the store and the triggers of the host, which the emulated one rewrites as the real one does. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { rewriteJson } from "../../../emulator/host/newtonsoft-texts.ts";
import {
  canonicalInstants,
  fromFeed,
  fromStored,
  looksLikeDate,
  toPublished,
  toStored,
} from "../../../src/platform/stored-texts.ts";
import { dateLikeText } from "../../support/date-like-texts.ts";

const rewritten = <Value>(value: Value): Value =>
  JSON.parse(rewriteJson(JSON.stringify(value))) as Value;
const stored = <Value>(value: Value): Value => JSON.parse(JSON.stringify(value)) as Value;

/** Any JSON document, with date-like texts in it. */
const document: fc.Arbitrary<Record<string, unknown>> = fc
  .dictionary(
    fc.oneof(fc.string({ maxLength: 5 }), dateLikeText),
    fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        { weight: 3, arbitrary: dateLikeText },
        { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 0 }) },
        { weight: 1, arbitrary: fc.array(tie("value"), { maxLength: 4 }) },
        {
          weight: 1,
          arbitrary: fc.dictionary(fc.string({ maxLength: 5 }), tie("value"), { maxKeys: 4 }),
        },
      ),
    })).value,
    { maxKeys: 5 },
  )
  .filter((members) => !("escaped" in members))
  .map(stored);

describe("a document", () => {
  test("comes back from the store as it was", () => {
    fc.assert(
      fc.property(document, (written) => {
        assert.deepEqual(fromStored(stored(toStored(written))), written);
      }),
    );
  });

  test("comes out of a feed as it was", () => {
    fc.assert(
      fc.property(document, (written) => {
        assert.deepEqual(fromFeed(rewritten(toStored(written))), written);
      }),
      { numRuns: 1_000 },
    );
  });

  test("is stored as it is if none of its texts could be rewritten, instants among them", () => {
    const instants = {
      at: "2026-05-01T10:00:00.990Z",
      nested: [{ at: "2026-05-01T00:00:00.000Z" }],
    };
    const plain = { id: "1", note: "~ pocket money", day: "2026-05-01", ...instants };
    assert.equal(toStored(plain), plain);
    assert.equal(fromStored(plain), plain);
    assert.deepEqual(fromFeed(rewritten(plain)), plain);
    assert.notDeepEqual(rewritten(plain), plain);
  });

  test("is not changed by being stored, and shares what needs no escaping", () => {
    const document = Object.freeze({
      id: "1",
      outcomes: Object.freeze([{ at: "2026-05-01T10:00:00.990Z" }]),
      data: Object.freeze({ note: "2026-05-01T10:00:00Z", mood: "~" }),
    });
    const { outcomes, ...written } = toStored(document);
    assert.deepEqual(written, {
      id: "1",
      data: { note: "~2026-05-01T10:00:00Z", mood: "~~" },
      escaped: true,
    });
    assert.equal(outcomes, document.outcomes);
  });

  test("can have no property by the name of the mark", () => {
    assert.throws(() => toStored({ id: "1", escaped: true }), /reserved/);
    const deeper = { id: "1", data: { escaped: true, note: "~" } };
    assert.deepEqual(fromFeed(rewritten(toStored(deeper))), deeper);
  });

  test("that was stored before texts were escaped reads as before, and has canonical instants in a feed", () => {
    const old = {
      id: "1",
      acceptedAt: "2026-05-01T10:00:00.990Z",
      data: { note: "2026-05-01T10:00:00+02:00", other: "~2026-05-01T10:00:00Z" },
    };
    assert.equal(fromStored(old), old);
    assert.deepEqual(fromFeed(rewritten(old)), {
      ...old,
      // What the host has made of it: that it was another text is known to nobody here.
      data: { ...old.data, note: "2026-05-01T08:00:00+00:00" },
    });
  });
});

describe("a published event", () => {
  test("has canonical instants behind the trigger", () => {
    const instants = fc
      .integer({ min: Date.parse("0001-01-01T00:00:00Z"), max: Date.parse("9999-12-31T23:59:59Z") })
      .map((ms) => new Date(ms).toISOString());
    fc.assert(
      fc.property(instants, (time) => {
        assert.deepEqual(canonicalInstants(rewritten({ time })), { time });
      }),
    );
  });

  test("can be read by a trigger, and differs from what was written at most by a space", () => {
    fc.assert(
      fc.property(dateLikeText, (note) => {
        const published = toPublished({ note });
        assert.equal(published.note.trimStart(), note);
        const arrived = rewritten(published).note;
        assert.ok(arrived === note || looksLikeDate(arrived.trimStart()), arrived);
      }),
      { numRuns: 1_000 },
    );
  });

  for (const note of ["/Date(253402300800000)/", "/Date(-62135596800001)/", "9999-12-31T24:00:00Z"])
    test(`with ${note} in it would not reach anybody without that space`, () => {
      assert.throws(() => rewritten({ note }), RangeError);
      assert.deepEqual(rewritten(toPublished({ note })), { note: ` ${note}` });
    });
});

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { fieldsOf } from "../../console/streams/fold.ts";

const changes = (state: unknown, before: unknown): Record<string, string> =>
  Object.fromEntries(fieldsOf(state, before).map(({ path, change }) => [path, change]));

describe("The state after a commit, beside the one before", () => {
  it("tells what is new, changed, gone and as before", () => {
    const before = { stage: "open", availableE4: 5, note: "x" };
    const state = { stage: "open", availableE4: 7, currency: "EUR" };
    assert.deepEqual(changes(state, before), {
      stage: "none",
      availableE4: "changed",
      currency: "new",
      note: "gone",
    });
  });

  it("names nested fields by their path", () => {
    const [field] = fieldsOf({ transfers: { a: { stage: "waiting" } } }, undefined);
    assert.deepEqual(field, { path: "transfers.a.stage", value: '"waiting"', change: "new" });
  });

  it("shows an empty collection only if nothing has come into it or gone from it", () => {
    const filled = { transfers: { a: 1 } };
    assert.deepEqual(changes({ transfers: {} }, undefined), { transfers: "new" });
    assert.deepEqual(changes(filled, { transfers: {} }), { "transfers.a": "new" });
    assert.deepEqual(changes({ transfers: {} }, filled), { "transfers.a": "gone" });
  });
});

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { leasesToTake } from "../../../emulator/host/cosmos-trigger/balancer.ts";
import type { Lease } from "../../../emulator/host/cosmos-trigger/leases.ts";

const now = 100_000;
const expirationIntervalMs = 60_000;

/** Owners of the leases 0, 1, …; "-" is free, and an owner with "!" let it expire. */
const leases = (...owners: readonly string[]): Lease[] =>
  owners.map((owner, index) => ({
    id: `lease-${index}`,
    token: String(index),
    min: "",
    max: "",
    owner: owner === "-" ? undefined : owner.replace("!", ""),
    continuation: undefined,
    timestampMs: owner.endsWith("!") ? now - expirationIntervalMs - 1 : now,
    etag: "",
    document: {},
  }));

const taken = (...owners: readonly string[]): string[] => {
  const request = { leases: leases(...owners), owner: "me", nowMs: now, expirationIntervalMs };
  return leasesToTake(request).map(({ token }) => token);
};

describe("a host takes of the leases", () => {
  it("all when it is alone", () => {
    assert.deepEqual(taken("-", "-", "-", "-"), ["0", "1", "2", "3"]);
  });

  it("no more than its equal share, rounded up", () => {
    assert.deepEqual(taken("-", "-", "-", "-", "other"), ["0", "1", "2"]);
  });

  it("those that have expired", () => {
    assert.deepEqual(taken("dead!", "me", "dead!", "me"), ["0", "2"]);
  });

  it("one at a time from the host with the most when none is free", () => {
    assert.deepEqual(taken("a", "a", "a", "a"), ["0"]);
    assert.deepEqual(taken("a", "b", "b", "b"), ["1"]);
    assert.deepEqual(taken("a", "a", "a", "me"), ["0"]);
  });

  it("none once the shares are equal", () => {
    assert.deepEqual(taken("a", "a", "me", "me"), []);
    assert.deepEqual(taken("a", "a", "me"), []);
    assert.deepEqual(taken("a", "b"), []);
    assert.deepEqual(taken(), []);
  });
});

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Changes, Documents } from "../../console/azure/documents.ts";
import { SourceFailed } from "../../console/azure/source.ts";
import { feedGauge, type Lease } from "../../console/flow/feed-gauge.ts";

const accepted = { container: "commands", field: "acceptedAt" };
const committed = { container: "events", field: "at" };

/** A feed of two ranges whose newest changes are told here, or which cannot be read. */
function givenFeed() {
  const feed = { heads: new Map<string, number>(), isReadable: true, unhandled: [0, ""] };
  const look = (): Promise<Changes<never>> =>
    feed.isReadable
      ? Promise.resolve({ documents: [], heads: feed.heads })
      : Promise.reject(new SourceFailed("503"));
  const query = (_: string, { text }: { readonly text: string }): Promise<readonly never[]> => {
    const [behind, oldest] = feed.unhandled;
    const answer = text.includes("COUNT") ? behind : text.includes("MIN") ? oldest : "";
    return Promise.resolve([answer as never]);
  };
  const documents: Pick<Documents, "follow" | "query"> = { follow: () => ({ look }), query };
  return { feed, gauge: feedGauge(documents, accepted, committed) };
}

const lease = (range: string, reached: number, owner: string | null = "host"): Lease => ({
  id: `commands.${range}`,
  LeaseToken: range,
  Owner: owner,
  ContinuationToken: `"${reached}"`,
  FeedRange: { Range: { min: range } },
});

describe("How far a feed's handler is behind", () => {
  it("is the sum over all ranges of what no lease has got past", async () => {
    const { feed, gauge } = givenFeed();
    feed.heads = new Map([
      ["", 12],
      ["80", 5],
    ]);
    await gauge.look([lease("", 10), lease("80", 5)], 0);
    const { behind, ranges, owners } = gauge.state();
    assert.deepEqual({ behind, ranges, owners }, { behind: 2, ranges: 2, owners: ["host"] });
  });

  it("has lasted since the first look that saw a change which still waits", async () => {
    const { feed, gauge } = givenFeed();
    const lagAt = async (nowMs: number, head: number, reached: number): Promise<number> => {
      feed.heads = new Map([["", head]]);
      await gauge.look([lease("", reached)], nowMs);
      return gauge.state().lagMs;
    };
    assert.equal(await lagAt(1_000, 10, 10), 0);
    assert.equal(await lagAt(2_000, 11, 10), 0);
    assert.equal(await lagAt(5_000, 14, 10), 3_000);
    // Change 11 is done; 12 to 14 were first seen three seconds later.
    assert.equal(await lagAt(6_000, 14, 11), 1_000);
    assert.equal(await lagAt(7_000, 14, 14), 0);
  });

  it("is unknown while a range is not seen, and nobody's leases count for another feed", async () => {
    const { feed, gauge } = givenFeed();
    feed.heads = new Map([["", 12]]);
    await gauge.look([lease("", 12), lease("80", 5)], 0);
    assert.equal(gauge.state().behind, undefined);
    const { LeaseToken: _, ...marker } = lease("80", 0);
    await gauge.look([lease("", 12), marker, { ...lease("80", 0), id: "events.80" }], 1);
    assert.equal(gauge.state().behind, 0);
  });

  it("is at least what was written after the newest result while the feed cannot be read", async () => {
    const { feed, gauge } = givenFeed();
    await gauge.look([lease("", 0, null)], 1_000);
    Object.assign(feed, { isReadable: false, unhandled: [3, new Date(4_000).toISOString()] });
    await gauge.look([lease("", 0)], 5_000);
    await gauge.look([lease("", 0)], 9_000);
    const { broken, behind, lagMs } = gauge.state();
    assert.deepEqual(
      { broken, behind, lagMs },
      {
        broken: { why: "503", forMs: 4_000 },
        behind: 3,
        lagMs: 5_000,
      },
    );
    Object.assign(feed, { isReadable: true, heads: new Map([["", 0]]) });
    await gauge.look([lease("", 0)], 10_000);
    assert.equal(gauge.state().broken, undefined);
    assert.equal(gauge.state().behind, 0);
    feed.isReadable = false;
    await gauge.look([lease("", 0)], 20_000);
    assert.equal(gauge.state().broken?.forMs, 0);
  });
});

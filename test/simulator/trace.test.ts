import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { parseOptions } from "../../simulator/options.ts";
import { traceText } from "../../simulator/trace/table.ts";
import { trace, type Traced } from "../../simulator/trace/trace.ts";
import type { FakeSettings } from "./support/fake-service.ts";
import { fakeFor } from "./support/play.ts";

const traced = async (context: TestContext, settings: FakeSettings = {}): Promise<Traced> => {
  const { url, admin } = await fakeFor(context, { realTime: true, ...settings });
  const words = ["trace", "--url", url, "--admin", admin, "--patience", "300ms"];
  const parsed = parseOptions(words);
  assert.equal(parsed.kind, "trace");
  return trace(parsed.settings);
};

const hopsOf = ({ transfers }: Traced, size: "small" | "large"): string[] =>
  transfers.filter((transfer) => transfer.size === size).flatMap(({ hops }) => hops.map(nameOf));

const nameOf = ({ hop }: { hop: string }): string => hop;

describe("A trace", () => {
  it("sees every hop of a small and of a large transfer", async (context) => {
    const result = await traced(context);
    assert.equal(result.exitCode, 0);
    assert.deepEqual(hopsOf(result, "small").sort(), [
      "Barbara notified",
      "accepted",
      "both balances",
      "handled",
      "settled",
      "visible",
    ]);
    assert.deepEqual(hopsOf(result, "large").sort(), [
      "Ada notified: approved",
      "Ada notified: waiting",
      "Ada's balance",
      "Barbara notified: received",
      "Barbara's balance",
      "accepted",
      "approval requested",
      "approved",
      "decision answered",
      "handled",
      "in the admin app",
      "settled",
      "visible",
    ]);
  });

  it("tells the hops in the order in which they were seen, with instants of the service", async (context) => {
    const { transfers } = await traced(context);
    for (const { hops } of transfers) {
      assert.equal(hops[0]?.hop, "accepted");
      assert.deepEqual(
        hops,
        hops.toSorted((one, other) => one.seenMs - other.seenMs),
      );
      const settled = hops.find(({ hop }) => hop === "settled");
      assert.ok(settled?.recordedMs !== undefined && settled.recordedMs >= 0);
    }
  });

  it("says what did not arrive, and exits with 1", async (context) => {
    const what = "loses_notifications";
    const result = await traced(context, { misbehaviour: { what } });
    assert.equal(result.exitCode, 1);
    const lost = result.transfers.flatMap(({ hops }) => hops).filter(({ arrived }) => !arrived);
    assert.deepEqual(lost.map(nameOf), ["Barbara notified"]);
    assert.match(traceText(result, false), /✗ {2}Barbara notified +did not arrive\n/);
    assert.match(traceText(result, false), /\nNot everything arrived\.$/);
  });

  it("is a table whose columns are aligned, with and without colours", async (context) => {
    const result = await traced(context);
    const plain = traceText(result, false);
    assert.ok(!plain.includes("\x1b"));
    const coloured = traceText(result, true);
    // eslint-disable-next-line no-control-regex -- it is the colours that are taken out
    assert.equal(coloured.replaceAll(/\x1b\[\d+m/g, ""), plain);
    assert.notEqual(coloured, plain);
    const rows = plain.split("\n").filter((line) => line.includes("●"));
    assert.equal(rows.length, 6 + 13);
    for (const row of rows) assert.match(row, /^ *\d+\.\d {2}[ \d]{7} {2}·*● * {2}\S/);
    const columns = rows.map((row) => row.search(/[A-Za-z]/));
    assert.equal(new Set(columns).size, 1);
  });
});

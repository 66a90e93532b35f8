/** The measurements that the app has really sent, against what happened. */
import assert from "node:assert/strict";
import { afterEach, describe, test } from "node:test";
import { eventually } from "../support/eventually.ts";
import { startLocalSystem } from "../support/local-system.ts";
import { type SentSeries, telemetryAt, totalOf } from "../support/telemetry.ts";
import { transfersOf } from "../support/transfers.ts";

const everySecond = "* * * * * *";
process.env["WATCH_SCHEDULE"] = everySecond;
process.env["AUDIT_SCHEDULE"] = everySecond;
const system = await startLocalSystem({ telemetryPort: 0 });
const { client, control } = system;
const telemetry = telemetryAt(system.telemetryUrl);
const transfers = transfersOf(client);
afterEach(() => control.clear());
await telemetry.caughtUp(client);

type Dimensions = SentSeries["dimensions"];

const total = async (metric: string, dimensions: Dimensions = {}): Promise<number> =>
  totalOf(await telemetry.series(metric), dimensions);

/** The sum of the counters and histograms; counts of measurements with `countOf`. */
async function untilTotal(
  metric: string,
  expected: number,
  dimensions?: Dimensions,
): Promise<void> {
  await eventually(`${metric} adds up to ${expected}`, async () => {
    const value = await total(metric, dimensions);
    return Math.abs(value - expected) < 1e-9;
  });
}

async function countOf(metric: string, dimensions: Dimensions = {}): Promise<number> {
  const series = await telemetry.series(metric);
  const counts = series.map((one) => ({
    ...one,
    points: one.points.map((point) => ({ ...point, value: point.count })),
  }));
  return totalOf(counts, dimensions);
}

/** The newest value of a gauge is this. */
async function untilLevel(metric: string, expected: number, dimensions: Dimensions = {}) {
  await eventually(`${metric} is ${expected}`, async () => {
    const [one] = (await telemetry.series(metric)).filter((series) =>
      Object.entries(dimensions).every(([name, value]) => series.dimensions[name] === value),
    );
    return one?.points.at(-1)?.value === expected;
  });
}

describe("measurements of the business", () => {
  test("tell what became of commands, transfers, amounts and fees", async () => {
    const [from, to] = [await client.accountWith("100.00"), await client.accountWith("0")];
    const rich = await client.accountWith("3000.00");
    await transfers.request(from, to, "10.00");
    await transfers.request(from, to, "5.50");
    const refused = await client.post(`/accounts/${from}/transfers`, { to, amount: "500.00" });
    assert.equal(refused.body["status"], "rejected");
    const waiting = await transfers.request(rich, to, "2500.00");
    await untilLevel("saldo.approvals.waiting", 1);
    await untilLevel("saldo.processes", 1, { state: "waiting" });
    assert.ok((await total("saldo.approvals.oldest_age_ms")) > 0);
    await transfers.deny(waiting);
    await untilLevel("saldo.approvals.waiting", 0);
    await untilLevel("saldo.processes", 0, { state: "waiting" });

    await untilTotal("saldo.transfers.ended", 2, { ending: "settled" });
    await untilTotal("saldo.transfers.ended", 1, { ending: "denied" });
    await untilTotal("saldo.transfers.amount", 15.5, { currency: "EUR" });
    assert.equal(await countOf("saldo.transfers.amount"), 2);
    await untilTotal("saldo.fees", 0.02, { currency: "EUR" });
    const commands = [
      [3, { command: "OpenAccount", outcome: "accepted", code: "" }],
      [2, { command: "LoadCredits", outcome: "accepted", code: "" }],
      [3, { command: "SendCredits", outcome: "accepted", code: "" }],
      [1, { command: "SendCredits", outcome: "rejected", code: "insufficient_funds" }],
      [1, { command: "DenyTransfer", outcome: "accepted", code: "" }],
      [2, { command: "ReceiveCredits", outcome: "accepted", code: "" }],
      [2, { command: "SettleTransfer", outcome: "accepted", code: "" }],
    ] as const;
    for (const [times, dimensions] of commands)
      await untilTotal("saldo.commands.outcomes", times, dimensions);
    assert.equal(await total("saldo.commands.outcomes"), 14);
  });

  test("tell that the money adds up", async () => {
    await untilLevel("saldo.money.conserved", 1);
  });
});

describe("measurements of the flow", () => {
  test("tell how long each stage takes, and how much it takes at once", async () => {
    const before = await total("saldo.feed.batch_size", { feed: "commands" });
    await client.accountWith("0");
    await untilTotal("saldo.feed.batch_size", before + 1, { feed: "commands" });
    for (const stage of ["feed commands", "commit", "feed events", "project", "publish"])
      assert.ok((await countOf("saldo.stage.duration_ms", { stage })) > 0, stage);
    for (const feed of ["commands", "events"])
      assert.ok((await countOf("saldo.feed.lag_ms", { feed })) > 0, feed);
    assert.ok((await countOf("saldo.visible_ms")) > 0);
    for (const stage of ["handling", "projecting", "publishing"])
      await untilLevel("saldo.parked", 0, { stage });
  });

  test("count how often a service asked to come later", async () => {
    const account = await client.accountWith("0");
    await control.fault({
      match: { operation: "create", container: "commands" },
      effect: { kind: "status", status: 429, substatus: 3200, retryAfterMs: 20 },
      times: 3,
    });
    const loaded = await client.post(`/accounts/${account}/loads`, { amount: "1.00" });
    assert.equal(loaded.body["reached"], "settled");
    await untilTotal("saldo.throttled", 3);
  });

  test("count how often one was away, and what was tried again", async () => {
    const account = await client.accountWith("0");
    const before = await total("saldo.platform.faults", { service: "cosmos" });
    await control.fault({
      match: { operation: "create", container: "events" },
      effect: { kind: "status", status: 503 },
      times: 6,
    });
    const loaded = await client.post(`/accounts/${account}/loads`, { amount: "1.00" });
    assert.equal(loaded.body["reached"], "settled");
    await untilTotal("saldo.platform.faults", before + 6, { service: "cosmos" });
    assert.ok((await total("saldo.retries", { stage: "handling" })) > 0);
  });

  test("tell what lies parked, and at which stage", async () => {
    const account = await client.accountWith("0");
    await control.fault({
      match: { operation: "create", container: "events", partitionKey: `account-${account}` },
      effect: { kind: "status", status: 413 },
    });
    await client.post(`/accounts/${account}/loads`, { amount: "1.00" }, { wait: 0 });
    await untilLevel("saldo.parked", 1, { stage: "handling" });
    await untilLevel("saldo.parked", 0, { stage: "projecting" });
  });
});

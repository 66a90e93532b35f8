/** TELEMETRY_RATIO leaves out whole traces: what is sent of an operation is all of it or nothing. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { startLocalSystem } from "../support/local-system.ts";
import { assertTree, namesIn, plainTransfer } from "../support/span-tree.ts";
import { newTrace, telemetryAt, totalOf } from "../support/telemetry.ts";
import { eventually } from "../support/eventually.ts";

process.env["TELEMETRY_RATIO"] = "0.5";
const system = await startLocalSystem({ telemetryPort: 0 });
const { client } = system;
const telemetry = telemetryAt(system.telemetryUrl);

test("half of the traces are sent whole, and measurements count them all", async () => {
  await telemetry.caughtUp(client);
  const to = await client.accountWith("0");
  const from = await client.accountWith("100.00");
  const traces = Array.from({ length: 40 }, () => newTrace());
  await Promise.all(
    traces.map(async ({ traceparent }) => {
      const body = { to, amount: "1.00" };
      await client.post(`/accounts/${from}/transfers`, body, { headers: { traceparent } });
    }),
  );
  await eventually("all endings are counted", async () => {
    const settled = totalOf(await telemetry.series("saldo.transfers.ended"), { ending: "settled" });
    return settled === traces.length;
  });
  await telemetry.caughtUp(client);
  const found = [];
  for (const trace of traces) {
    // The host's own request is not of the app's sampling.
    const known = await telemetry.spans(trace.traceId);
    if (known.every(({ name }) => name === "send-credits")) continue;
    const spans = await telemetry.spansWith(trace.traceId, namesIn(plainTransfer));
    assertTree(spans, trace.spanId, plainTransfer);
    found.push(trace);
  }
  // Of 40 fair coins none, or all, shows heads once in 500 000 000 000 times.
  assert.ok(found.length > 0 && found.length < traces.length, `${found.length} of 40`);
});

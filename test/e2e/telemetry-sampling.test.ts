/** Nothing is dropped without a word: many transfers a second, and of each the whole trace. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { startLocalSystem } from "../support/local-system.ts";
import { assertTree, namesIn, plainTransfer } from "../support/span-tree.ts";
import { newTrace, telemetryAt } from "../support/telemetry.ts";

const system = await startLocalSystem({ telemetryPort: 0 });
const { client } = system;
const telemetry = telemetryAt(system.telemetryUrl);

test("of a burst of transfers each one has its whole trace", async () => {
  await telemetry.caughtUp(client);
  const merchant = await client.accountWith("0");
  const senders = await Promise.all(Array.from({ length: 20 }, () => client.accountWith("100.00")));
  const sent = senders.flatMap((from) =>
    Array.from({ length: 10 }, () => ({ from, trace: newTrace() })),
  );
  await Promise.all(
    sent.map(async ({ from, trace }) => {
      const body = { to: merchant, amount: "1.00" };
      const headers = { traceparent: trace.traceparent };
      const answer = await client.post(`/accounts/${from}/transfers`, body, { headers });
      assert.equal(answer.body["reached"], "settled");
    }),
  );
  for (const { trace } of sent) {
    const spans = await telemetry.spansWith(trace.traceId, namesIn(plainTransfer));
    assertTree(spans, trace.spanId, plainTransfer);
  }
});

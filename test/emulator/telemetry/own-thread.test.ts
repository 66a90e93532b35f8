import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, it } from "node:test";
import { startTelemetrySinkInThread } from "../../../emulator/telemetry/index.ts";
import { envelope, folderFor } from "./support/sink.ts";

describe("a sink in a thread of its own", () => {
  it("takes telemetry, answers, and keeps it for the next one", async (test) => {
    const file = join(await folderFor(test), "telemetry.sqlite");
    const first = await startTelemetrySinkInThread({ file, port: 0 });
    assert.ok(first.connectionString.includes(first.url));
    const metrics = [{ name: "orders", value: 3, count: 1 }];
    const body = JSON.stringify([envelope("MetricData", { metrics })]);
    const taken = await fetch(`${first.url}/v2.1/track`, { method: "POST", body });
    assert.equal(taken.status, 200);
    await first.close();
    const next = await startTelemetrySinkInThread({ file, port: 0 });
    const shown = await fetch(`${next.url}/metrics`);
    assert.match(await shown.text(), /"orders"/);
    await next.close();
  });

  it("says why it does not start", async (test) => {
    const folder = await folderFor(test);
    const sink = await startTelemetrySinkInThread({ file: join(folder, "one.sqlite"), port: 0 });
    const port = Number(new URL(sink.url).port);
    const second = startTelemetrySinkInThread({ file: join(folder, "two.sqlite"), port });
    await assert.rejects(second, /EADDRINUSE/);
    await sink.close();
  });
});

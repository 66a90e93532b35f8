/** What an instance has gathered is sent before it ends. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, test } from "node:test";
import { startTelemetrySink } from "../../emulator/telemetry/index.ts";
import { clientOf } from "../support/client.ts";
import { temporaryDirectory } from "../support/local-system.ts";
import { anyPorts, functionsOn, startService } from "../support/service-process.ts";
import { telemetryAt, totalOf } from "../support/telemetry.ts";

test("an instance that is asked to stop sends its last spans and measurements", async () => {
  const directory = temporaryDirectory();
  const sink = await startTelemetrySink({ file: join(directory, "telemetry.sqlite"), port: 0 });
  after(() => sink.close());
  const services = await startService("local-services", { ...anyPorts, SALDO_DATA: directory });
  const functions = await startService("local-functions", {
    ...functionsOn(services.urls),
    APPLICATIONINSIGHTS_CONNECTION_STRING: sink.connectionString,
    TELEMETRY_INTERVAL_MS: String(3_600_000),
  });
  const client = clientOf(functions.urls.functions);
  const telemetry = telemetryAt(sink.url);
  await telemetry.caughtUp(client);
  const person = { name: "Ada", email: "ada@example.com", currency: "EUR" };
  const opened = await client.post("/accounts", person);
  await functions.stop();

  const traceId = await telemetry.traceWith(`saldo.command_id=${String(opened.body["commandId"])}`);
  const names = (await telemetry.spans(traceId)).map(({ name }) => name);
  const expected = [
    "open-account",
    "POST /api/accounts",
    "handle OpenAccount",
    "project AccountOpened",
  ];
  assert.deepEqual(
    expected.filter((name) => !names.includes(name)),
    [],
  );
  const outcomes = await telemetry.series("saldo.commands.outcomes");
  assert.equal(totalOf(outcomes, { command: "OpenAccount", outcome: "accepted" }), 1);
});

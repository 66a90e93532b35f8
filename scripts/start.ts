/**
 * `npm start`: everything on this machine, until Ctrl-C. The data stay in `.saldo/` for the next time.
 * `--no-build` runs the bundle that is there; `--no-telemetry` keeps the app from sending any.
 */
import { buildApp } from "./build.ts";
import { allowedHosts, dataDirectory, portFrom, runUntilStopped } from "./environment.ts";
import { startLocalAzure } from "./local-azure.ts";

await runUntilStopped(async () => {
  if (!process.argv.includes("--no-build")) await buildApp();
  const azure = await startLocalAzure({
    directory: dataDirectory,
    allowedHosts: allowedHosts(),
    functionsPort: portFrom("SALDO_FUNCTIONS_PORT", 7071),
    adminPort: portFrom("SALDO_ADMIN_PORT", 7080),
    consolePort: portFrom("SALDO_CONSOLE_PORT", 7090),
    eventGridPort: portFrom("SALDO_EVENT_GRID_PORT", 9010),
    cosmosPort: portFrom("SALDO_COSMOS_PORT", 8081),
    identityPort: portFrom("SALDO_IDENTITY_PORT", 9020),
    controlPort: portFrom("SALDO_CONTROL_PORT", 7070),
    blobPort: portFrom("SALDO_BLOB_PORT", 10_000),
    ...(process.argv.includes("--no-telemetry")
      ? {}
      : { telemetryPort: portFrom("SALDO_TELEMETRY_PORT", 4319) }),
    log: (line) => {
      console.log(line);
    },
  });
  console.log(`
  Saldo is running on the embedded Azure.

  functions   ${azure.functionsUrl}/api        (${azure.functions.length} functions)
  admin       ${azure.adminUrl}            (sign in as grace@bank.example, let-me-decide)
  console     ${azure.consoleUrl ?? ""}            (what flows, what happened, what is wrong)
  event-grid  ${azure.eventGridUrl}            (topics and subscriptions)
  cosmos      ${azure.cosmosUrl}          (data in ${dataDirectory})
  identity    ${azure.identityUrl}          (the issuer of tokens)
  control     ${azure.controlUrl}          (clock, faults, weather, request units)
  telemetry   ${azure.telemetryUrl ?? "off"}          (traces, metrics, logs)

  npm run simulate -- family      drives a few families through it
  Ctrl-C                          stops it; what is stored stays
`);
  return () => {
    console.log("Stopping: what is under way is finished first.");
    return azure.stop();
  };
});

/**
 * The emulated services alone (Cosmos with its containers, Event Grid with its topic, the control door), until Ctrl-C: to
 * run function apps beside them in processes of their own (`scripts/local-functions.ts`).
 */
import { allowedHosts, dataDirectory, portFrom, runUntilStopped } from "./environment.ts";
import { localConnection, startLocalServices } from "./local-azure.ts";

await runUntilStopped(async () => {
  const { cosmosUrl, controlUrl, eventGrid, identity, topic, telemetry, close } =
    await startLocalServices({
      directory: dataDirectory,
      allowedHosts: allowedHosts(),
      cosmosPort: portFrom("SALDO_COSMOS_PORT", 8081),
      eventGridPort: portFrom("SALDO_EVENT_GRID_PORT", 9010),
      identityPort: portFrom("SALDO_IDENTITY_PORT", 9020),
      controlPort: portFrom("SALDO_CONTROL_PORT", 7070),
      telemetryPort: portFrom("SALDO_TELEMETRY_PORT", 4319),
      partitionCount: 4, // so that several function apps have something to share
    });
  console.log(`
  cosmos      ${cosmosUrl}          (data in ${dataDirectory})
  event-grid  ${eventGrid.url}          (topics and subscriptions)
  identity    ${identity.url}          (the issuer of tokens)
  control     ${controlUrl}          (clock, faults, weather, request units)
  telemetry   ${telemetry?.url ?? ""}          (traces, metrics, logs)

  COSMOS="${localConnection(cosmosUrl)}"
  EVENT_GRID_TOPIC_ENDPOINT="${topic.endpoint}"
  EVENT_GRID_TOPIC_KEY="${topic.key1}"
  IDENTITY_ISSUER="${identity.url}"
  SALDO_CONTROL_URL="${controlUrl}"
  APPLICATIONINSIGHTS_CONNECTION_STRING="${telemetry?.connectionString ?? ""}"
`);
  return close;
});

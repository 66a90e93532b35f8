/**
 * The emulated services alone (Cosmos with its containers, Event Grid with its topic, the control door), until Ctrl-C: to
 * run function apps beside them in processes of their own (`scripts/local-functions.ts`).
 */
import { dataDirectory, portFrom, runUntilStopped } from "./environment.ts";
import { localConnection, startLocalServices } from "./local-azure.ts";

await runUntilStopped(async () => {
  const { cosmosUrl, controlUrl, eventGrid, topic, close } = await startLocalServices({
    directory: dataDirectory,
    cosmosPort: portFrom("SALDO_COSMOS_PORT", 8081),
    eventGridPort: portFrom("SALDO_EVENT_GRID_PORT", 9010),
    controlPort: portFrom("SALDO_CONTROL_PORT", 7070),
    partitionCount: 4, // so that several function apps have something to share
  });
  console.log(`
  cosmos      ${cosmosUrl}          (data in ${dataDirectory})
  event-grid  ${eventGrid.url}          (topics and subscriptions)
  control     ${controlUrl}          (clock, faults, weather, request units)

  COSMOS="${localConnection(cosmosUrl)}"
  EVENT_GRID_TOPIC_ENDPOINT="${topic.endpoint}"
  EVENT_GRID_TOPIC_KEY="${topic.key1}"
`);
  return close;
});

/**
 * The embedded Cosmos alone, with its containers and the control door, until Ctrl-C: to run function apps beside it in
 * processes of their own (`scripts/local-functions.ts`).
 */
import { dataDirectory, portFrom, runUntilStopped } from "./environment.ts";
import { localConnection, startLocalCosmos } from "./local-azure.ts";

await runUntilStopped(async () => {
  const { cosmosUrl, controlUrl, close } = await startLocalCosmos({
    directory: dataDirectory,
    cosmosPort: portFrom("SALDO_COSMOS_PORT", 8081),
    controlPort: portFrom("SALDO_CONTROL_PORT", 7070),
    partitionCount: 4, // so that several function apps have something to share
  });
  console.log(`
  cosmos      ${cosmosUrl}          (data in ${dataDirectory})
  control     ${controlUrl}          (clock, faults, request units)

  COSMOS="${localConnection(cosmosUrl)}"
`);
  return close;
});

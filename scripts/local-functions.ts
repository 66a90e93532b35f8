/**
 * The function app alone in the embedded host, on the Cosmos DB that COSMOS names, until Ctrl-C. Several of them share the
 * work as instances of a function app do.
 */
import { fileURLToPath } from "node:url";
import { startHost } from "../emulator/host/index.ts";
import { createClock } from "../emulator/shared/clock.ts";
import { portFrom, runUntilStopped } from "./environment.ts";

if (process.env["COSMOS"] === undefined) {
  console.error("Set COSMOS to the connection string that scripts/local-cosmos.ts prints.");
  process.exit(2);
}

await runUntilStopped(async () => {
  const host = await startHost({
    directory: fileURLToPath(new URL("..", import.meta.url)),
    clock: createClock(),
    port: portFrom("SALDO_FUNCTIONS_PORT", 7071),
  });
  console.log(`
  functions   ${host.url}/api        (${host.functions.length} functions)
`);
  return host.stop;
});

/**
 * `npm start`: everything on this machine, until Ctrl-C. The data stay in `.saldo/` for the next time.
 * `--no-build` runs the bundle that is there.
 */
import { fileURLToPath } from "node:url";
import { buildApp } from "./build.ts";
import { type LocalAzure, startLocalAzure } from "./local-azure.ts";

const directory = process.env["SALDO_DATA"] ?? fileURLToPath(new URL("../.saldo", import.meta.url));

try {
  if (!process.argv.includes("--no-build")) await buildApp();
  const azure = await startLocalAzure({
    directory,
    functionsPort: portFrom("SALDO_FUNCTIONS_PORT", 7071),
    cosmosPort: portFrom("SALDO_COSMOS_PORT", 8081),
    controlPort: portFrom("SALDO_CONTROL_PORT", 7070),
    log: (line) => {
      console.log(line);
    },
  });
  printAddresses(azure);
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void stop(azure));
} catch (error) {
  console.error(explain(error));
  process.exit(1); // what had been started before it failed must not stay behind
}

function portFrom(name: string, otherwise: number): number {
  const port = Number(process.env[name] ?? otherwise);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new Error(`${name} must be a port number.`);
  return port;
}

function printAddresses({ functionsUrl, cosmosUrl, controlUrl, functions }: LocalAzure): void {
  console.log(`
  Saldo is running on the embedded Azure.

  functions   ${functionsUrl}/api        (${functions.length} functions)
  cosmos      ${cosmosUrl}          (data in ${directory})
  control     ${controlUrl}          (clock, faults, request units)

  npm run simulate -- family      drives a few families through it
  Ctrl-C                          stops it; what is stored stays
`);
}

async function stop(azure: LocalAzure): Promise<void> {
  console.log("Stopping: what is under way is finished first.");
  await azure.stop();
}

function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ("code" in error && error.code === "EADDRINUSE")
    return `${error.message}: is Saldo running already? Set SALDO_FUNCTIONS_PORT, SALDO_COSMOS_PORT or SALDO_CONTROL_PORT.`;
  return error.stack ?? error.message;
}

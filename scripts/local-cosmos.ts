/**
 * The embedded Cosmos alone, with its containers and the control door, until it is told to stop: to run function apps
 * beside it in processes of their own (`scripts/local-functions.ts`).
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { CosmosClient } from "@azure/cosmos";
import { openControlDoor } from "../emulator/control/control-door.ts";
import { startCosmosThread } from "../emulator/cosmos-thread/index.ts";
import { createClock } from "../emulator/shared/clock.ts";
import { provision } from "../infra/provision.ts";
import { localCosmosKey as key } from "./local-azure.ts";

const directory = process.env["SALDO_DATA"] ?? fileURLToPath(new URL("../.saldo", import.meta.url));
mkdirSync(directory, { recursive: true });
const cosmos = await startCosmosThread({
  file: join(directory, "cosmos.sqlite"),
  key,
  port: Number(process.env["SALDO_COSMOS_PORT"] ?? 8081),
});
const controlDoor = await openControlDoor(
  { clock: createClock(), cosmos: cosmos.controls },
  Number(process.env["SALDO_CONTROL_PORT"] ?? 7070),
);
const client = new CosmosClient({ endpoint: cosmos.url, key });
await provision(client, "saldo");
client.dispose();
console.log(`
  cosmos      ${cosmos.url}          (data in ${directory})
  control     ${controlDoor.url}          (clock, faults, request units)

  COSMOS="AccountEndpoint=${cosmos.url}/;AccountKey=${key};"
`);
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void stop());

async function stop(): Promise<void> {
  await controlDoor.close();
  await cosmos.close();
}

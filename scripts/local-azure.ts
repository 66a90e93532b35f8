/** Azure on this machine: the embedded Cosmos, the containers, and the function app in the embedded host. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { CosmosClient } from "@azure/cosmos";
import { openControlDoor } from "../emulator/control/control-door.ts";
import { startCosmosThread } from "../emulator/cosmos-thread/index.ts";
import { startHost } from "../emulator/host/index.ts";
import { createClock } from "../emulator/shared/clock.ts";
import { serveInProcess } from "../emulator/shared/in-process.ts";
import { provision } from "../infra/provision.ts";

export type LocalAzureOptions = {
  /** Where the emulated services keep their data. */
  readonly directory: string;
  /** 0 for any free port. */
  readonly functionsPort: number;
  readonly cosmosPort: number;
  readonly controlPort: number;
  /** Physical partitions of each container; a new container in Azure has one. */
  readonly partitionCount?: number;
  readonly log?: (line: string) => void;
};

export type LocalAzure = {
  readonly functionsUrl: string;
  readonly cosmosUrl: string;
  readonly controlUrl: string;
  readonly functions: readonly string[];
  stop(): Promise<void>;
};

/** The key of the local account: public, and worth nothing outside this machine. */
export const localCosmosKey = Buffer.from("saldo-local-development-key-not-a-secret").toString(
  "base64",
);
const databaseId = "saldo";

export async function startLocalAzure(options: LocalAzureOptions): Promise<LocalAzure> {
  const { directory, functionsPort, cosmosPort, controlPort, log, partitionCount = 1 } = options;
  mkdirSync(directory, { recursive: true });
  const clock = createClock();
  const cosmos = await startCosmosThread({
    file: join(directory, "cosmos.sqlite"),
    key: localCosmosKey,
    port: cosmosPort,
    partitionCount,
  });
  const endpoint = cosmos.url;
  const controlDoor = await openControlDoor({ clock, cosmos: cosmos.controls }, controlPort);
  const leaveProcess = await serveInProcess(new URL(endpoint).origin, cosmos.handle);
  await provision(new CosmosClient({ endpoint, key: localCosmosKey }), databaseId);
  const host = await startHost({
    directory: fileURLToPath(new URL("..", import.meta.url)),
    clock,
    port: functionsPort,
    name: "local", // the same after a restart: it takes its leases back at once
    stateDirectory: directory,
    settings: { COSMOS: `AccountEndpoint=${endpoint}/;AccountKey=${localCosmosKey};` },
    cosmos: () => cosmos.handle,
    onChange: cosmos.onChange,
    log: ({ level, category, message }) => {
      const isNews = category.startsWith("Host.") ? level !== "debug" : isWarning(level);
      if (isNews && level !== "trace") log?.(`${level} ${category}: ${message}`);
    },
  });
  return {
    functionsUrl: host.url,
    cosmosUrl: endpoint,
    controlUrl: controlDoor.url,
    functions: host.functions.map(({ name }) => name),
    stop: async () => {
      await host.stop();
      leaveProcess();
      await controlDoor.close();
      await cosmos.close();
    },
  };
}

/** What the functions themselves report is news only if something is wrong. */
function isWarning(level: string): boolean {
  return level === "warning" || level === "error" || level === "critical";
}

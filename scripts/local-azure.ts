/** Azure on this machine: the embedded Cosmos with the app's containers, and the function app in the embedded host. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { CosmosClient } from "@azure/cosmos";
import { openControlDoor } from "../emulator/control/control-door.ts";
import { meter } from "../emulator/control/usage.ts";
import { listenCosmos, openCosmos } from "../emulator/cosmos/index.ts";
import { startHost } from "../emulator/host/index.ts";
import { type AdjustableClock, createClock } from "../emulator/shared/clock.ts";
import { serveInProcess } from "../emulator/shared/in-process.ts";
import type { WireHandler } from "../emulator/shared/wire.ts";
import { provision } from "../infra/provision.ts";

export type LocalCosmosOptions = {
  /** Where the emulated services keep their data. */
  readonly directory: string;
  /** 0 for any free port. */
  readonly cosmosPort: number;
  readonly controlPort: number;
  /** Physical partitions of each container; a new container in Azure has one. */
  readonly partitionCount?: number;
};

export type LocalCosmos = {
  readonly cosmosUrl: string;
  readonly controlUrl: string;
  readonly clock: AdjustableClock;
  readonly handle: WireHandler;
  /** Calls back after the container `dbs/x/colls/y` has changed, until the answered function is called. */
  onChange(container: string, listener: () => void): () => void;
  close(): Promise<void>;
};

/** The key of the local account: public, and worth nothing outside this machine. */
export const localCosmosKey = Buffer.from("saldo-local-development-key-not-a-secret").toString(
  "base64",
);

export function localConnection(cosmosUrl: string): string {
  return `AccountEndpoint=${cosmosUrl}/;AccountKey=${localCosmosKey};`;
}

export async function startLocalCosmos(options: LocalCosmosOptions): Promise<LocalCosmos> {
  const { directory, cosmosPort, controlPort, partitionCount = 1 } = options;
  mkdirSync(directory, { recursive: true });
  const clock = createClock();
  const file = join(directory, "cosmos.sqlite");
  const cosmos = openCosmos({ file, key: localCosmosKey, clock, partitionCount, ownThread: true });
  const { faults } = cosmos;
  const metered = meter(cosmos.handle);
  const { handle } = metered;
  const server = await listenCosmos({ ...cosmos, handle }, { port: cosmosPort });
  const controlDoor = await openControlDoor({ clock, faults, meter: metered }, controlPort);
  const client = new CosmosClient({ endpoint: server.url, key: localCosmosKey });
  await provision(client, "saldo");
  client.dispose();
  return {
    cosmosUrl: server.url,
    controlUrl: controlDoor.url,
    clock,
    handle,
    onChange: (container, listener) =>
      cosmos.onCommit((change) => {
        if (change.container === container) listener();
      }),
    close: async () => {
      await controlDoor.close();
      await server.close();
      await cosmos.close();
    },
  };
}

export type LocalAzureOptions = LocalCosmosOptions & {
  readonly functionsPort: number;
  readonly log?: (line: string) => void;
};

export type LocalAzure = {
  readonly functionsUrl: string;
  readonly cosmosUrl: string;
  readonly controlUrl: string;
  readonly functions: readonly string[];
  stop(): Promise<void>;
};

/** Both in this process: the app's requests to Cosmos need no socket, and changes wake the feeds at once. */
export async function startLocalAzure(options: LocalAzureOptions): Promise<LocalAzure> {
  const { directory, functionsPort, log } = options;
  const cosmos = await startLocalCosmos(options);
  const { cosmosUrl, controlUrl, clock, handle, onChange } = cosmos;
  const leaveProcess = await serveInProcess(new URL(cosmosUrl).origin, handle);
  const host = await startHost({
    directory: fileURLToPath(new URL("..", import.meta.url)),
    clock,
    port: functionsPort,
    name: "local", // the same after a restart: it takes its leases back at once
    stateDirectory: directory,
    settings: { COSMOS: localConnection(cosmosUrl) },
    cosmos: () => handle,
    onChange,
    log: ({ level, category, message }) => {
      const isNews = category.startsWith("Host.") ? level !== "debug" : isWarning(level);
      if (isNews && level !== "trace") log?.(`${level} ${category}: ${message}`);
    },
  });
  return {
    functionsUrl: host.url,
    cosmosUrl,
    controlUrl,
    functions: host.functions.map(({ name }) => name),
    stop: async () => {
      await host.stop();
      leaveProcess();
      await cosmos.close();
    },
  };
}

/** What the functions themselves report is news only if something is wrong. */
function isWarning(level: string): boolean {
  return level === "warning" || level === "error" || level === "critical";
}

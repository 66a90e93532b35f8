/** Azure on this machine: the emulated services, the function app in the embedded host, and the admin app. */
import { mkdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { CosmosClient } from "@azure/cosmos";
import { startAdmin } from "../admin/server.ts";
import { approversFrom } from "../admin/sign-in/approvers.ts";
import { type Azurite, startAzurite } from "../emulator/azurite/start-azurite.ts";
import { openControlDoor } from "../emulator/control/control-door.ts";
import { meter } from "../emulator/control/usage.ts";
import { listenCosmos, openCosmos } from "../emulator/cosmos/index.ts";
import { type EventGrid, startEventGrid } from "../emulator/event-grid/index.ts";
import { startHost } from "../emulator/host/index.ts";
import { type AdjustableClock, createClock } from "../emulator/shared/clock.ts";
import { serveInProcess } from "../emulator/shared/in-process.ts";
import type { WireHandler } from "../emulator/shared/wire.ts";
import { provision } from "../infra/provision.ts";
import {
  type DeadLetterDestination,
  subscribeAdmin,
  subscribeFunctions,
} from "../infra/subscribe.ts";
import { topicName } from "../src/subscriptions.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

type TopicInfo = Awaited<ReturnType<EventGrid["topics"]["create"]>>;

export type LocalServicesOptions = {
  /** Where the emulated services keep their data. */
  readonly directory: string;
  /** 0 for any free port. */
  readonly cosmosPort: number;
  readonly eventGridPort: number;
  readonly controlPort: number;
  /** Of Azurite, which takes Event Grid's dead letters; without it there is none, and they are dropped. */
  readonly blobPort?: number;
  /** Physical partitions of each container; a new container in Azure has one. */
  readonly partitionCount?: number;
};

export type LocalServices = {
  readonly cosmosUrl: string;
  readonly controlUrl: string;
  readonly topic: TopicInfo;
  readonly clock: AdjustableClock;
  readonly cosmos: WireHandler;
  readonly eventGrid: EventGrid;
  readonly deadLetters: DeadLetterDestination | undefined;
  /** Calls back after the container `dbs/x/colls/y` has changed, until the answered function is called. */
  onChange(container: string, listener: () => void): () => void;
  close(): Promise<void>;
};

/** The key of the local account: public, and worth nothing outside this machine. */
export const localCosmosKey = Buffer.from("saldo-local-development-key-not-a-secret").toString(
  "base64",
);

/** Keys of the local apps, as public and worthless. */
export const localKeys = {
  /** The function app's system key for Event Grid, and its key for operators: as in local.settings.sample.json. */
  eventGridExtension: "local-event-grid-key",
  operator: "operator-key",
  topic: Buffer.from("saldo-local-topic-key-not-a-secret").toString("base64"),
  adminWebhook: "local-admin-webhook-key",
} as const;

export function localConnection(cosmosUrl: string): string {
  return `AccountEndpoint=${cosmosUrl}/;AccountKey=${localCosmosKey};`;
}

/** What the function app is built upon: Cosmos with its containers, Event Grid with its topic, and the control door. */
export async function startLocalServices(options: LocalServicesOptions): Promise<LocalServices> {
  const { directory, cosmosPort, eventGridPort, controlPort, partitionCount = 1 } = options;
  mkdirSync(directory, { recursive: true });
  const clock = createClock({ file: join(directory, "clock.json") });
  const file = join(directory, "cosmos.sqlite");
  const cosmos = openCosmos({ file, key: localCosmosKey, clock, partitionCount, ownThread: true });
  const { faults } = cosmos;
  const metered = meter(cosmos.handle);
  const { handle } = metered;
  const server = await listenCosmos({ ...cosmos, handle }, { port: cosmosPort });
  const client = new CosmosClient({ endpoint: server.url, key: localCosmosKey });
  await provision(client, "saldo");
  client.dispose();
  const azurite = await startDeadLetterStorage(options);
  const gridFile = join(directory, "event-grid.sqlite");
  const eventGrid = await startEventGrid({ file: gridFile, clock, port: eventGridPort });
  const topic = await eventGrid.topics.create(topicName, {
    inputSchema: "CloudEventSchemaV1_0",
    key1: localKeys.topic,
  });
  const controlled = { clock, faults, meter: metered, eventGrid };
  const controlDoor = await openControlDoor(controlled, controlPort);
  return {
    cosmosUrl: server.url,
    controlUrl: controlDoor.url,
    topic,
    clock,
    cosmos: handle,
    eventGrid,
    deadLetters: azurite && {
      endpointType: "StorageBlob",
      properties: {
        blobContainerName: deadLetterContainer,
        connectionString: azurite.connectionString,
      },
    },
    onChange: (container, listener) =>
      cosmos.onCommit((change) => {
        if (change.container === container) listener();
      }),
    close: async () => {
      await controlDoor.close();
      await eventGrid.close();
      await azurite?.close();
      await server.close();
      await cosmos.close();
    },
  };
}

const deadLetterContainer = "dead-letters";

async function startDeadLetterStorage({
  directory,
  blobPort,
}: LocalServicesOptions): Promise<Azurite | undefined> {
  if (blobPort === undefined) return undefined;
  const containers = [deadLetterContainer];
  return startAzurite({ directory: join(directory, "azurite"), port: blobPort, containers });
}

export type LocalAzureOptions = LocalServicesOptions & {
  readonly functionsPort: number;
  readonly adminPort: number;
  readonly log?: (line: string) => void;
};

export type LocalAzure = {
  readonly functionsUrl: string;
  readonly adminUrl: string;
  readonly cosmosUrl: string;
  readonly eventGridUrl: string;
  readonly controlUrl: string;
  readonly functions: readonly string[];
  stop(): Promise<void>;
};

/** All in this process: the app's requests to the services need no socket, and changes wake the feeds at once. */
export async function startLocalAzure(options: LocalAzureOptions): Promise<LocalAzure> {
  const { directory, functionsPort, adminPort, log } = options;
  const services = await startLocalServices(options);
  const { cosmosUrl, controlUrl, topic, clock, cosmos, eventGrid, deadLetters } = services;
  const leaveCosmos = await serveInProcess(new URL(cosmosUrl).origin, cosmos);
  const leaveEventGrid = await serveInProcess(new URL(eventGrid.url).origin, eventGrid.handle);
  const host = await startHost({
    directory: root,
    clock,
    port: functionsPort,
    name: "local", // the same after a restart: it takes its leases back at once
    stateDirectory: directory,
    settings: {
      COSMOS: localConnection(cosmosUrl),
      EVENT_GRID_TOPIC_ENDPOINT: topic.endpoint,
      EVENT_GRID_TOPIC_KEY: topic.key1,
    },
    cosmos: () => cosmos,
    onChange: services.onChange,
    log: ({ level, category, message }) => {
      const isNews = category.startsWith("Host.") ? level !== "debug" : isWarning(level);
      if (isNews && level !== "trace") log?.(`${level} ${category}: ${message}`);
    },
  });
  const admin = await startAdmin({
    port: adminPort,
    file: join(directory, "admin.sqlite"),
    saldoUrl: host.url,
    saldoKey: localKeys.operator,
    webhookKey: localKeys.adminWebhook,
    approvers: approversFrom(await readFile(join(root, "admin/approvers.sample.json"), "utf8")),
  });
  // Event Grid asks the endpoints whether they agree: they must be there by now.
  const { create } = eventGrid.subscriptions;
  const { eventGridExtension: systemKey, adminWebhook: webhookKey } = localKeys;
  await subscribeFunctions(create, { functionsUrl: host.url, systemKey, deadLetters });
  await subscribeAdmin(create, { adminUrl: admin.url, webhookKey, deadLetters });
  return {
    functionsUrl: host.url,
    adminUrl: admin.url,
    cosmosUrl,
    eventGridUrl: eventGrid.url,
    controlUrl,
    functions: host.functions.map(({ name }) => name),
    stop: async () => {
      await host.stop();
      await admin.close();
      leaveEventGrid();
      leaveCosmos();
      await services.close();
    },
  };
}

/** What the functions themselves report is news only if something is wrong. */
function isWarning(level: string): boolean {
  return level === "warning" || level === "error" || level === "critical";
}

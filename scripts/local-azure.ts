/** Azure on this machine: the emulated services, the function app in the embedded host, the admin app and the console. */
import { mkdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { CosmosClient } from "@azure/cosmos";
import { byClientCredentials } from "../admin/saldo/access-tokens.ts";
import { startAdmin } from "../admin/server.ts";
import { approversFrom } from "../admin/sign-in/approvers.ts";
import { type Console, startConsole } from "../console/server.ts";
import { type Azurite, startAzurite } from "../emulator/azurite/start-azurite.ts";
import { openControlDoor } from "../emulator/control/control-door.ts";
import { meter } from "../emulator/control/usage.ts";
import { listenCosmos, openCosmos } from "../emulator/cosmos/index.ts";
import { createDurableFaults, type DurableFaults } from "../emulator/durable/faults.ts";
import { type EventGrid, startEventGrid } from "../emulator/event-grid/index.ts";
import { startHost } from "../emulator/host/index.ts";
import { type AdjustableClock, createClock } from "../emulator/shared/clock.ts";
import { serveInProcess } from "../emulator/shared/in-process.ts";
import type { WireHandler } from "../emulator/shared/wire.ts";
import { startTelemetrySinkInThread, type TelemetrySink } from "../emulator/telemetry/index.ts";
import { provision } from "../infra/provision.ts";
import {
  type DeadLetterDestination,
  subscribeAdmin,
  subscribeFunctions,
} from "../infra/subscribe.ts";
import { timeOfPlace } from "../src/platform/clock.ts";
import { topicName } from "../src/subscriptions.ts";
import type { Identity } from "../emulator/identity/index.ts";
import {
  identitySettings,
  localClients,
  localScopes,
  startLocalIdentity,
} from "./local-identity.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

type TopicInfo = Awaited<ReturnType<EventGrid["topics"]["create"]>>;

export type LocalServicesOptions = {
  /** Where the emulated services keep their data. */
  readonly directory: string;
  /** Further names by which clients reach the emulated services (docs/security.md). */
  readonly allowedHosts?: readonly string[];
  /** 0 for any free port. */
  readonly cosmosPort: number;
  readonly eventGridPort: number;
  readonly identityPort: number;
  readonly controlPort: number;
  /** Of Azurite, which takes Event Grid's dead letters; without it there is none, and they are dropped. */
  readonly blobPort?: number;
  /** Of the telemetry sink; without it nothing is traced or measured. */
  readonly telemetryPort?: number;
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
  /** For the host that runs durable functions in this process. */
  readonly durableFaults: DurableFaults;
  /** Whose tokens the function app accepts. */
  readonly identity: Identity;
  readonly deadLetters: DeadLetterDestination | undefined;
  readonly telemetry: TelemetrySink | undefined;
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
  /** The function app's system key for Event Grid: these two as in local.settings.sample.json. */
  eventGridExtension: "local-event-grid-key",
  /** Of the host, for the management API of Durable Functions. */
  master: "master-key",
  topic: Buffer.from("saldo-local-topic-key-not-a-secret").toString("base64"),
  adminWebhook: "local-admin-webhook-key",
} as const;

export function localConnection(cosmosUrl: string): string {
  return `AccountEndpoint=${cosmosUrl}/;AccountKey=${localCosmosKey};`;
}

/** What the function app is built upon: Cosmos with its containers, Event Grid with its topic, and the control door. */
export async function startLocalServices(options: LocalServicesOptions): Promise<LocalServices> {
  const { directory, cosmosPort, eventGridPort, controlPort, partitionCount = 1 } = options;
  const { allowedHosts = [] } = options;
  mkdirSync(directory, { recursive: true });
  const clock = createClock({ file: join(directory, "clock.json") });
  const file = join(directory, "cosmos.sqlite");
  const cosmos = openCosmos({ file, key: localCosmosKey, clock, partitionCount, ownThread: true });
  const { faults } = cosmos;
  const metered = meter(cosmos.handle);
  const { handle } = metered;
  const server = await listenCosmos({ ...cosmos, handle }, { port: cosmosPort, allowedHosts });
  const client = new CosmosClient({ endpoint: server.url, key: localCosmosKey });
  await provision(client, "saldo");
  client.dispose();
  const azurite = await startDeadLetterStorage(options);
  const telemetry = await startSink(options);
  const identity = await startLocalIdentity({
    ...{ directory, port: options.identityPort, clock, allowedHosts },
  });
  const gridFile = join(directory, "event-grid.sqlite");
  const eventGrid = await startEventGrid({
    ...{ file: gridFile, clock, port: eventGridPort, allowedHosts },
  });
  const topic = await eventGrid.topics.create(topicName, {
    inputSchema: "CloudEventSchemaV1_0",
    key1: localKeys.topic,
  });
  const durableFaults = createDurableFaults();
  const controlled = { clock, faults, durableFaults, meter: metered, eventGrid };
  const controlDoor = await openControlDoor(controlled, { port: controlPort, allowedHosts });
  return {
    cosmosUrl: server.url,
    controlUrl: controlDoor.url,
    topic,
    clock,
    cosmos: handle,
    eventGrid,
    durableFaults,
    identity,
    deadLetters: azurite && {
      endpointType: "StorageBlob",
      properties: {
        blobContainerName: deadLetterContainer,
        connectionString: azurite.connectionString,
      },
    },
    telemetry,
    onChange: (container, listener) =>
      cosmos.onCommit((change) => {
        if (change.container === container) listener();
      }),
    close: async () => {
      await controlDoor.close();
      await identity.close();
      await eventGrid.close();
      await azurite?.close();
      await telemetry?.close();
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

async function startSink({
  directory,
  telemetryPort,
  allowedHosts = [],
}: LocalServicesOptions): Promise<TelemetrySink | undefined> {
  if (telemetryPort === undefined) return undefined;
  return startTelemetrySinkInThread({
    file: join(directory, "telemetry.sqlite"),
    port: telemetryPort,
    allowedHosts,
  });
}

/** What tells the function app where its telemetry goes: soon, as somebody looks at it here. */
export function telemetrySettings(connection: string | undefined): Record<string, string> {
  if (connection === undefined) return {};
  return { APPLICATIONINSIGHTS_CONNECTION_STRING: connection, TELEMETRY_INTERVAL_MS: "2000" };
}

export type LocalAzureOptions = LocalServicesOptions & {
  readonly functionsPort: number;
  readonly adminPort: number;
  /** Without it there is no console. */
  readonly consolePort?: number;
  /** Of the function app, beside or instead of those in local.settings.sample.json. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly log?: (line: string) => void;
};

export type LocalAzure = {
  readonly functionsUrl: string;
  readonly adminUrl: string;
  readonly consoleUrl: string | undefined;
  readonly cosmosUrl: string;
  readonly eventGridUrl: string;
  /** The issuer of the tokens that the function app accepts. */
  readonly identityUrl: string;
  readonly controlUrl: string;
  readonly telemetryUrl: string | undefined;
  readonly functions: readonly string[];
  stop(): Promise<void>;
};

/** All in this process: the app's requests to the services need no socket, and changes wake the feeds at once. */
export async function startLocalAzure(options: LocalAzureOptions): Promise<LocalAzure> {
  const { directory, functionsPort, adminPort, allowedHosts = [], log } = options;
  const services = await startLocalServices(options);
  const { cosmosUrl, controlUrl, topic, clock, cosmos, eventGrid, deadLetters } = services;
  const { identity, telemetry } = services;
  const leaveCosmos = await serveInProcess(new URL(cosmosUrl).origin, cosmos);
  const leaveEventGrid = await serveInProcess(new URL(eventGrid.url).origin, eventGrid.handle);
  shareTime(clock);
  const host = await startHost({
    directory: root,
    clock,
    ...{ port: functionsPort, allowedHosts },
    name: "local", // the same after a restart: it takes its leases back at once
    stateDirectory: directory,
    durableFaults: services.durableFaults,
    settings: {
      COSMOS: localConnection(cosmosUrl),
      EVENT_GRID_TOPIC_ENDPOINT: topic.endpoint,
      EVENT_GRID_TOPIC_KEY: topic.key1,
      ...identitySettings(identity.url),
      ...telemetrySettings(telemetry?.connectionString),
      ...options.settings,
    },
    cosmos: () => cosmos,
    onChange: services.onChange,
    log: ({ level, category, message }) => {
      const isNews = category.startsWith("Host.") ? level !== "debug" : isWarning(level);
      if (isNews && level !== "trace") log?.(`${level} ${category}: ${message}`);
    },
  });
  const admin = await startAdmin({
    ...{ port: adminPort, allowedHosts },
    file: join(directory, "admin.sqlite"),
    saldoUrl: host.url,
    tokens: byClientCredentials({
      issuer: identity.url,
      clientId: localClients.admin.id,
      clientSecret: localClients.admin.secret,
      scope: localScopes.app,
      now: clock.now,
    }),
    webhookKey: localKeys.adminWebhook,
    approvers: approversFrom(await readFile(join(root, "admin/approvers.sample.json"), "utf8")),
    now: clock.now,
  });
  // Event Grid asks the endpoints whether they agree: they must be there by now.
  const { create } = eventGrid.subscriptions;
  const { eventGridExtension: systemKey, adminWebhook: webhookKey } = localKeys;
  await subscribeFunctions(create, { functionsUrl: host.url, systemKey, deadLetters });
  await subscribeAdmin(create, { adminUrl: admin.url, webhookKey, deadLetters });
  const operators = await startConsoleFor(services, host.url, options);
  return {
    functionsUrl: host.url,
    adminUrl: admin.url,
    consoleUrl: operators?.url,
    cosmosUrl,
    eventGridUrl: eventGrid.url,
    identityUrl: identity.url,
    controlUrl,
    telemetryUrl: telemetry?.url,
    functions: host.functions.map(({ name }) => name),
    stop: async () => {
      await operators?.close();
      await host.stop();
      await admin.close();
      leaveEventGrid();
      leaveCosmos();
      await services.close();
    },
  };
}

async function startConsoleFor(
  { cosmosUrl, controlUrl, eventGrid, identity, telemetry, clock }: LocalServices,
  functionsUrl: string,
  { consolePort: port, allowedHosts = [] }: LocalAzureOptions,
): Promise<Console | undefined> {
  if (port === undefined) return undefined;
  const tokens = byClientCredentials({
    issuer: identity.url,
    clientId: localClients.operations.id,
    clientSecret: localClients.operations.secret,
    scope: localScopes.app,
    now: clock.now,
  });
  return startConsole({
    port,
    allowedHosts,
    cosmos: { endpoint: cosmosUrl, key: localCosmosKey, database: "saldo" },
    functionsUrl,
    authorizeOperator: async () => ({ authorization: `Bearer ${await tokens.current()}` }),
    masterKey: localKeys.master,
    eventGridUrl: eventGrid.url,
    controlUrl,
    telemetryUrl: telemetry?.url,
    now: clock.now,
  });
}

/** The app that this process loads next lives in the time of the emulated services, as in Azure all live in one. */
export function shareTime({ now }: Pick<AdjustableClock, "now">): void {
  Object.assign(globalThis, { [timeOfPlace]: now });
}

/** What the functions themselves report is news only if something is wrong. */
function isWarning(level: string): boolean {
  return level === "warning" || level === "error" || level === "critical";
}

import type { TestContext } from "node:test";
import { type Container, CosmosClient, type Database } from "@azure/cosmos";
import {
  listenCosmos,
  openCosmos,
  type CosmosEmulator,
} from "../../../../emulator/cosmos/index.ts";
import { createClock } from "../../../../emulator/shared/clock.ts";
import type { WireHandler } from "../../../../emulator/shared/wire.ts";
import type { Batch, Item } from "../fixtures/feed-app/app.ts";
import { startApp, type AppProcess, type StartOptions } from "./app-process.ts";

/** An account on a socket with a monitored and a lease container, and apps that listen to it. */
export type FeedWorld = {
  readonly emulator: CosmosEmulator;
  readonly database: Database;
  readonly items: Container;
  readonly leases: Container;
  create(...items: readonly Item[]): Promise<void>;
  /** Lease documents, sorted by id, without marker and lock. */
  readLeases(): Promise<readonly LeaseDocument[]>;
  /** Starts the feed-app with trigger options that differ from its own. */
  start(trigger: object, options?: StartOptions): Promise<FeedApp>;
};

export type LeaseDocument = {
  readonly id: string;
  readonly LeaseToken: string;
  readonly Owner: string | null;
  readonly ContinuationToken: string | null;
  readonly timestamp: string | null;
};

export type FeedApp = AppProcess & {
  /** Ids of the items in calls of the handler, in the order of the calls. */
  started(): readonly string[];
  /** The same of calls that did not throw. */
  handled(): readonly string[];
  /** Whole reports. */
  batches(what: "started" | "handled"): readonly Batch[];
};

export type WorldOptions = {
  readonly partitionCount?: number;
  /** Default: both containers exist. */
  readonly isEmpty?: boolean;
  /** Stands between the socket and the emulator. */
  readonly intercept?: (handle: WireHandler) => WireHandler;
};

const identity = (handle: WireHandler): WireHandler => handle;

const key = Buffer.from("key of the test account").toString("base64");

/** Opened for one test, at whose end it is closed and its apps are killed. */
export async function openFeedWorld(
  test: TestContext,
  options: WorldOptions = {},
): Promise<FeedWorld> {
  const { partitionCount = 4, isEmpty = false, intercept = identity } = options;
  const emulator = openCosmos({ file: ":memory:", key, clock: createClock(), partitionCount });
  const server = await listenCosmos({ handle: intercept(emulator.handle) }, { port: 0 });
  const client = new CosmosClient({ endpoint: server.url, key });
  const { database } = await client.databases.create({ id: "feeds" });
  if (!isEmpty) await createContainers(database);
  const items = database.container("items");
  const leases = database.container("leases");
  const apps: AppProcess[] = [];
  test.after(async () => {
    await Promise.all(apps.map((app) => app.kill()));
    client.dispose();
    await server.close();
    await emulator.close();
  });

  return {
    emulator,
    database,
    items,
    leases,
    create: async (...documents) => {
      for (const document of documents) await items.items.create(document);
    },
    readLeases: async () => {
      const query = "SELECT * FROM c WHERE IS_DEFINED(c.LeaseToken)";
      const { resources } = await leases.items.query<LeaseDocument>(query).fetchAll();
      return resources.sort((a, b) => (a.id < b.id ? -1 : 1));
    },
    start: async (trigger, { settings, ...rest } = {}) => {
      const app = await startApp({
        fixture: "feed-app",
        ...rest,
        settings: {
          COSMOS: `AccountEndpoint=${server.url}/;AccountKey=${key};`,
          DATABASE: "feeds",
          TRIGGER: JSON.stringify(trigger),
          ...settings,
        },
      });
      apps.push(app);
      return withBatches(app);
    },
  };
}

export async function createContainers(database: Database): Promise<void> {
  await database.containers.create({ id: "items", partitionKey: "/pk" });
  await database.containers.create({ id: "leases", partitionKey: "/id", defaultTtl: -1 });
}

function withBatches(app: AppProcess): FeedApp {
  const batches = (what: string): readonly Batch[] => app.seen(what) as readonly Batch[];
  const ids = (what: string): readonly string[] =>
    batches(what).flatMap(({ items }) => items.map(({ id }) => id));
  return { ...app, started: () => ids("started"), handled: () => ids("handled"), batches };
}

import {
  CosmosError,
  createCosmosClient,
  type CosmosAccount,
  type CosmosClient,
} from "../cosmos-client/index.ts";
import type { HostFunction } from "../functions.ts";
import { stringAt } from "../../shared/json.ts";
import { rewriteJson } from "../newtonsoft-texts.ts";
import { invokeWithRetries, type Outcome } from "../retry.ts";
import type { HostServices, TriggerKind } from "../trigger-kind.ts";
import { createLeaseStore, type Lease, type LeaseStore } from "./leases.ts";
import { cosmosLogCategory, startListener } from "./listener.ts";
import { readOptions, type CosmosTriggerOptions } from "./options.ts";

/** Functions on the change feed of a Cosmos DB container. */
export function createCosmosTrigger(services: HostServices): TriggerKind {
  const { clock, logger, instanceName } = services;
  const clients = new Map<string, CosmosClient>();

  const clientOf = ({ endpoint, key }: CosmosAccount): CosmosClient => {
    const known = clients.get(endpoint);
    if (known !== undefined) return known;
    const client = createCosmosClient(key, services.cosmos(endpoint), clock);
    clients.set(endpoint, client);
    return client;
  };

  return {
    listen: (target) => {
      const options = readOptions(target);
      const { monitored, leases } = options;
      const client = clientOf(monitored.account);
      const link = `dbs/${monitored.database}/colls/${monitored.container}`;
      const warn = (message: string): void => {
        logger.write("warning", cosmosLogCategory, `${target.name}: ${message}`);
      };
      return startListener({
        ...options,
        functionName: target.name,
        owner: `${instanceName}/${target.name}`,
        clock,
        logger,
        openStore: () =>
          openStore(options, { client, leaseClient: clientOf(leases.account), clock }),
        readRanges: () => client.readRanges(monitored),
        onChange: (listener) => services.onChange?.(link, listener) ?? (() => undefined),
        sessionServices: (store) => ({
          store,
          clock,
          leaseRenewIntervalMs: options.leaseRenewIntervalMs,
          feed: { ...options, client, container: monitored, warn },
          deliver: (lease, documents, stopping) =>
            deliver(services, target, { lease, documents, stopping }),
        }),
      });
    },
    manualData: (input) => ({ string: rewriteJson(input) }),
  };
}

type Batch = {
  readonly lease: Lease;
  /** A JSON array, as read. */
  readonly documents: string;
  readonly stopping: AbortSignal;
};

async function deliver(
  services: HostServices,
  target: HostFunction,
  { lease, documents, stopping }: Batch,
): Promise<Outcome> {
  const request = { data: { string: rewriteJson(documents) } };
  const outcome = await invokeWithRetries(target, request, { ...services, stopping });
  if (outcome === "failed") {
    const message = `${target.name}: the batch on lease ${lease.token} failed and is passed over.`;
    services.logger.write("warning", cosmosLogCategory, message);
  }
  return outcome;
}

type Clients = {
  readonly client: CosmosClient;
  readonly leaseClient: CosmosClient;
  readonly clock: HostServices["clock"];
};

async function openStore(
  options: CosmosTriggerOptions,
  { client, leaseClient, clock }: Clients,
): Promise<LeaseStore> {
  const { monitored, leases } = options;
  try {
    const [database, container] = await Promise.all([
      client.readDatabase(monitored.database),
      client.readContainer(monitored),
    ]);
    if (options.createLeaseContainer) await createLeaseContainer(leaseClient, options);
    await leaseClient.readContainer(leases);
    const { hostname } = new URL(monitored.account.endpoint);
    const rids = [database, container].map((resource) => stringAt(resource, "_rid") ?? "");
    const prefix = `${options.leasePrefix}${hostname}_${rids.join("_")}`;
    const store = createLeaseStore({ client: leaseClient, container: leases, prefix, clock });
    await store.initialize(await client.readRanges(monitored));
    return store;
  } catch (error) {
    throw error instanceof CosmosError && error.status === 404
      ? new Error(missingContainer(options), { cause: error })
      : error;
  }
}

async function createLeaseContainer(
  client: CosmosClient,
  { leases, leaseContainerThroughput: throughput }: CosmosTriggerOptions,
): Promise<void> {
  try {
    await client.createContainer(leases, { partitionKeyPath: "/id", throughput });
  } catch (error) {
    if (!(error instanceof CosmosError && error.status === 409)) throw error;
  }
}

function missingContainer({ monitored, leases }: CosmosTriggerOptions): string {
  return (
    `Either the monitored container '${monitored.container}' (in database ` +
    `'${monitored.database}') or the lease container '${leases.container}' (in database ` +
    `'${leases.database}') does not exist. Both must exist before the listener starts; ` +
    "createLeaseContainerIfNotExists makes the lease container."
  );
}

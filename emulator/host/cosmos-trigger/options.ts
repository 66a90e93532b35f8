import { parseConnectionString, type CosmosAccount } from "../cosmos-client/index.ts";
import type { ContainerName, FeedPosition } from "../cosmos-client/index.ts";
import { flagOption, numberOption, textOption, type HostFunction } from "../functions.ts";
import { readSetting } from "../settings.ts";

/** Options of a Cosmos DB trigger with their defaults (documentation: "Azure Cosmos DB trigger"). */
export type CosmosTriggerOptions = {
  readonly monitored: ContainerReference;
  readonly leases: ContainerReference;
  readonly createLeaseContainer: boolean;
  /** Request units per second of a lease container made by the trigger. */
  readonly leaseContainerThroughput: number | undefined;
  readonly leasePrefix: string;
  readonly feedPollDelayMs: number;
  readonly leaseAcquireIntervalMs: number;
  readonly leaseExpirationIntervalMs: number;
  readonly leaseRenewIntervalMs: number;
  readonly maxItemsPerInvocation: number;
  /** Where a lease without continuation begins. */
  readonly start: FeedPosition;
};

type ContainerReference = ContainerName & { readonly account: CosmosAccount };

/** @throws Error for missing, contradictory or unsupported options */
export function readOptions({ trigger }: HostFunction): CosmosTriggerOptions {
  const text = (key: string): string | undefined => textOption(trigger, key);
  const required = (key: string): string => {
    const value = text(key);
    if (value === undefined) throw new Error(`The Cosmos DB trigger needs "${key}".`);
    return value;
  };
  /** A value of 0 counts as not given, as in the real trigger. */
  const positive = (key: string, fallback: number): number =>
    Math.max(0, numberOption(trigger, key, fallback)) || fallback;

  const mode = text("changeFeedMode") ?? "LatestVersion";
  if (mode !== "LatestVersion") throw new Error(`changeFeedMode "${mode}" is not supported.`);
  const account = connection(text("connection") ?? "CosmosDB");
  const leaseConnection = text("leaseConnection");
  const database = required("databaseName");
  const throughput = positive("leasesContainerThroughput", 0);
  return {
    monitored: { account, database, container: required("containerName") },
    leases: {
      account: leaseConnection === undefined ? account : connection(leaseConnection),
      database: text("leaseDatabaseName") ?? database,
      container: text("leaseContainerName") ?? "leases",
    },
    createLeaseContainer: flagOption(trigger, "createLeaseContainerIfNotExists"),
    leaseContainerThroughput: throughput === 0 ? undefined : throughput,
    leasePrefix: text("leaseContainerPrefix") ?? "",
    feedPollDelayMs: positive("feedPollDelay", 5_000),
    leaseAcquireIntervalMs: positive("leaseAcquireInterval", 13_000),
    leaseExpirationIntervalMs: positive("leaseExpirationInterval", 60_000),
    leaseRenewIntervalMs: positive("leaseRenewInterval", 17_000),
    maxItemsPerInvocation: positive("maxItemsPerInvocation", 100),
    start: startPosition(flagOption(trigger, "startFromBeginning"), text("startFromTime")),
  };
}

function connection(name: string): CosmosAccount {
  const value = readSetting(name);
  if (value !== undefined) return parseConnectionString(value);
  if (readSetting(`${name}__accountEndpoint`) !== undefined) {
    throw new Error(
      `The connection "${name}" uses an identity (${name}__accountEndpoint), which only Azure has; ` +
        `set the app setting "${name}" to a connection string to run here.`,
    );
  }
  throw new Error(`The Cosmos DB connection string is missing: set the app setting "${name}".`);
}

function startPosition(fromBeginning: boolean, fromTime: string | undefined): FeedPosition {
  if (fromTime === undefined) return fromBeginning ? { from: "beginning" } : { from: "now" };
  if (fromBeginning) {
    throw new Error("Only one of startFromBeginning or startFromTime can be used.");
  }
  const time = new Date(fromTime);
  if (Number.isNaN(time.getTime())) {
    throw new Error(`startFromTime "${fromTime}" is no ISO 8601 time.`);
  }
  return { from: "time", time };
}

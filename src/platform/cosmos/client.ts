import type { CosmosClient, Database } from "@azure/cosmos";
import type { Settings } from "../settings.ts";

/**
 * The one Cosmos client of this instance. The SDK is loaded with the first use, not at the cold start of a function
 * that may never need it.
 */
export function openDatabase(settings: Settings): () => Promise<Database> {
  let database: Promise<Database> | undefined;
  return () =>
    (database ??= connect(settings).then((client) => client.database(settings.database)));
}

/** Every operation is safe to repeat, so one without an answer is given up long before the SDK's 60 s. */
const requestTimeoutMs = 10_000;

/** Beyond this the caller is told to come back: a request must not hang on a throttled store. */
const longestThrottleWaitSeconds = 5;

async function connect(settings: Settings): Promise<CosmosClient> {
  const [{ CosmosClient }, { transport }] = await Promise.all([
    import("@azure/cosmos"),
    import("../http/transport.ts"),
  ]);
  const retryOptions = {
    maxRetryAttemptCount: 9,
    maxWaitTimeInSeconds: longestThrottleWaitSeconds,
  };
  const connectionPolicy = {
    requestTimeout: requestTimeoutMs,
    retryOptions: { ...retryOptions, fixedRetryIntervalInMilliseconds: 0 },
  };
  const common = { httpClient: transport, connectionPolicy, userAgentSuffix: "saldo" };
  const { cosmosConnection, cosmosEndpoint } = settings;
  if (cosmosConnection !== undefined) {
    const { endpoint, key } = parseConnection(cosmosConnection);
    return new CosmosClient({ ...common, endpoint, key });
  }
  if (cosmosEndpoint !== undefined) {
    const { DefaultAzureCredential } = await import("@azure/identity");
    const aadCredentials = new DefaultAzureCredential();
    return new CosmosClient({ ...common, endpoint: cosmosEndpoint, aadCredentials });
  }
  throw new Error("Neither COSMOS nor COSMOS__accountEndpoint is set: there is no database.");
}

function parseConnection(connection: string): { endpoint: string; key: string } {
  const endpoint = /AccountEndpoint=([^;]+)/.exec(connection)?.[1];
  const key = /AccountKey=([^;]+)/.exec(connection)?.[1];
  if (endpoint === undefined || key === undefined)
    throw new Error("COSMOS must read AccountEndpoint=…;AccountKey=…; .");
  return { endpoint, key };
}

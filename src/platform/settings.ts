/** The application settings this app reads: `local.settings.json` locally, the app's configuration in Azure. */
export type Settings = {
  /** Connection string, or with `COSMOS__accountEndpoint` the account's address for a managed identity. */
  readonly cosmosConnection: string | undefined;
  readonly cosmosEndpoint: string | undefined;
  readonly database: string;
  /** Milliseconds between two looks at a drained change feed. */
  readonly feedPollDelayMs: number;
};

export function readSettings(environment: NodeJS.ProcessEnv = process.env): Settings {
  return {
    cosmosConnection: environment["COSMOS"],
    cosmosEndpoint: environment["COSMOS__accountEndpoint"],
    database: environment["COSMOS_DATABASE"] ?? "saldo",
    feedPollDelayMs: positiveInteger("FEED_POLL_DELAY_MS", environment["FEED_POLL_DELAY_MS"], 500),
  };
}

function positiveInteger(name: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1)
    throw new Error(`The setting ${name} must be a positive integer, but is "${text}".`);
  return value;
}

/** The application settings this app reads: `local.settings.json` locally, the app's configuration in Azure. */
export type Settings = {
  /** Connection string, or with `COSMOS__accountEndpoint` the account's address for a managed identity. */
  readonly cosmosConnection: string | undefined;
  readonly cosmosEndpoint: string | undefined;
  readonly database: string;
  /** Milliseconds between two looks at a drained change feed. */
  readonly feedPollDelayMs: number;
  /** How quickly a feed changes hands when the instance that reads it dies; the defaults are Azure's. */
  readonly leases: {
    readonly acquireIntervalMs: number;
    readonly renewIntervalMs: number;
    readonly expirationIntervalMs: number;
  };
  /** Transfers from this amount on wait for a person; a decimal string. */
  readonly approvalFrom: string;
  /** How long a transfer waits for a decision before it expires. */
  readonly approvalWithinMs: number;
  /** The Event Grid topic's endpoint; without a key the managed identity publishes. */
  readonly topicEndpoint: string | undefined;
  readonly topicKey: string | undefined;
  /** Of Application Insights; without it nothing is measured or traced. */
  readonly telemetryConnection: string | undefined;
  /** `ClientId=…;Authorization=AAD` if Application Insights takes telemetry of known identities only. */
  readonly telemetryAuthentication: string | undefined;
  /** The share of traces that is sent, 0 to 1: of each all of its spans, or none. */
  readonly telemetryRatio: number;
  /** How often measurements are sent. */
  readonly telemetryIntervalMs: number;
  /** How late the next step of a process may be before the watchdog nudges it. */
  readonly watchGraceMs: number;
  /** NCRONTAB: how often what was left behind is looked for. */
  readonly watchSchedule: string;
  /** NCRONTAB: how often the money of all accounts is added up. It reads them all. */
  readonly auditSchedule: string;
};

export function readSettings(environment: NodeJS.ProcessEnv = process.env): Settings {
  const milliseconds = (name: string, otherwise: number): number =>
    positiveInteger(name, environment[name], otherwise);
  return {
    cosmosConnection: environment["COSMOS"],
    cosmosEndpoint: environment["COSMOS__accountEndpoint"],
    database: environment["COSMOS_DATABASE"] ?? "saldo",
    feedPollDelayMs: milliseconds("FEED_POLL_DELAY_MS", 500),
    leases: {
      acquireIntervalMs: milliseconds("LEASE_ACQUIRE_INTERVAL_MS", 13_000),
      renewIntervalMs: milliseconds("LEASE_RENEW_INTERVAL_MS", 17_000),
      expirationIntervalMs: milliseconds("LEASE_EXPIRATION_INTERVAL_MS", 60_000),
    },
    approvalFrom: environment["APPROVAL_FROM"] ?? "1000.00",
    approvalWithinMs: milliseconds("APPROVAL_WITHIN_MS", 24 * 60 * 60 * 1_000),
    topicEndpoint: environment["EVENT_GRID_TOPIC_ENDPOINT"],
    topicKey: environment["EVENT_GRID_TOPIC_KEY"],
    telemetryConnection: environment["APPLICATIONINSIGHTS_CONNECTION_STRING"],
    telemetryAuthentication: environment["APPLICATIONINSIGHTS_AUTHENTICATION_STRING"],
    telemetryRatio: share("TELEMETRY_RATIO", environment["TELEMETRY_RATIO"] ?? "1"),
    telemetryIntervalMs: milliseconds("TELEMETRY_INTERVAL_MS", 60_000),
    watchGraceMs: milliseconds("WATCH_GRACE_MS", 60_000),
    watchSchedule: environment["WATCH_SCHEDULE"] ?? "0 * * * * *",
    auditSchedule: environment["AUDIT_SCHEDULE"] ?? "0 */10 * * * *",
  };
}

function share(name: string, text: string): number {
  const value = Number(text);
  if (!(value >= 0 && value <= 1))
    throw new Error(`The setting ${name} must be a number from 0 to 1, but is "${text}".`);
  return value;
}

function positiveInteger(name: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1)
    throw new Error(`The setting ${name} must be a positive integer, but is "${text}".`);
  return value;
}

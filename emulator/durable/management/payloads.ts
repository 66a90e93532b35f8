import type { InstanceRecord } from "../engine/instance.ts";

/** Where the management API is found, as clients are told. */
export type Webhook = {
  /** Without a trailing slash. */
  readonly baseUrl: string;
  readonly hubName: string;
  readonly systemKey: string;
};

/** Stands for the id in URLs that the library fills in. */
const idPlaceholder = "INSTANCEID";

/** What the host hands to a durable client (source: npm durable-functions, getClient.js). */
export function clientData(webhook: Webhook, rpcBaseUrl: string): object {
  const { baseUrl, hubName } = webhook;
  const query = queryOf(webhook);
  const create = `${baseUrl}/orchestrators/{functionName}[/{instanceId}]`;
  const wait = "timeout={timeoutInSeconds}&pollingInterval={intervalInSeconds}";
  return {
    taskHubName: hubName,
    creationUrls: {
      createNewInstancePostUri: `${create}?${query}`,
      createAndWaitOnNewInstancePostUri: `${create}?${wait}&${query}`,
    },
    managementUrls: managementUrls(webhook, idPlaceholder),
    baseUrl,
    requiredQueryStringParameters: query,
    rpcBaseUrl,
  };
}

/** The URLs of one instance (documentation: "HTTP APIs in Durable Functions"). */
export function managementUrls(webhook: Webhook, id: string): Readonly<Record<string, string>> {
  const instance = `${webhook.baseUrl}/instances/${encodeURIComponent(id)}`;
  const query = queryOf(webhook);
  const withReason = (verb: string): string => `${instance}/${verb}?reason={text}&${query}`;
  return {
    id,
    statusQueryGetUri: `${instance}?${query}`,
    sendEventPostUri: `${instance}/raiseEvent/{eventName}?${query}`,
    terminatePostUri: withReason("terminate"),
    rewindPostUri: withReason("rewind"),
    purgeHistoryDeleteUri: `${instance}?${query}`,
    restartPostUri: `${instance}/restart?${query}`,
    suspendPostUri: withReason("suspend"),
    resumePostUri: withReason("resume"),
  };
}

function queryOf({ hubName, systemKey }: Webhook): string {
  return `taskHub=${hubName}&connection=Storage&code=${encodeURIComponent(systemKey)}`;
}

/** An instance as the API shows it; times have whole seconds. */
export function statusPayload(instance: InstanceRecord, showInput: boolean): object {
  const { name, id, status, input, customStatus, output, createdMs, updatedMs } = instance;
  return {
    name,
    instanceId: id,
    runtimeStatus: status,
    input: showInput ? parse(input) : null,
    customStatus: parse(customStatus),
    output: parse(output),
    createdTime: toSeconds(createdMs),
    lastUpdatedTime: toSeconds(updatedMs),
  };
}

function parse(text: string | null): unknown {
  return text === null ? null : JSON.parse(text);
}

function toSeconds(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

/** An Event Grid custom topic as the stages see it. */
import type { EventGridPublisherClient, SendCloudEventInput } from "@azure/eventgrid";
import { PlatformFault } from "../platform-fault.ts";
import type { Settings } from "../settings.ts";
import { toPublished } from "../stored-texts.ts";
import { count } from "../telemetry/metrics.ts";

/** A CloudEvent in JSON form: the context attributes, extensions among them, beside the data. */
export type CloudEvent = {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly subject: string;
  readonly time: string;
  readonly specversion: "1.0";
  readonly datacontenttype: "application/json";
  readonly data: object;
};

export type Topic = {
  /**
   * Resolves once the topic has them all. Throws `EventsRefused` if it never will take them as they are, else
   * `PlatformFault` (the outcome is then unknown).
   */
  send(events: readonly CloudEvent[]): Promise<void>;
};

/** The topic refuses these very events: malformed or too large. Trying again cannot help. */
export class EventsRefused extends Error {
  override readonly name = "EventsRefused";
}

/**
 * What cannot be published is noted for later, so the SDK need not be patient: a topic that never answers may hold the
 * feed up for two timeouts.
 */
const requestTimeoutMs = 5_000;
const retryOptions = { maxRetries: 1, retryDelayInMs: 100, maxRetryDelayInMs: 1_000 };

/** The SDK is loaded with the first event, not at the cold start of a function that may never publish. */
export function openTopic(settings: Settings): Topic {
  let client: Promise<EventGridPublisherClient<"CloudEvent">> | undefined;
  return {
    async send(events) {
      const inputs = events.map(inputOf);
      client ??= connect(settings);
      const publisher = await client;
      try {
        const options = { requestOptions: { timeout: requestTimeoutMs } };
        await publisher.send(inputs, options);
      } catch (error) {
        throw failureOf(error);
      }
    },
  };
}

/** Throws `PlatformFault`: that there is no client is no event's fault. */
async function connect(settings: Settings): Promise<EventGridPublisherClient<"CloudEvent">> {
  try {
    return await openClient(settings);
  } catch (error) {
    if (error instanceof PlatformFault) throw error;
    throw new PlatformFault("The client of Event Grid cannot be opened.", { cause: error });
  }
}

async function openClient(settings: Settings): Promise<EventGridPublisherClient<"CloudEvent">> {
  const { topicEndpoint, topicKey } = settings;
  if (topicEndpoint === undefined || !URL.canParse(topicEndpoint))
    throw new PlatformFault("EVENT_GRID_TOPIC_ENDPOINT is not set to a URL: there is no topic.");
  const [{ AzureKeyCredential, EventGridPublisherClient }, { transport }] = await Promise.all([
    import("@azure/eventgrid"),
    import("../http/transport.ts"),
  ]);
  const options = {
    httpClient: transport,
    retryOptions,
    allowInsecureConnection: topicEndpoint.startsWith("http://"),
  };
  if (topicKey !== undefined) {
    const credential = new AzureKeyCredential(topicKey);
    return new EventGridPublisherClient(topicEndpoint, "CloudEvent", credential, options);
  }
  const { DefaultAzureCredential } = await import("@azure/identity");
  const credential = new DefaultAzureCredential();
  return new EventGridPublisherClient(topicEndpoint, "CloudEvent", credential, options);
}

/** Throws `EventsRefused`, as the topic would: the SDK fails to build a request with such a time, and blames nobody. */
function inputOf(event: CloudEvent): SendCloudEventInput<object> {
  if (Number.isNaN(Date.parse(event.time)))
    throw new EventsRefused(`The event ${event.id} has no time: ${event.time}`);
  const { id, source, type, subject, time, specversion, datacontenttype, data, ...rest } = event;
  const extensionAttributes = rest as Record<string, unknown>;
  const context = { id, source, type, subject, time: new Date(time), datacontenttype };
  return { ...context, data: toPublished(data), extensionAttributes };
}

/**
 * 400 and 413 are the events' fault, and so is what keeps the SDK from writing them down; a wrong key, an absent topic,
 * throttling and everything else is the platform's (https://learn.microsoft.com/azure/event-grid/post-to-custom-topic).
 */
function failureOf(error: unknown): EventsRefused | PlatformFault {
  const { statusCode } = error as { statusCode?: unknown };
  const message = error instanceof Error ? error.message.split("\n")[0] : String(error);
  const said = `Event Grid: ${message ?? ""}`.slice(0, 400);
  const isUnwritable = error instanceof RangeError || error instanceof TypeError;
  if (statusCode === 400 || statusCode === 413 || isUnwritable)
    return new EventsRefused(said, { cause: error });
  count("saldo.platform.faults", { service: "event-grid" });
  return new PlatformFault(said, { cause: error });
}

import type { AdjustableClock } from "../shared/clock.ts";
import type { CallerRules } from "../shared/http/callers.ts";
import { serveHttp, withText } from "../shared/http/server.ts";
import type { WireHandler } from "../shared/wire.ts";
import type { DeliveryServices } from "./delivery/delivery-services.ts";
import { createHttpClient } from "./delivery/http-client.ts";
import { EventGridError, respondError } from "./errors.ts";
import { createRoutes } from "./http-routes.ts";
import { createSubscriptions, retire, type Subscriptions } from "./management/subscriptions.ts";
import { createTopics, type Topics } from "./management/topics.ts";
import { authenticate } from "./publishing/authentication.ts";
import { readEvents } from "./publishing/events.ts";
import { publish } from "./publishing/publish.ts";
import { createRandom } from "../shared/random.ts";
import { openRegistry } from "./registry.ts";
import { createWeather, type WeatherControl } from "./rules.ts";
import { openStore } from "./storage/store.ts";
import type { Topic } from "./topic.ts";

export type EventGridOptions = CallerRules & {
  /** Path of the SQLite file, made if it does not exist, or ":memory:". */
  readonly file: string;
  readonly clock: AdjustableClock;
  /** 0 = any free one. */
  readonly port: number;
  /** Delivery requests running at one time, for each subscription; 64 unless told. */
  readonly concurrency?: number;
  /** Of the jitter of retries; 1 unless told. */
  readonly seed?: number;
  /**
   * Told of what keeps the service from working: its file, or the storage of dead letters. Default:
   * to standard error.
   */
  readonly onFailure?: (error: unknown) => void;
};

export type EventGrid = {
  /** Without a trailing slash, e.g. `http://127.0.0.1:9010`. */
  readonly url: string;
  /** Everything that `url` serves, for callers in the same process. */
  readonly handle: WireHandler;
  readonly topics: Topics;
  readonly subscriptions: Subscriptions;
  readonly rules: WeatherControl;
  /**
   * Accepts no more events, lets running deliveries end (10 s at most) and closes the file; what is
   * not delivered then is delivered after the next start.
   */
  close(): Promise<void>;
};

/** Bodies above the limit of the service are refused in its words, up to this size. */
const mostBodyBytes = 4 * 1_048_576;
const defaultConcurrency = 64;
const closeGraceMs = 10_000;

/** Starts custom topics of Azure Event Grid on a socket, and delivers what an earlier start left. */
export async function startEventGrid(options: EventGridOptions): Promise<EventGrid> {
  const { file, clock, onFailure = writeToStderr } = options;
  const store = openStore(file, onFailure);
  const weather = createWeather();
  const services: DeliveryServices = {
    clock,
    store,
    client: createHttpClient(),
    weather,
    random: createRandom(options.seed ?? 1),
    concurrency: options.concurrency ?? defaultConcurrency,
    onFailure,
  };
  const registry = openRegistry(services);
  let url = "";
  const endpointOf = ({ name }: Topic): string => `${url}/${name}/api/events`;
  const topics = createTopics(registry, services, endpointOf);
  const subscriptions = createSubscriptions(
    registry,
    services,
    (token) => `${url}/validate?token=${token}`,
  );
  const handle = createRoutes({
    topics,
    subscriptions,
    rules: weather,
    publish: async (name, request) => {
      const topic = registry.topic(name);
      authenticate(topic, request, endpointOf(topic));
      await publish(topic, readEvents(topic, request.body), registry, services);
    },
  });
  const server = await serveHttp(withText(handle), {
    ...options,
    foreignPages: "refused",
    mostBodyBytes,
    refuse: (status, message) => respondError(new EventGridError(status, message)),
  });
  url = server.url;

  const close = async (): Promise<void> => {
    await server.close();
    const grace = new AbortController();
    const ended = Promise.all(registry.runtimes().map((runtime) => retire(runtime, services)));
    await Promise.race([ended, clock.sleep(closeGraceMs, grace.signal)]);
    grace.abort();
    services.client.close();
    await ended;
    store.transactions.flush();
    store.close();
  };
  let closed: Promise<void> | undefined;

  return {
    url,
    handle,
    topics,
    subscriptions,
    rules: weather,
    close: () => (closed ??= close()),
  };
}

function writeToStderr(error: unknown): void {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`Event Grid: ${text}\n`);
}

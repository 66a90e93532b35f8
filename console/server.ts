import { createAdaptorServer } from "@hono/node-server";
import { once } from "node:events";
import type { Server } from "node:http";
import { controlDoorAt } from "./azure/control-door.ts";
import { documentsAt, type CosmosPlace } from "./azure/documents.ts";
import { eventGridAt } from "./azure/event-grid.ts";
import { instancesAt } from "./azure/instances.ts";
import { operatorsAt } from "./azure/operators.ts";
import type { Authorize } from "./azure/source.ts";
import { telemetryAt } from "./azure/telemetry.ts";
import { createObserver } from "./flow/observer.ts";
import { createApp } from "./http/app.ts";
import { createNotices } from "./http/notices.ts";

export type ConsoleOptions = {
  /** 0 for any that is free. */
  readonly port: number;
  readonly cosmos: CosmosPlace;
  /** Where the functions are, without `/api`. */
  readonly functionsUrl: string;
  /** By which Saldo's doors for operators know the console. */
  readonly authorizeOperator: Authorize;
  /** The host's master key, for the management API of Durable Functions. */
  readonly masterKey: string;
  readonly eventGridUrl: string;
  readonly controlUrl: string;
  /** Of the telemetry sink; without it there are no traces to show. */
  readonly telemetryUrl: string | undefined;
  /** Further names by which browsers find the console, such as `host.docker.internal`. */
  readonly allowedHosts?: readonly string[];
  /** The services' time, which may be ahead of this machine's. */
  readonly now?: () => number;
};

export type Console = {
  readonly url: string;
  /** Ends it once, however often it is asked. */
  close(): Promise<void>;
};

/**
 * Starts the console on the loopback interface; resolves once it listens, rejects if it cannot. The services it looks at
 * need not be there: pages say what does not answer.
 */
export const startConsole = async (options: ConsoleOptions): Promise<Console> => {
  const { cosmos, functionsUrl, authorizeOperator, masterKey, now = Date.now } = options;
  const { allowedHosts = [] } = options;
  const documents = documentsAt(cosmos);
  const sources = {
    documents,
    operators: operatorsAt(functionsUrl, authorizeOperator),
    instances: instancesAt(functionsUrl, masterKey),
    eventGrid: eventGridAt(options.eventGridUrl),
    controlDoor: controlDoorAt(options.controlUrl),
    telemetry: telemetryAt(options.telemetryUrl),
  };
  const closing = new AbortController();
  const observer = createObserver(sources, now);
  const notices = createNotices();
  const services = { ...sources, observer, notices, now, allowedHosts, closing: closing.signal };
  const app = createApp(services);
  const server = createAdaptorServer({ fetch: app.fetch, serverOptions: timeouts }) as Server;
  const url = await listen(server, options.port).catch((error: unknown) => {
    documents.close();
    throw error;
  });
  const end = async (): Promise<void> => {
    closing.abort();
    const closed = once(server, "close");
    server.close();
    server.closeAllConnections();
    await Promise.all([closed, observer.close()]);
    documents.close();
  };
  let ended: Promise<void> | undefined;
  return { url, close: () => (ended ??= end()) };
};

/** A request is read within half a minute; a page that follows the flow stays open. */
const timeouts = { headersTimeout: 10_000, requestTimeout: 30_000 };

const listen = async (server: Server, port: number): Promise<string> => {
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("There is no port.");
  return `http://127.0.0.1:${address.port}`;
};

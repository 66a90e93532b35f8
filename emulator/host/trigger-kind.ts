import type { DurableFaults } from "../durable/faults.ts";
import type { Clock } from "../shared/clock.ts";
import type { WireHandler } from "../shared/wire.ts";
import type { HostFunction } from "./functions.ts";
import type { FrontDoor } from "./http/server.ts";
import type { StreamProxy } from "./http/stream-proxy.ts";
import type { Invoker } from "./invocation.ts";
import type { Logger } from "./log.ts";
import type { HostConfiguration } from "./settings.ts";
import type { TypedData } from "./typed-data.ts";

/** One kind of trigger; made once a host, it serves all functions that have it. */
export type TriggerKind = {
  /**
   * Begins to call the function.
   * @throws Error for options that can never work; what may heal is retried by the listener
   */
  listen(target: HostFunction): Promise<Listener> | Listener;
  /**
   * Called once, when every function has been handed over and listens.
   * @throws Error when the host cannot start
   */
  readonly begin?: () => Promise<void>;
  /** Data for a run by hand, `POST /admin/functions/{name}`; absent when it makes no sense. */
  readonly manualData?: (input: string) => TypedData;
};

export type Listener = {
  /** Resolves when the listener calls the function no more. */
  stop(): Promise<void>;
};

/** What a kind of trigger may use of the host. */
export type HostServices = {
  readonly configuration: HostConfiguration;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly invoker: Invoker;
  readonly frontDoor: FrontDoor;
  /** Present when the app enabled HTTP streams. */
  readonly streams: StreamProxy | undefined;
  readonly instanceName: string;
  readonly stateDirectory: string | undefined;
  readonly durableFaults: DurableFaults | undefined;
  readonly cosmos: (endpoint: string) => WireHandler;
  readonly onChange: ((container: string, listener: () => void) => () => void) | undefined;
};

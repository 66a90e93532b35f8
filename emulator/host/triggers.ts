import type { Clock } from "../shared/clock.ts";
import type { WireHandler } from "../shared/wire.ts";
import type { Binding } from "./core-module.ts";
import { createCosmosTrigger } from "./cosmos-trigger/trigger.ts";
import type { HostFunction } from "./functions.ts";
import type { FrontDoor } from "./http/server.ts";
import type { StreamProxy } from "./http/stream-proxy.ts";
import { createHttpTrigger } from "./http/trigger.ts";
import type { Invoker } from "./invocation.ts";
import type { Logger } from "./log.ts";
import type { HostConfiguration } from "./settings.ts";
import { createTimerTrigger } from "./timer-trigger/trigger.ts";
import type { TypedData } from "./typed-data.ts";

/**
 * The kinds of trigger the host knows, by binding type in lower case. A new kind is one file that
 * makes a `TriggerKind` and one line here.
 */
export const triggerKinds: Readonly<Record<string, (services: HostServices) => TriggerKind>> = {
  httptrigger: createHttpTrigger,
  cosmosdbtrigger: createCosmosTrigger,
  timertrigger: createTimerTrigger,
};

/** The input bindings beside triggers the host knows, in the same manner; none so far. */
export const inputKinds: Readonly<Record<string, (services: HostServices) => InputKind>> = {};

/** Makes the data of one input binding, at each invocation of the function. */
export type InputKind = (binding: Binding) => TypedData;

/** Made once a host; serves all functions with this kind of trigger. */
export type TriggerKind = {
  /**
   * Begins to call the function.
   * @throws Error for options that can never work; what may heal is retried by the listener
   */
  listen(target: HostFunction): Promise<Listener> | Listener;
  /** Data for a run by hand, `POST /admin/functions/{name}`; absent when it makes no sense. */
  readonly manualData?: (target: HostFunction, input: string) => TypedData;
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
  /** Aborted when the host begins to stop. */
  readonly stopping: AbortSignal;
  readonly instanceName: string;
  readonly stateDirectory: string | undefined;
  readonly cosmos: (endpoint: string) => WireHandler;
  readonly onChange: ((container: string, listener: () => void) => () => void) | undefined;
};

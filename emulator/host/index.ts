import { randomUUID } from "node:crypto";
import type { DurableFaults } from "../durable/faults.ts";
import type { AdjustableClock } from "../shared/clock.ts";
import type { WireHandler } from "../shared/wire.ts";
import { claimProcess, loadApp } from "./app-loader.ts";
import { openTelemetry, type HostTelemetry } from "./application-insights/telemetry.ts";
import { createCoreModule, type CoreModule, type CoreResponse } from "./core-module.ts";
import { openHttpTransport } from "./http-transport.ts";
import { startFunctions, type FunctionInfo } from "./function-table.ts";
import { createAdministration } from "./http/admin.ts";
import { listen, type FrontDoor } from "./http/server.ts";
import { readCapabilities } from "./http/stream-proxy.ts";
import { createInvoker, type InvocationRequest } from "./invocation.ts";
import {
  createLogger,
  describeError,
  writeWarningsToStderr,
  type LogEntry,
  type Logger,
} from "./log.ts";
import {
  applySettings,
  readConfiguration,
  readSetting,
  type HostConfiguration,
} from "./settings.ts";
import type { HostServices } from "./trigger-kind.ts";

export type HostOptions = {
  /** Root of the function app: package.json, host.json, local.settings.json. */
  readonly directory: string;
  readonly clock: AdjustableClock;
  /** Default: local.settings.json `Host.LocalHttpPort`, else 7071; 0 = any free one. */
  readonly port?: number;
  /** Further names by which clients reach the host's own endpoints; functions answer to any. */
  readonly allowedHosts?: readonly string[];
  /** App settings that win over local.settings.json and the environment. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Access keys by name, beside those of local.settings.json `Host.Keys`. */
  readonly keys?: Readonly<Record<string, string>>;
  /** Name of this instance, the owner of its leases; default: a random one. */
  readonly name?: string;
  /** Where timers keep their occurrences and task hubs all they hold; default: in memory only. */
  readonly stateDirectory?: string;
  /** What tests break in the turns of orchestrators. */
  readonly durableFaults?: DurableFaults;
  /** Default: warnings and worse to standard error. */
  readonly log?: (entry: LogEntry) => void;
  /** Transport to a Cosmos endpoint; default: HTTP over kept-alive connections. */
  readonly cosmos?: (endpoint: string) => WireHandler;
  /**
   * Wake-up hint: calls `listener` when the container `dbs/x/colls/y` has changed, so that a
   * drained feed is read at once; without it, after its `feedPollDelay`. Returns its own end.
   */
  readonly onChange?: (container: string, listener: () => void) => () => void;
};

export type FunctionsHost = {
  /** Without a trailing slash, e.g. `http://127.0.0.1:7071`. */
  readonly url: string;
  readonly functions: readonly FunctionInfo[];
  /** Runs a function once, passing by its trigger; rejects with what the handler threw. */
  invoke(name: string, request: InvocationRequest): Promise<CoreResponse>;
  /**
   * Stops accepting requests, lets running invocations end (10 s at most), gives leases back and
   * runs the appTerminate hooks.
   */
  stop(): Promise<void>;
};

export type { FunctionInfo, LogEntry };

const stopGraceMs = 10_000;

/**
 * Runs a function app written with the v4 programming model of `@azure/functions` in this process.
 * @throws ConfigurationError when its configuration files cannot be used
 * @throws AppLoadError when it does not load, registers no function, or is the second in a process
 */
export async function startHost(options: HostOptions): Promise<FunctionsHost> {
  const configuration = readConfiguration(options.directory, options.keys ?? {});
  claimProcess(configuration.directory);
  applySettings(configuration, options.settings ?? {});
  const instanceName = options.name ?? randomUUID();
  const { logger, telemetry } = openLog(options, configuration, instanceName);
  const { port = configuration.port, allowedHosts = [] } = options;
  const { corsOrigins } = configuration;
  const frontDoor = await listen(port, { corsOrigins, allowedHosts }, logger);
  process.env["WEBSITE_HOSTNAME"] = `127.0.0.1:${frontDoor.port}`;
  try {
    const core = createCoreModule(logger);
    await loadApp(configuration, core);
    return await runApp(options, {
      configuration,
      instanceName,
      logger,
      telemetry,
      frontDoor,
      core,
    });
  } catch (error) {
    await frontDoor.close();
    await telemetry?.close();
    throw error;
  }
}

/** The log goes to whoever reads it here, and to Application Insights if the app settings name one. */
function openLog(
  { log = writeWarningsToStderr }: HostOptions,
  { logLevels, sampling }: HostConfiguration,
  instanceName: string,
): { readonly logger: Logger; readonly telemetry: HostTelemetry | undefined } {
  const connectionString = readSetting("APPLICATIONINSIGHTS_CONNECTION_STRING") ?? "";
  if (connectionString === "")
    return { logger: createLogger(logLevels, log), telemetry: undefined };
  const logger = createLogger(logLevels, (entry) => {
    log(entry);
    telemetry.recordLine(entry);
  });
  const telemetry = openTelemetry({
    connectionString,
    sampling,
    roleName: cloudRoleName(),
    instanceName,
    warn: (message) => {
      logger.write("warning", "Host.Telemetry", message);
    },
  });
  return { logger, telemetry };
}

/** Source: Azure/azure-webjobs-sdk, WebJobsRoleEnvironmentTelemetryInitializer. */
function cloudRoleName(): string {
  const given = readSetting("WEBSITE_CLOUD_ROLENAME");
  if (given !== undefined && given !== "") return given;
  const slot = readSetting("WEBSITE_SLOT_NAME") ?? "production";
  const site = (readSetting("WEBSITE_SITE_NAME") ?? "").toLowerCase();
  return slot.toLowerCase() === "production" ? site : `${site}-${slot.toLowerCase()}`;
}

type LoadedApp = {
  readonly configuration: HostConfiguration;
  readonly instanceName: string;
  readonly logger: Logger;
  readonly telemetry: HostTelemetry | undefined;
  readonly frontDoor: FrontDoor;
  readonly core: CoreModule;
};

async function runApp(options: HostOptions, app: LoadedApp): Promise<FunctionsHost> {
  const { configuration, instanceName, logger, telemetry, frontDoor, core } = app;
  const model = core.model();
  if (model === undefined) throw new Error("The app has set no programming model.");
  const hookData = {};
  await core.runHooks("appStart", { hookData });
  const streams = await readCapabilities(model);
  core.lock();

  const invoker = createInvoker({ core, model, logger, telemetry });
  const services: HostServices = {
    configuration,
    clock: options.clock,
    logger,
    invoker,
    frontDoor,
    streams,
    instanceName,
    stateDirectory: options.stateDirectory,
    durableFaults: options.durableFaults,
    cosmos: options.cosmos ?? openHttpTransport,
    onChange: options.onChange,
  };
  const table = await startFunctions(core.functions.values(), services);
  frontDoor.mount("/admin", createAdministration(services, table));
  frontDoor.open();
  logger.write("information", "Host.Startup", `Host started at ${frontDoor.url}.`);

  const stop = async (): Promise<void> => {
    const closed = frontDoor.close();
    logger.write("information", "Host.Shutdown", "Host is stopping.");
    const ended = Promise.all([table.stop(), invoker.idle(), closed]);
    const grace = new AbortController();
    await Promise.race([ended, options.clock.sleep(stopGraceMs, grace.signal)]);
    grace.abort();
    frontDoor.cut();
    try {
      await core.runHooks("appTerminate", { hookData });
    } catch (error) {
      logger.write("error", "Host.Shutdown", `appTerminate failed: ${describeError(error)}`);
    }
    await closed;
    await telemetry?.close();
  };
  let stopped: Promise<void> | undefined;

  return {
    url: frontDoor.url,
    functions: table.functions,
    invoke: (name, request) => invoker.invoke(table.find(name), request),
    stop: () => (stopped ??= stop()),
  };
}

import { inputKinds, triggerKinds } from "./binding-kinds.ts";
import type { Registration } from "./core-module.ts";
import { toHostFunction, type HostFunction } from "./functions.ts";
import { describeError } from "./log.ts";
import { readSetting } from "./settings.ts";
import type { HostServices, Listener, TriggerKind } from "./trigger-kind.ts";

export type FunctionInfo = {
  readonly name: string;
  /** E.g. `httpTrigger`. */
  readonly trigger: string;
  /** By the app setting `AzureWebJobs.<name>.Disabled`. */
  readonly isDisabled: boolean;
  /** Why the function cannot run; the others do. */
  readonly error?: string;
};

export type FunctionTable = {
  readonly functions: readonly FunctionInfo[];
  /** @throws Error when there is none of this name (case ignored) that can run */
  find(name: string): HostFunction;
  /** Starts a run by hand with the text of `input`, not waiting for its end. */
  run(name: string, input: string): ManualRun;
  /** Ends all listening; resolves when no listener calls a function any more. */
  stop(): Promise<void>;
};

type ManualRun = "started" | "unknown-function" | "not-runnable";

type Entry = { readonly target: HostFunction; readonly kind: TriggerKind };

/**
 * Gives every registered function to the kind of its trigger. One that cannot run is reported and
 * left out; the others run, as in Azure.
 */
export async function startFunctions(
  registrations: Iterable<Registration>,
  services: HostServices,
): Promise<FunctionTable> {
  const { invoker, logger } = services;
  const kinds = instantiate(triggerKinds, services);
  const inputs = instantiate(inputKinds, services);
  const entries = new Map<string, Entry>();
  const listeners: Listener[] = [];

  const start = async (registration: Registration): Promise<void> => {
    const target = toHostFunction(registration, inputs);
    const kind = kinds.get(target.triggerType);
    if (kind === undefined) {
      throw new Error(`The trigger type "${target.trigger.type}" is not supported.`);
    }
    entries.set(target.name.toLowerCase(), { target, kind });
    listeners.push(await kind.listen(target));
  };

  const tryToStart = async (registration: Registration): Promise<FunctionInfo> => {
    const { name } = registration.metadata;
    const info = { name, trigger: triggerTypeOf(registration), isDisabled: isDisabled(name) };
    try {
      if (!info.isDisabled) await start(registration);
      return info;
    } catch (error) {
      entries.delete(name.toLowerCase());
      const reason = error instanceof Error ? error.message : String(error);
      logger.write("error", "Host.Startup", `The '${name}' function is in error: ${reason}`);
      return { ...info, error: reason };
    }
  };

  const stop = async (): Promise<void> => {
    await Promise.all(listeners.map((listener) => listener.stop()));
  };

  const functions = await Promise.all([...registrations].map(tryToStart));
  try {
    await Promise.all([...kinds.values()].map(async (kind) => kind.begin?.()));
  } catch (error) {
    await stop();
    throw error;
  }

  const run = (name: string, input: string): ManualRun => {
    const entry = entries.get(name.toLowerCase());
    if (entry === undefined) return "unknown-function";
    if (entry.kind.manualData === undefined) return "not-runnable";
    const data = entry.kind.manualData(input);
    invoker.invoke(entry.target, { data }).catch((error: unknown) => {
      logger.write("debug", "Host.Admin", `The run of '${name}' failed: ${describeError(error)}`);
    });
    return "started";
  };

  return {
    functions,
    find: (name) => {
      const entry = entries.get(name.toLowerCase());
      if (entry === undefined) throw new Error(`There is no function "${name}" that can run.`);
      return entry.target;
    },
    run,
    stop,
  };
}

function instantiate<T>(
  factories: Readonly<Record<string, (services: HostServices) => T>>,
  services: HostServices,
): ReadonlyMap<string, T> {
  return new Map(Object.entries(factories).map(([type, create]) => [type, create(services)]));
}

function triggerTypeOf({ metadata }: Registration): string {
  const types = Object.values(metadata.bindings).map(({ type }) => type);
  return types.find((type) => /trigger$/i.test(type)) ?? "none";
}

/** Documentation: "How to disable functions in Azure Functions". */
function isDisabled(name: string): boolean {
  const value = readSetting(`AzureWebJobs.${name}.Disabled`)?.toLowerCase();
  return value === "true" || value === "1";
}

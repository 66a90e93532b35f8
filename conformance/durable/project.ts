/** All that this suite uses of the project's insides: what moves there is adapted here. */
import { claimProcess, loadApp } from "../../emulator/host/app-loader.ts";
import { createCoreModule } from "../../emulator/host/core-module.ts";
import {
  toHostFunction,
  type HostFunction,
  type InputKind,
} from "../../emulator/host/functions.ts";
import { startHost, type FunctionsHost } from "../../emulator/host/index.ts";
import { createInvoker } from "../../emulator/host/invocation.ts";
import type { TypedData } from "../../emulator/host/typed-data.ts";
import { createClock } from "../../emulator/shared/clock.ts";

export type OpenedApp = {
  /** By their names in lower case. */
  readonly functions: ReadonlyMap<string, HostFunction>;
  /** Runs a function once; rejects with what it threw. */
  invoke(name: string, data: TypedData): Promise<unknown>;
};

/** The parts of the embedded host that load an app and run its functions, without any trigger. */
export async function openApp(
  directory: string,
  inputs: Readonly<Record<string, InputKind>>,
): Promise<OpenedApp> {
  const silent = { isEnabled: () => false, write: () => undefined };
  const core = createCoreModule(silent);
  claimProcess(directory);
  await loadApp({ directory, main: "app.ts" }, core);
  const model = core.model();
  if (model === undefined) throw new Error("The app has set no programming model.");
  core.lock();
  const invoker = createInvoker({ core, model, logger: silent, telemetry: undefined });
  const kinds = new Map(Object.entries(inputs));
  const functions = new Map<string, HostFunction>();
  for (const registration of core.functions.values()) {
    const target = toHostFunction(registration, kinds);
    functions.set(target.name.toLowerCase(), target);
  }
  return {
    functions,
    invoke: (name, data) => {
      const target = functions.get(name.toLowerCase());
      if (target === undefined) throw new Error(`There is no function ${name}.`);
      return invoker.invoke(target, { data });
    },
  };
}

/** The whole embedded host, Durable Functions included. */
export function startEmbeddedHost(directory: string, key: string): Promise<FunctionsHost> {
  return startHost({ directory, clock: createClock(), port: 0, keys: { master: key } });
}

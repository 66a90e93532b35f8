import { globSync } from "node:fs";
import Module, { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { CoreModule } from "./core-module.ts";

/** Thrown when the function app does not load, or loads without registering a function. */
class AppLoadError extends Error {
  override readonly name = "AppLoadError";
}

const coreModuleName = "@azure/functions-core";

/** Node's own loader hook: undocumented, yet what every `require`, also of ESM, goes through. */
type ModuleLoader = { _load(request: string, ...rest: readonly unknown[]): unknown };

let claimedBy: string | undefined;

/**
 * @throws AppLoadError when this process has claimed an app before: the library keeps the
 *   programming model and its locks in globals
 */
export function claimProcess(directory: string): void {
  if (claimedBy !== undefined) {
    throw new AppLoadError(
      `This process already hosts the function app in ${claimedBy}. @azure/functions keeps its ` +
        "registrations in globals: run each app in a process or worker thread of its own.",
    );
  }
  claimedBy = directory;
}

/**
 * Loads every entry file of the function app, which registers its functions with `core`. The
 * module system of each file is Node's choice (`.mjs`, `.cjs`, `"type"`).
 * @throws AppLoadError when an entry file throws, none is found or no function was registered
 */
export async function loadApp(
  { directory, main }: { readonly directory: string; readonly main: string },
  core: CoreModule,
): Promise<void> {
  provideCoreModule(core);
  for (const file of entryFiles(directory, main)) {
    try {
      await import(pathToFileURL(file).href);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new AppLoadError(`The entry file ${file} failed to load: ${reason}`, { cause: error });
    }
  }
  assertRegistered(directory, core);
}

function provideCoreModule(core: CoreModule): void {
  const loader = Module as unknown as ModuleLoader;
  const load = loader._load.bind(Module);
  loader._load = (request, ...rest) =>
    request === coreModuleName ? core.exports : load(request, ...rest);
}

function entryFiles(directory: string, main: string): readonly string[] {
  const files = globSync(main, { cwd: directory })
    .sort()
    .map((file) => resolve(directory, file));
  if (files.length === 0) {
    throw new AppLoadError(`"main" in package.json matches no file: ${join(directory, main)}`);
  }
  return files;
}

function assertRegistered(directory: string, core: CoreModule): void {
  if (core.functions.size > 0) return;
  const cause =
    core.model() !== undefined
      ? "Its entry files ran but registered none."
      : isLibraryLoaded(directory)
        ? "@azure/functions was imported before the host started, so it is in its test mode: start " +
          "the host before anything imports the app."
        : "Its entry files never imported @azure/functions.";
  throw new AppLoadError(`No functions were found in ${directory}. ${cause}`);
}

function isLibraryLoaded(directory: string): boolean {
  const require = createRequire(join(directory, "package.json"));
  try {
    return require.resolve("@azure/functions") in require.cache;
  } catch {
    return false;
  }
}

import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { parseConnectionString } from "../event-grid/delivery/blob-storage.ts";
import { createContainer } from "./create-container.ts";

export type AzuriteOptions = {
  /** Where it keeps its blobs; made if it does not exist. */
  readonly directory: string;
  /** Of the blob service; 10000 is what `UseDevelopmentStorage=true` means, 0 any free one. */
  readonly port: number;
  /** Containers to make unless they exist: in Azure, Event Grid makes none for its dead letters. */
  readonly containers?: readonly string[];
};

export type Azurite = {
  /** Of the well-known account, e.g. `http://127.0.0.1:10000/devstoreaccount1`. */
  readonly blobUrl: string;
  readonly connectionString: string;
  /** Ends the process, once it has saved what it was given. */
  close(): Promise<void>;
};

/** What Azurite prints when it takes requests; the port is known only then if any would do. */
const listeningPattern = /successfully listens on (http:\/\/\S+)/;
const closeGraceMs = 10_000;

/**
 * Starts the blob service of Azurite, Microsoft's own emulator of Azure Storage, in a process that
 * ends with this one, however this one ends (documentation: "Use the Azurite emulator").
 * @throws Error when the package is not installed, or Azurite does not start: its own words
 */
export async function startAzurite(options: AzuriteOptions): Promise<Azurite> {
  const { directory, port, containers = [] } = options;
  const program = findAzurite(import.meta.url);
  await mkdir(directory, { recursive: true });
  const settings = ["--location", directory, "--blobPort", String(port)];
  const switches = ["silent", "skipApiVersionCheck", "disableProductStyleUrl", "disableTelemetry"];
  const child = fork(program, [...settings, ...switches.map((name) => `--${name}`)], {
    execArgv: ["--import", new URL("./child-of-emulator.ts", import.meta.url).href],
    env: { ...process.env, AZURITE_LOCK: join(directory, "lock.sqlite") },
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    // In a process group of its own: Ctrl-C reaches the emulator, which still writes dead letters.
    detached: true,
  });
  const close = (): Promise<void> => end(child);
  try {
    const account = parseConnectionString("UseDevelopmentStorage=true");
    const blobUrl = `${await listeningUrl(child)}/${account.name}`;
    for (const name of containers) {
      await createContainer({ ...account, blobEndpoint: blobUrl }, name);
    }
    const connectionString =
      `DefaultEndpointsProtocol=http;AccountName=${account.name};` +
      `AccountKey=${account.key};BlobEndpoint=${blobUrl};`;
    return { blobUrl, connectionString, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/**
 * The blob service's program.
 * @param from the module in whose `node_modules` it is looked for
 * @throws Error when the package is not there
 */
export function findAzurite(from: string | URL): string {
  const require = createRequire(from);
  try {
    return require.resolve("azurite/dist/src/blob/main.js");
  } catch (error) {
    throw new Error(
      "Azurite, which stores dead letters, is not installed: npm install --save-dev azurite",
      { cause: error },
    );
  }
}

/** Rejects with what it printed when the process ends instead. */
function listeningUrl(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let printed = "";
    const read = (chunk: string): void => {
      printed += chunk;
      const url = listeningPattern.exec(printed)?.[1];
      if (url === undefined) return;
      child.stdout?.off("data", read).resume();
      child.stderr?.off("data", read).pipe(process.stderr, { end: false });
      resolve(url);
    };
    child.stdout?.setEncoding("utf8").on("data", read);
    child.stderr?.setEncoding("utf8").on("data", read);
    child.once("error", reject);
    child.once("close", (code: number | null) => {
      reject(new Error(`Azurite ended with ${String(code)} while starting:\n${printed}`));
    });
  });
}

async function end(child: ChildProcess): Promise<void> {
  const isRunning = child.pid !== undefined && child.exitCode === null && child.signalCode === null;
  if (!isRunning) return;
  const exited = once(child, "exit");
  const killing = setTimeout(() => child.kill("SIGKILL"), closeGraceMs);
  if (child.connected) child.disconnect();
  await exited;
  clearTimeout(killing);
}

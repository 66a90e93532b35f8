import { fork, spawn, type ChildProcess } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildProgram } from "../dotnet.ts";
import { manage, type Management } from "./management.ts";

/** An engine that runs an app. */
export type Engine = {
  readonly management: Management;
  /** Runs a function of the app once, passing by its trigger; rejects with what it threw. */
  invoke(name: string, input: unknown): Promise<unknown>;
};

export type Engines = { readonly real: Engine; readonly embedded: Engine };

/**
 * Runs an app on the Durable Task extension of .NET, on Azurite, and in the embedded host. Both have
 * the task hub and the limits of timers that are in the app's host.json.
 *
 * @param app directory with `app.ts`, `host.json` and `package.json`
 */
export async function withEngines(
  app: URL,
  use: (engines: Engines) => Promise<void>,
): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), "durable-"));
  const processes: ChildProcess[] = [];
  try {
    await use(await startEngines(fileURLToPath(app), directory, processes));
  } finally {
    for (const child of processes) child.kill("SIGKILL");
    await rm(directory, { recursive: true, force: true });
  }
}

async function startEngines(
  app: string,
  directory: string,
  processes: ChildProcess[],
): Promise<Engines> {
  const program = buildProgram(new URL("engine", import.meta.url), "engine");
  const script = (name: string, ...words: readonly string[]): ChildProcess => {
    const child = fork(new URL(name, import.meta.url), words, { silent: true });
    processes.push(child);
    return child;
  };
  const [bridge = ""] = await addressesOf(script("bridge.ts", app));
  const storage = await startStorage(directory, processes);
  const engine = spawn("dotnet", [program], {
    env: {
      ...process.env,
      ...(await hubSettings(app)),
      BRIDGE: bridge,
      AzureWebJobsStorage: storage,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  processes.push(engine);
  await addressesOf(engine);
  const client = (await (await fetch(`${bridge}/client`)).json()) as {
    readonly rpcBaseUrl: string;
  };
  const [host = "", invocations = ""] = await addressesOf(
    script("embedded-host.ts", app, "master"),
  );
  return {
    real: {
      management: manage(client.rpcBaseUrl.replace(/\/$/, ""), "none"),
      invoke: invokeAt(bridge),
    },
    embedded: {
      management: manage(`${host}/runtime/webhooks/durabletask`, "master"),
      invoke: invokeAt(invocations),
    },
  };
}

/** What Microsoft's host is told of the settings that the embedded one reads from host.json. */
async function hubSettings(app: string): Promise<Readonly<Record<string, string>>> {
  const { extensions } = JSON.parse(await readFile(join(app, "host.json"), "utf8")) as {
    readonly extensions: {
      readonly durableTask: {
        readonly hubName: string;
        readonly emulator: {
          readonly maximumShortTimerDuration: string;
          readonly longRunningTimerIntervalDuration: string;
        };
      };
    };
  };
  const { hubName, emulator } = extensions.durableTask;
  return {
    HUB: hubName,
    MAX_TIMER: emulator.maximumShortTimerDuration,
    TIMER_PIECE: emulator.longRunningTimerIntervalDuration,
  };
}

type Invoked = {
  readonly ok?: { readonly returnValue?: { readonly json?: string; readonly string?: string } };
  readonly error?: { readonly message: string };
};

/** Invokes functions at a server of invocations.ts. */
function invokeAt(address: string): Engine["invoke"] {
  return async (name, input) => {
    const response = await fetch(`${address}/invoke/${encodeURIComponent(name)}`, {
      method: "POST",
      body: JSON.stringify({ data: { string: JSON.stringify(input) } }),
    });
    const { ok, error } = (await response.json()) as Invoked;
    if (error !== undefined) throw new Error(error.message);
    const value = ok?.returnValue;
    return value?.json === undefined
      ? (value?.string ?? null)
      : (JSON.parse(value.json) as unknown);
  };
}

/** Of Azurite's well-known account. */
const storageKey =
  "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

/** Gives the connection string of blobs, queues and tables on free ports. */
async function startStorage(directory: string, processes: ChildProcess[]): Promise<string> {
  const main = createRequire(import.meta.url).resolve("azurite/dist/src/azurite.js");
  const ports = ["--blobPort", "0", "--queuePort", "0", "--tablePort", "0"];
  const switches = ["--silent", "--disableTelemetry", "--skipApiVersionCheck"];
  const child = fork(main, ["--location", directory, ...ports, ...switches], { silent: true });
  processes.push(child);
  const account = "devstoreaccount1";
  const services = ["Blob", "Queue", "Table"];
  const urls = await lineOf(child, (text) => {
    const found = services.map(
      (service) =>
        new RegExp(`${service} service [^\n]*successfully[^\n]* (http://\\S+)`).exec(text)?.[1],
    );
    return found.some((url) => url === undefined) ? undefined : found;
  });
  const endpoints = services.map(
    (name, index) => `${name}Endpoint=${urls[index] ?? ""}/${account};`,
  );
  return `DefaultEndpointsProtocol=http;AccountName=${account};AccountKey=${storageKey};${endpoints.join("")}`;
}

/** What a process prints when it is ready: `READY ADDRESS…`. */
function addressesOf(child: ChildProcess): Promise<readonly string[]> {
  return lineOf(child, (text) => /^READY ?(.*)$/m.exec(text)?.[1]?.split(" "));
}

/** Reads what a process prints until something is found in it; rejects with it when it ends before. */
function lineOf<T>(child: ChildProcess, find: (text: string) => T | undefined): Promise<T> {
  return new Promise((resolve, reject) => {
    let printed = "";
    const read = (chunk: Buffer): void => {
      printed += chunk.toString();
      const found = find(printed);
      if (found !== undefined) resolve(found);
    };
    child.stdout?.on("data", read);
    child.stderr?.on("data", read);
    child.once("close", (code) => {
      reject(new Error(`A process ended with ${String(code)}:\n${printed}`));
    });
  });
}

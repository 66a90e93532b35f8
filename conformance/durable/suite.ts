import { fork, spawn, type ChildProcess } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildProgram } from "../dotnet.ts";
import type { Outcome, Suite } from "../suite.ts";
import { manage, type Management } from "./management.ts";
import { lastScenarios, scenarios, type Scenario } from "./scenarios.ts";

/** The Durable Task extension of .NET, on Azurite, and the embedded Durable Functions run one app. */
export const durable: Suite = {
  name: "durable",
  knownDifferences: new URL("known-differences.txt", import.meta.url),
  run: async (selection, report) => {
    const directory = await mkdtemp(join(tmpdir(), "durable-"));
    const processes: ChildProcess[] = [];
    try {
      const engines = await startEngines(directory, processes);
      await compareAll(engines, selection, report);
    } finally {
      for (const child of processes) child.kill("SIGKILL");
      await rm(directory, { recursive: true, force: true });
    }
  },
};

const app = fileURLToPath(new URL("app", import.meta.url));

type Engines = { readonly real: Management; readonly embedded: Management };

async function startEngines(directory: string, processes: ChildProcess[]): Promise<Engines> {
  const program = buildProgram(new URL("engine", import.meta.url), "engine");
  const script = (name: string, ...words: readonly string[]): ChildProcess => {
    const child = fork(new URL(name, import.meta.url), words, { silent: true });
    processes.push(child);
    return child;
  };
  const bridge = await addressOf(script("bridge.ts", app));
  const storage = await startStorage(directory, processes);
  const engine = spawn("dotnet", [program], {
    env: {
      ...process.env,
      BRIDGE: bridge,
      HUB: "Conformance",
      AzureWebJobsStorage: storage,
      MAX_TIMER: "00:00:30",
      TIMER_PIECE: "00:00:03",
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  processes.push(engine);
  await addressOf(engine);
  const client = (await (await fetch(`${bridge}/client`)).json()) as {
    readonly rpcBaseUrl: string;
  };
  const host = await addressOf(script("embedded-host.ts", app, "master"));
  return {
    real: manage(client.rpcBaseUrl.replace(/\/$/, ""), "none"),
    embedded: manage(`${host}/runtime/webhooks/durabletask`, "master"),
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

/** What a process says that is ready: `READY ADDRESS`. */
function addressOf(child: ChildProcess): Promise<string> {
  return lineOf(child, (text) => /^READY ?(.*)$/m.exec(text)?.[1]);
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

const atOneTime = 6;

async function compareAll(
  { real, embedded }: Engines,
  selection: string,
  report: (outcome: Outcome) => void,
): Promise<void> {
  const compare = async ([name, scenario]: readonly [string, Scenario]): Promise<void> => {
    const [wanted, got] = await Promise.all([saw(scenario, real), saw(scenario, embedded)]);
    const passed = wanted === got;
    report({ name, passed, reason: passed ? "" : `wanted ${wanted}, got ${got}` });
  };
  const selected = (all: Readonly<Record<string, Scenario>>): (readonly [string, Scenario])[] =>
    Object.entries(all).filter(([name]) => name.includes(selection));
  const queue = selected(scenarios);
  await Promise.all(
    Array.from({ length: atOneTime }, async () => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) await compare(next);
    }),
  );
  for (const entry of selected(lastScenarios)) await compare(entry);
}

/** As JSON, without ids and the frames of stacks. */
async function saw(scenario: Scenario, engine: Management): Promise<string> {
  try {
    const text = engine.withoutIds(JSON.stringify(await scenario(engine)));
    return text.replaceAll(/\\n\s+at .*?(?=\\n|\\"|\)"|")/g, "");
  } catch (error) {
    return `broke off: ${String(error)}`;
  }
}

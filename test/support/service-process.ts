/** Parts of the local system as processes of their own, for tests that kill them. */
import { type ChildProcess, spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";
import { after } from "node:test";
import { fileURLToPath } from "node:url";
import { localConnection, localKeys } from "../../scripts/local-azure.ts";
import { topicName } from "../../src/subscriptions.ts";

type Address = "functions" | "admin" | "event-grid" | "cosmos" | "identity" | "control";

/** What each script prints the address of once it is ready. */
const scripts = {
  start: ["functions", "admin", "event-grid", "cosmos", "identity", "control"],
  "local-services": ["cosmos", "event-grid", "identity", "control"],
  "local-functions": ["functions"],
} as const satisfies Record<string, readonly Address[]>;

type Script = keyof typeof scripts;

export type ServiceProcess<Name extends Address> = {
  readonly urls: Readonly<Record<Name, string>>;
  /** Ends it as kill -9 does: nothing is finished, nothing is given back. */
  kill(): Promise<void>;
  /** Asks it to finish what is under way and to stop. */
  stop(): Promise<void>;
};

/** Called when the whole file is done, wherever in it a service was started. */
const endings = new Set<() => Promise<void>>();
after(() => Promise.all([...endings].map((end) => end())));

/** Starts a script of `scripts/` on the bundle that is there; ready when it has told its addresses. */
export async function startService<Name extends Script>(
  script: Name,
  environment: Readonly<Record<string, string>>,
): Promise<ServiceProcess<(typeof scripts)[Name][number]>> {
  const file = fileURLToPath(new URL(`../../scripts/${script}.ts`, import.meta.url));
  const child = spawn(process.execPath, [file, "--no-build"], {
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, "exit");
    child.kill(signal);
    await exited;
  };
  endings.add(() => end("SIGKILL"));
  return {
    urls: await addressesOf(child, script),
    kill: () => end("SIGKILL"),
    stop: () => end("SIGTERM"),
  };
}

function addressesOf(child: ChildProcess, script: Script): Promise<Record<Address, string>> {
  const { stdout, stderr } = child;
  return new Promise((resolve, reject) => {
    let printed = "";
    const hear = (chunk: Buffer): void => {
      printed += chunk.toString();
      const lines = printed.matchAll(
        /^ {2}(functions|admin|event-grid|cosmos|identity|control) +(http:\/\/[\d.]+:\d+)[/ ]/gm,
      );
      const found = [...lines].map(([, name, url]) => [name, url] as const);
      const urls = Object.fromEntries(found) as Record<Address, string>;
      if (!scripts[script].every((name) => name in urls)) return;
      resolve(urls);
      // What it complains about while others are being killed is no news; why it does not start would be.
      stdout?.off("data", hear).resume();
      stderr?.off("data", hear).resume();
    };
    stdout?.on("data", hear);
    stderr?.on("data", hear);
    child.once("close", () => {
      reject(new Error(`${script} has ended, and had only this to say: ${printed}`));
    });
  });
}

/** The environment that brings a service back where it was; where nobody looks it may be elsewhere. */
export function portsOf(urls: Partial<Readonly<Record<Address, string>>>): Record<string, string> {
  const ports = Object.entries(urls).map(([name, url]) => [
    `SALDO_${name.toUpperCase().replace("-", "_")}_PORT`,
    new URL(url).port,
  ]);
  return { ...anyPorts, ...(Object.fromEntries(ports) as Record<string, string>) };
}

/** The environment in which a service takes any free ports. */
export const anyPorts = {
  SALDO_FUNCTIONS_PORT: "0",
  SALDO_ADMIN_PORT: "0",
  SALDO_CONSOLE_PORT: "0",
  SALDO_COSMOS_PORT: "0",
  SALDO_EVENT_GRID_PORT: "0",
  SALDO_IDENTITY_PORT: "0",
  SALDO_CONTROL_PORT: "0",
  SALDO_BLOB_PORT: "0",
  SALDO_TELEMETRY_PORT: "0",
};

/**
 * The environment in which a service takes ports that are still free when it comes back after a kill: below the range from
 * which outgoing connections take theirs (32768 and above on Linux).
 */
export async function keptPorts(): Promise<Record<string, string>> {
  const ports = new Set<number>();
  while (ports.size < Object.keys(anyPorts).length) {
    const port = randomInt(20_000, 32_768);
    if (await isFree(port)) ports.add(port);
  }
  const found = [...ports];
  return Object.fromEntries(Object.keys(anyPorts).map((name, index) => [name, `${found[index]}`]));
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, "127.0.0.1");
  try {
    await once(server, "listening");
    return true;
  } catch {
    return false; // somebody listens there
  } finally {
    server.close();
  }
}

/** The environment of function apps on local services of a process of their own. */
export function functionsOn(
  services: Readonly<Record<"cosmos" | "event-grid" | "identity" | "control", string>>,
): Record<string, string> {
  return {
    COSMOS: localConnection(services.cosmos),
    EVENT_GRID_TOPIC_ENDPOINT: `${services["event-grid"]}/${topicName}/api/events`,
    EVENT_GRID_TOPIC_KEY: localKeys.topic,
    IDENTITY_ISSUER: services.identity,
    SALDO_CONTROL_URL: services.control,
    SALDO_FUNCTIONS_PORT: "0",
    FEED_POLL_DELAY_MS: "50",
  };
}

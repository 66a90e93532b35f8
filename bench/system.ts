/** The system under measurement: `npm start` in a process of its own, on fresh data. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export type MeasuredSystem = {
  readonly functionsUrl: string;
  readonly cosmosUrl: string;
  readonly controlUrl: string;
  /** CPU time used so far, user and system together, in ms (Linux only; else 0). */
  cpuMs(): number;
  /** Resident memory, in MiB (Linux only; else 0). */
  memoryMiB(): number;
  stop(): Promise<void>;
};

const startScript = fileURLToPath(new URL("../scripts/start.ts", import.meta.url));
const clockTicksPerSecond = 100;

export async function startMeasuredSystem({ telemetry = false } = {}): Promise<MeasuredSystem> {
  const directory = mkdtempSync(join(tmpdir(), "saldo-bench-"));
  const child = spawn(
    process.execPath,
    [startScript, "--no-build", ...(telemetry ? [] : ["--no-telemetry"])],
    {
      env: {
        ...process.env,
        SALDO_DATA: directory,
        SALDO_FUNCTIONS_PORT: "0",
        SALDO_ADMIN_PORT: "0",
        SALDO_EVENT_GRID_PORT: "0",
        SALDO_IDENTITY_PORT: "0",
        SALDO_COSMOS_PORT: "0",
        SALDO_CONTROL_PORT: "0",
        SALDO_BLOB_PORT: "0",
        SALDO_TELEMETRY_PORT: "0",
        SALDO_CONSOLE_PORT: "0",
      },
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  const output = await untilReady(child);
  const address = (name: string): string =>
    new RegExp(`${name}\\s+(http://[^\\s/]+)`).exec(output)?.[1] ?? "";
  const { pid = 0 } = child;
  return {
    functionsUrl: address("functions"),
    cosmosUrl: address("cosmos"),
    controlUrl: address("control"),
    cpuMs: () => {
      const fields = proc(pid, "stat").split(") ").at(-1)?.split(" ") ?? [];
      return ((Number(fields[11]) + Number(fields[12])) * 1_000) / clockTicksPerSecond;
    },
    memoryMiB: () => Number(/VmRSS:\s+(\d+)/.exec(proc(pid, "status"))?.[1] ?? 0) / 1_024,
    stop: async () => {
      if (child.exitCode !== null) return;
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGINT");
      await ended;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function proc(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return ""; // not Linux: these figures are left out
  }
}

function untilReady(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = "";
    child.stdout?.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      if (output.includes("Ctrl-C")) resolve(output);
    });
    child.once("exit", (code) => {
      reject(new Error(`The system ended with ${code ?? "a signal"} before it was ready.`));
    });
  });
}

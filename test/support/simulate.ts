import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Summary } from "../../simulator/summary.ts";

const simulator = fileURLToPath(new URL("../../simulator/main.ts", import.meta.url));

/** Longer than anything that happens under it. */
const untilInterrupted = ["--duration", "60m"];

/**
 * Plays a scenario against a service and holds everything it shows against what was intended: the simulator, in a process
 * of its own, as anybody would start it. Fails if its audit finds anything.
 */
export function simulate(url: string, ...words: readonly string[]): Promise<Summary> {
  return start(url, words).ended;
}

/** Plays it while something is done to the service, however long that takes, and then to its end. */
export async function simulateDuring(
  url: string,
  words: readonly string[],
  work: () => Promise<void>,
): Promise<Summary> {
  const { ended, interrupt } = start(url, [...words, ...untilInterrupted]);
  const working = work().finally(interrupt);
  const [summary] = await Promise.all([ended, working]);
  return summary;
}

type Simulation = { readonly ended: Promise<Summary>; readonly interrupt: () => void };

function start(url: string, words: readonly string[]): Simulation {
  const child = spawn(process.execPath, [simulator, ...words, "--url", url, "--json"], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let printed = "";
  let complaints = "";
  child.stdout.on("data", (chunk: Buffer) => (printed += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (complaints += chunk.toString()));
  const closed = new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  const judge = (exitCode: number | null): Summary => {
    assert.equal(exitCode, 0, `${complaints}\n${printed}`);
    const summary = JSON.parse(printed) as Summary;
    assert.equal(summary.audit.kind, "passed");
    return summary;
  };
  return {
    ended: closed.then(judge),
    interrupt: () => {
      child.kill("SIGINT");
    },
  };
}

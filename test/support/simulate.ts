import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Summary } from "../../simulator/summary.ts";

const simulator = fileURLToPath(new URL("../../simulator/main.ts", import.meta.url));

/**
 * Plays a scenario against a service and holds everything it shows against what was intended: the simulator, in a process
 * of its own, as anybody would start it. Fails if its audit finds anything.
 */
export async function simulate(url: string, ...words: readonly string[]): Promise<Summary> {
  const child = spawn(process.execPath, [simulator, ...words, "--url", url, "--json"], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let printed = "";
  let complaints = "";
  child.stdout.on("data", (chunk: Buffer) => (printed += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (complaints += chunk.toString()));
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  assert.equal(exitCode, 0, `${complaints}\n${printed}`);
  const summary = JSON.parse(printed) as Summary;
  assert.equal(summary.audit.kind, "passed");
  return summary;
}

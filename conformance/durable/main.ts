/**
 * `node conformance/durable/main.ts [SELECTION]`: fails on every difference that
 * known-differences.txt does not name, and on a name that it has for nothing. See README.md.
 */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { compareDurable } from "./suite.ts";

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

/** Names, one a line; lines that begin with "#" say why. */
function readKnownDifferences(): Set<string> {
  const text = readFileSync(new URL("known-differences.txt", import.meta.url), "utf8");
  return new Set(text.split("\n").filter((line) => line !== "" && !line.startsWith("#")));
}

async function main(selection: string): Promise<number> {
  if (spawnSync("dotnet", ["--version"]).status !== 0) {
    say("Nothing was compared: this needs the .NET SDK 10 as `dotnet`.");
    return 0;
  }
  const known = readKnownDifferences();
  const unseen = new Set(known);
  const counts = { passed: 0, known: 0, FAILED: 0, MENDED: 0 };
  await compareDurable(selection, ({ name, passed, reason }) => {
    unseen.delete(name);
    const verdicts = known.has(name)
      ? (["MENDED", "known"] as const)
      : (["passed", "FAILED"] as const);
    const verdict = passed ? verdicts[0] : verdicts[1];
    counts[verdict] += 1;
    say(`${verdict.padEnd(7)} ${name}${reason === "" ? "" : `: ${reason}`}`);
  });
  const total = counts.passed + counts.known + counts.FAILED + counts.MENDED;
  say(`${total} compared, ${counts.known} known differences, ${counts.FAILED} failed`);
  const missing = selection === "" ? [...unseen] : [];
  for (const name of missing) say(`The list names a comparison that is not made: ${name}`);
  return counts.FAILED + counts.MENDED + missing.length === 0 && total > 0 ? 0 : 1;
}

process.exitCode = await main(process.argv[2] ?? "");

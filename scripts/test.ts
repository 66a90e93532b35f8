/**
 * `npm test [-- part of a path …]`: Node's test runner over `test/`; `--suite unit|emulator|e2e` takes one suite of it. Files
 * run three at a time: each boots what it needs on free ports, so they cannot meet. The app is built only for those that run
 * it. What Node has compiled is kept for the next of the many processes that load it.
 */
import { spawnSync } from "node:child_process";
import { globSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { Tallied } from "./tally.ts";

/** Which folders of `test/` are in which suite. */
const suites = {
  unit: ["domain", "src", "simulator", "infra"],
  emulator: ["emulator"],
  e2e: ["contract", "admin", "console", "e2e"],
} as const;

type Suite = keyof typeof suites;

const root = fileURLToPath(new URL("..", import.meta.url));
const { values, positionals: wanted } = parseArgs({
  options: { suite: { type: "string" } },
  allowPositionals: true,
});
const { suite: only } = values;
if (only !== undefined && !isSuite(only)) end(`There is no suite ${only}: ${names().join(", ")}.`);
const files = globSync("test/**/*.test.ts", { cwd: root })
  .filter((file) => only === undefined || suiteOf(file) === only)
  .filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)))
  .sort();
if (files.length === 0) end(`No test file matches ${wanted.join(", ")}.`);
// Loading the bundler takes longer than most unit tests do.
if (files.some((file) => suiteOf(file) === "e2e")) await (await import("./build.ts")).buildApp();
const directory = mkdtempSync(`${tmpdir()}/saldo-tests-`);
const tallied = `${directory}/tally.jsonl`;
const reporters = [
  ...["--test-reporter=spec", "--test-reporter-destination=stdout"],
  ...["--test-reporter=./scripts/tally.ts", `--test-reporter-destination=${tallied}`],
];
const { status } = spawnSync(
  process.execPath,
  ["--test", "--test-concurrency=3", ...reporters, ...files],
  {
    cwd: root,
    env: { ...process.env, NODE_COMPILE_CACHE: `${root}/node_modules/.cache/compiled` },
    stdio: "inherit",
  },
);
process.exitCode = status ?? 1;
tell(readFileSync(tallied, "utf8"));
rmSync(directory, { recursive: true });

/** What was skipped is named at the very end, where somebody reads it. */
function tell(lines: string): void {
  const results = lines
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Tallied);
  const skipped = results.filter(({ end: how }) => how === "skipped");
  for (const { name, file, reason } of skipped)
    process.stdout.write(`skipped: ${name} (${relative(root, file)})${reason && `: ${reason}`}\n`);
  const count = (which: Tallied["end"]): number =>
    results.filter(({ end: how }) => how === which).length;
  process.stdout.write(`${count("passed")} passed, ${count("failed")} failed\n`);
}

function names(): readonly Suite[] {
  return Object.keys(suites) as Suite[];
}

function isSuite(name: string): name is Suite {
  return name in suites;
}

/** A folder that is in none, such as one that has just been made, is tested with the built app. */
function suiteOf(file: string): Suite {
  const [, folder = ""] = file.split(/[/\\]/);
  return names().find((name) => (suites[name] as readonly string[]).includes(folder)) ?? "e2e";
}

function end(sentence: string): never {
  process.stderr.write(`${sentence}\n`);
  process.exit(2);
}

/**
 * `npm run check`: types, lint, format, layers and dead code, as many at once as there are processors; by name, only some of
 * them. Prints what each took, and the output of those that failed. `--clean` forgets what earlier runs have found to be right.
 */
import { spawn } from "node:child_process";
import { availableParallelism } from "node:os";
import { rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

type Check = { readonly name: string; readonly commands: readonly string[] };

const cache = "node_modules/.cache/check";

/** The longest first, so that no processor waits for it at the end. */
const checks: readonly Check[] = [
  { name: "lint", commands: ["npm run --silent check:lint"] },
  {
    name: "types",
    commands: [
      ...["domain", "admin/public", "console/public"].map((project) => `tsc -p ${project}`),
      `tsc -p . --incremental --tsBuildInfoFile ${cache}/types.tsbuildinfo`,
    ],
  },
  {
    name: "format",
    commands: [
      `prettier --check --log-level warn --cache --cache-strategy content --cache-location ${cache}/format .`,
    ],
  },
  { name: "layers", commands: ["npm run --silent check:layers"] },
  { name: "dead-code", commands: ["npm run --silent check:dead-code"] },
];

type Result = {
  readonly name: string;
  readonly ms: number;
  readonly output: string;
  readonly isRight: boolean;
};

const root = fileURLToPath(new URL("..", import.meta.url));
const { values, positionals: wanted } = parseArgs({
  options: { clean: { type: "boolean" } },
  allowPositionals: true,
});
const known = checks.map(({ name }) => name);
const unknown = wanted.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  process.stderr.write(`There is no check ${unknown.join(", ")}: ${known.join(", ")}.\n`);
  process.exit(2);
}
if (values.clean === true) rmSync(`${root}${cache}`, { recursive: true, force: true });

const waiting = checks.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
const results: Result[] = [];
await Promise.all(Array.from({ length: Math.max(2, availableParallelism()) }, work));
process.exitCode = results.every(({ isRight }) => isRight) ? 0 : 1;

async function work(): Promise<void> {
  for (let check = waiting.shift(); check !== undefined; check = waiting.shift()) {
    const result = await run(check);
    results.push(result);
    if (!result.isRight) process.stdout.write(result.output);
    const verdict = result.isRight ? "✔" : "✖";
    process.stdout.write(`${verdict} ${result.name} (${(result.ms / 1_000).toFixed(1)} s)\n`);
  }
}

async function run({ name, commands }: Check): Promise<Result> {
  const startedMs = performance.now();
  const output: string[] = [];
  let isRight = true;
  for (const command of commands) isRight = (await succeeds(command, output)) && isRight;
  return { name, ms: performance.now() - startedMs, output: output.join(""), isRight };
}

function succeeds(command: string, output: string[]): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(command, { cwd: root, shell: true });
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk: Buffer) => output.push(chunk.toString()));
    child.on("close", (code) => {
      resolve(code === 0);
    });
  });
}

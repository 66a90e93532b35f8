/**
 * `npm test [-- part of a path …]`: Node's test runner over `test/`. Files run three at a time: each boots what it needs
 * on free ports, so they cannot meet. What Node has compiled is kept for the next of the many processes that load it.
 */
import { spawnSync } from "node:child_process";
import { globSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { buildApp } from "./build.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const wanted = process.argv.slice(2);
const files = globSync("test/**/*.test.ts", { cwd: root })
  .filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)))
  .sort();
if (files.length === 0) {
  console.error(`No test file matches ${wanted.join(", ")}.`);
  process.exit(2);
}
await buildApp();
const { status } = spawnSync(process.execPath, ["--test", "--test-concurrency=3", ...files], {
  cwd: root,
  env: { ...process.env, NODE_COMPILE_CACHE: `${root}/node_modules/.cache/compiled` },
  stdio: "inherit",
});
process.exitCode = status ?? 1;

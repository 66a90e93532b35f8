/** Loading the deployed bundle in a fresh process, up to the last registered function. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { identitySettings } from "../scripts/local-identity.ts";
import { median } from "./statistics.ts";

const bundle = new URL("../dist/main.mjs", import.meta.url);

const root = fileURLToPath(new URL("..", import.meta.url));
/** Nobody is asked for anything before the first request. */
const issuer = "http://127.0.0.1:1";

/** Runs in the fresh process: the worker's core module, as little of it as loading needs. */
const script = `
  import Module from "node:module";
  let functions = 0;
  const core = {
    version: "4", hostVersion: "4", Disposable: class {},
    setProgrammingModel() {}, getProgrammingModel() {}, log() {},
    registerHook() { return new core.Disposable(); },
    registerFunction() { functions += 1; return new core.Disposable(); },
  };
  const load = Module._load;
  Module._load = (name, ...rest) => name === "@azure/functions-core" ? core : load(name, ...rest);
  const startedAt = performance.now();
  await import(${JSON.stringify(bundle.href)});
  console.log(JSON.stringify({ ms: performance.now() - startedAt, functions }));
`;

export function coldLoadMs(samples: number): number {
  const durationsMs = Array.from({ length: samples }, () => {
    const { stdout, stderr } = spawnSync(
      process.execPath,
      ["--input-type=module", "--eval", script],
      { encoding: "utf8", cwd: root, env: { ...process.env, ...identitySettings(issuer) } },
    );
    if (stdout === "") throw new Error(`The bundle could not be loaded: ${stderr}`);
    const { ms, functions } = JSON.parse(stdout) as { ms: number; functions: number };
    if (functions === 0) throw new Error("The bundle registered no function.");
    return ms;
  });
  return median(durationsMs);
}

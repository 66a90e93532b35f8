/** `npm run demo`: boots the embedded Azure, lets families use the card, audits every balance, exits 0 if all is right. */
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildApp } from "./build.ts";
import { startLocalAzure } from "./local-azure.ts";

const anyPort = {
  functionsPort: 0,
  adminPort: 0,
  cosmosPort: 0,
  eventGridPort: 0,
  identityPort: 0,
  controlPort: 0,
};
const simulator = fileURLToPath(new URL("../simulator/main.ts", import.meta.url));

const directory = await mkdtemp(join(tmpdir(), "saldo-demo-"));
console.log("Booting the embedded Azure and the function app …");
await buildApp();
const azure = await startLocalAzure({ directory, ...anyPort });
console.log(
  `The function app answers at ${azure.functionsUrl} (${azure.functions.length} functions).`,
);
try {
  const where = ["--url", azure.functionsUrl, "--admin", azure.adminUrl];
  // First one small and one large transfer, hop by hop; then whole families, audited.
  const traced = await simulate("trace", ...where);
  process.exitCode = traced === 0 ? await simulate("family", ...where) : traced;
} finally {
  await azure.stop();
  await rm(directory, { recursive: true, force: true });
}

/** The simulator is a client like any other: a process of its own that knows only HTTP. */
function simulate(...args: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, [simulator, ...args], { stdio: "inherit" });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => {
      resolve(code ?? 1);
    });
  });
}

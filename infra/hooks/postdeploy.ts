/**
 * What can only be done once the code is there; azd calls it after deploying, and again does no harm:
 *
 * 1. the key by which the admin app knows Event Grid, made once and kept in the vault;
 * 2. waiting until functions and admin app answer, because Event Grid asks them before it subscribes them;
 * 3. the subscriptions (infra/subscriptions.bicep).
 */
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** Outputs of infra/main.bicep, by their names in azd's environment. */
const outputs = {
  subscription: "AZURE_SUBSCRIPTION_ID",
  resourceGroup: "AZURE_RESOURCE_GROUP",
  functionApp: "FUNCTION_APP_NAME",
  functionsUrl: "FUNCTION_APP_URL",
  adminApp: "ADMIN_APP_NAME",
  adminUrl: "ADMIN_APP_URL",
  topic: "EVENT_GRID_TOPIC_NAME",
  storageAccount: "STORAGE_ACCOUNT_NAME",
  deadLettersContainer: "DEAD_LETTERS_CONTAINER_NAME",
  vault: "KEY_VAULT_NAME",
} as const;

type Deployment = Readonly<Record<keyof typeof outputs, string>>;

type Tools = {
  /** Runs the Azure CLI and gives what it prints; rejects with what it complains of. */
  readonly az: (...args: string[]) => Promise<string>;
  /** The status of a GET; `undefined` if nobody answers. */
  readonly statusOf: (url: string) => Promise<number | undefined>;
  readonly pause: (ms: number) => Promise<unknown>;
  readonly say: (line: string) => void;
};

export async function finishDeployment(deployment: Deployment, tools: Tools): Promise<void> {
  const { az, say } = tools;
  if (await makeKey(deployment, tools)) {
    say("The admin app's key is in the vault; it starts anew with it.");
    await refreshAdmin(deployment, az);
  }
  say("Waiting until the functions and the admin app answer.");
  // The function itself answers 401; before the host knows it, it answers 404.
  await answers(`${deployment.functionsUrl}/api/operator/totals`, 401, tools);
  await answers(`${deployment.adminUrl}/healthz`, 200, tools);
  say("Subscribing them to the topic.");
  await subscribe(deployment, az);
}

/** Environment variables as azd passes them to a hook. Throws if one is missing. */
export function deploymentFrom(environment: NodeJS.ProcessEnv): Deployment {
  const valueOf = (name: string): string => {
    const value = environment[name];
    if (value !== undefined && value !== "") return value;
    throw new Error(`${name} is not set: run this by azd, after \`azd provision\`.`);
  };
  const entries = Object.entries(outputs).map(([key, name]) => [key, valueOf(name)]);
  return Object.fromEntries(entries) as Deployment;
}

// ── 1. The key ───────────────────────────────────────────────────────────────────────────────────────────────────────

/** Whether there was one to make. */
async function makeKey(deployment: Deployment, tools: Tools): Promise<boolean> {
  const known = await secretsIn(deployment.vault, tools);
  if (known.includes("webhook-key")) return false;
  await withFile(randomBytes(32).toString("base64url"), (file) =>
    tools.az(
      "keyvault",
      "secret",
      "set",
      "--vault-name",
      deployment.vault,
      "--name",
      "webhook-key",
      "--file",
      file,
      "--encoding",
      "utf-8",
      "--output",
      "none",
    ),
  );
  return true;
}

const vaultTries = { most: 30, pauseMs: 10_000 };

/** A role that was given a moment ago may take minutes until it counts. */
async function secretsIn(vault: string, { az, pause, say }: Tools): Promise<string[]> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const names = await az(
        "keyvault",
        "secret",
        "list",
        "--vault-name",
        vault,
        "--query",
        "[].name",
        "--output",
        "json",
      );
      return JSON.parse(names) as string[];
    } catch (error) {
      if (attempt === vaultTries.most || !/forbidden/i.test(String(error))) throw error;
      if (attempt === 1) say("Waiting until the vault lets us in.");
      await pause(vaultTries.pauseMs);
    }
  }
}

/** Not as an argument, where every process of this machine could read it. */
async function withFile(value: string, use: (file: string) => Promise<unknown>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "saldo-"));
  try {
    const file = join(folder, "secret");
    await writeFile(file, value, { mode: 0o600 });
    await use(file);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** References to the vault are otherwise looked up again within a day. */
async function refreshAdmin(
  { subscription, resourceGroup, adminApp }: Deployment,
  az: Tools["az"],
): Promise<void> {
  const site = `/subscriptions/${subscription}/resourceGroups/${resourceGroup}/providers/Microsoft.Web/sites/${adminApp}`;
  const refresh = `${site}/config/configreferences/appsettings/refresh?api-version=2022-03-01`;
  await az("rest", "--method", "post", "--url", refresh, "--output", "none");
  await az("webapp", "restart", "--ids", site, "--output", "none");
}

// ── 2. Answers ───────────────────────────────────────────────────────────────────────────────────────────────────────

const answerTries = { most: 60, pauseMs: 10_000 };

async function answers(url: string, wanted: number, { statusOf, pause }: Tools): Promise<void> {
  let status: number | undefined;
  for (let attempt = 1; attempt <= answerTries.most; attempt += 1) {
    status = await statusOf(url);
    if (status === wanted) return;
    await pause(answerTries.pauseMs);
  }
  throw new Error(`${url} answers ${status ?? "nothing"} instead of ${wanted}.`);
}

// ── 3. Subscriptions ─────────────────────────────────────────────────────────────────────────────────────────────────

async function subscribe(deployment: Deployment, az: Tools["az"]): Promise<void> {
  const template = fileURLToPath(new URL("../subscriptions.bicep", import.meta.url));
  const parameters = {
    topicName: deployment.topic,
    functionAppName: deployment.functionApp,
    adminUrl: deployment.adminUrl,
    storageAccountName: deployment.storageAccount,
    deadLettersContainerName: deployment.deadLettersContainer,
    vaultName: deployment.vault,
  };
  await az(
    "deployment",
    "group",
    "create",
    "--subscription",
    deployment.subscription,
    "--resource-group",
    deployment.resourceGroup,
    "--name",
    "subscriptions",
    "--template-file",
    template,
    "--parameters",
    ...Object.entries(parameters).map(([name, value]) => `${name}=${value}`),
    "--output",
    "none",
  );
}

if (import.meta.main) {
  const run = promisify(execFile);
  await finishDeployment(deploymentFrom(process.env), {
    // On Windows, az is a script that only a shell starts.
    az: async (...args) => {
      const { stdout } = await run("az", args, { shell: process.platform === "win32" });
      return stdout.trim();
    },
    statusOf: async (url) => {
      try {
        const response = await fetch(url, { signal: AbortSignal.timeout(30_000) });
        await response.body?.cancel();
        return response.status;
      } catch {
        return undefined;
      }
    },
    pause: delay,
    say: (line) => process.stdout.write(`${line}\n`),
  });
}

/** The whole system in this process, on free ports and fresh data: one for each test file. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import {
  type LocalAzure,
  type LocalAzureOptions,
  startLocalAzure,
} from "../../scripts/local-azure.ts";
import { type Client, clientOf } from "./client.ts";
import { type Control, controlOf } from "./control.ts";
import { type Stored, storedAt } from "./stored.ts";

export type LocalSystem = LocalAzure & {
  readonly client: Client;
  readonly control: Control;
  readonly stored: Stored;
};

/** Without telemetry, unless told where to listen for it. */
export async function startLocalSystem(
  options: Pick<LocalAzureOptions, "telemetryPort" | "settings" | "log"> = {},
): Promise<LocalSystem> {
  const directory = temporaryDirectory();
  const azure = await startLocalAzure({
    directory,
    ...anyPorts,
    ...options,
    partitionCount: 4, // several, so that streams really are handled side by side
  });
  const stored = storedAt(azure.cosmosUrl);
  after(async () => {
    stored.close();
    await azure.stop();
  });
  const client = clientOf(azure.functionsUrl);
  return { ...azure, client, control: controlOf(azure.controlUrl), stored };
}

export const anyPorts = {
  functionsPort: 0,
  adminPort: 0,
  cosmosPort: 0,
  eventGridPort: 0,
  identityPort: 0,
  controlPort: 0,
};

/** Removed when this process ends: then nobody writes in it any more. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "saldo-test-"));
  process.once("exit", () => {
    rmSync(directory, { recursive: true, force: true });
  });
  return directory;
}

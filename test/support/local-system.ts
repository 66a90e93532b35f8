/** The whole system in this process, on free ports and fresh data: one for each test file. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { type LocalAzure, startLocalAzure } from "../../scripts/local-azure.ts";
import { type Client, clientOf } from "./client.ts";

export type LocalSystem = LocalAzure & { readonly client: Client };

export async function startLocalSystem(): Promise<LocalSystem> {
  const directory = mkdtempSync(join(tmpdir(), "saldo-test-"));
  const azure = await startLocalAzure({
    directory,
    functionsPort: 0,
    cosmosPort: 0,
    controlPort: 0,
  });
  after(async () => {
    await azure.stop();
    rmSync(directory, { recursive: true, force: true });
  });
  return { ...azure, client: clientOf(azure.functionsUrl) };
}

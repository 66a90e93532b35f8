import assert from "node:assert/strict";
import { sharedKeyHeaders, type StorageAccount } from "../../../../emulator/azurite/shared-key.ts";
import {
  parseConnectionString,
  putBlob,
} from "../../../../emulator/event-grid/delivery/blob-storage.ts";
import { createHttpClient } from "../../../../emulator/event-grid/delivery/http-client.ts";

export const container = "letters";

/** The well-known account at another address. */
export function accountAt(blobEndpoint: string): StorageAccount {
  return { ...parseConnectionString("UseDevelopmentStorage=true"), blobEndpoint };
}

/** Documentation: "List Blobs". */
export async function listBlobs(account: StorageAccount): Promise<readonly string[]> {
  const xml = await get(account, `${container}?restype=container&comp=list`);
  return [...xml.matchAll(/<Name>([^<]+)<\/Name>/g)].map(([, name = ""]) => name);
}

/** Documentation: "Get Blob". */
export function readBlob(account: StorageAccount, name: string): Promise<string> {
  return get(account, `${container}/${name}`);
}

export async function writeBlob(account: StorageAccount, name: string): Promise<void> {
  const client = createHttpClient();
  const status = await putBlob(client, account, { path: `${container}/${name}`, body: name });
  client.close();
  assert.equal(status, 201);
}

async function get(account: StorageAccount, path: string): Promise<string> {
  const url = new URL(`${account.blobEndpoint}/${path}`);
  const response = await fetch(url, { headers: sharedKeyHeaders(account, "GET", url) });
  const text = await response.text();
  assert.equal(response.status, 200, text);
  return text;
}

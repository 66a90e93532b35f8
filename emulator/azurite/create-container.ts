import { sharedKeyHeaders, type StorageAccount } from "./shared-key.ts";

/**
 * Makes a container of blobs unless it exists (documentation: "Create Container").
 * @throws Error with the service's answer when it refuses, e.g. a name that is not allowed
 */
export async function createContainer(account: StorageAccount, name: string): Promise<void> {
  const url = new URL(`${account.blobEndpoint}/${name}?restype=container`);
  const headers = sharedKeyHeaders(account, "PUT", url);
  const response = await fetch(url, { method: "PUT", headers });
  const text = await response.text();
  const isThere = response.status === 201 || text.includes("ContainerAlreadyExists");
  if (!isThere) throw new Error(`Blob storage makes no container "${name}": ${text}`);
}

/** Event Grid's dead letters as they lie in blob storage, read by the Blob REST protocol. */
import assert from "node:assert/strict";
import { sharedKeyHeaders } from "../../emulator/azurite/shared-key.ts";
import { parseConnectionString } from "../../emulator/event-grid/delivery/blob-storage.ts";
import type { Json } from "./client.ts";
import type { TopicOperator } from "./topic.ts";

type DeadLetterBlob = { readonly name: string; readonly letters: readonly Json[] };

export type DeadLetterBlobs = {
  /** A subscription's own, which say where they are stored. */
  readonly destination: object;
  /** All blobs of one subscription, in the order of their names. */
  of(subscription: string): Promise<readonly DeadLetterBlob[]>;
};

/** Where the system's own subscriptions put theirs. */
export async function deadLettersOf(topic: TopicOperator): Promise<DeadLetterBlobs> {
  const [first] = await topic.subscriptions();
  const destination = first?.definition.deadLetterDestination;
  const { connectionString, blobContainerName } = destination?.properties ?? {};
  assert.ok(destination && connectionString !== undefined && blobContainerName !== undefined);
  const account = parseConnectionString(connectionString);
  const get = async (path: string): Promise<string> => {
    const url = new URL(`${account.blobEndpoint}/${path}`);
    const response = await fetch(url, { headers: sharedKeyHeaders(account, "GET", url) });
    const text = await response.text();
    assert.equal(response.status, 200, text);
    return text;
  };
  return {
    destination,
    of: async (subscription) => {
      const prefix = `${subscription.toUpperCase()}/`;
      const query = `restype=container&comp=list&prefix=${encodeURIComponent(prefix)}`;
      const xml = await get(`${blobContainerName}?${query}`);
      const names = [...xml.matchAll(/<Name>([^<]+)<\/Name>/g)].map(([, name = ""]) => name);
      return Promise.all(
        names.sort().map(async (name) => {
          const letters = JSON.parse(await get(`${blobContainerName}/${name}`)) as Json[];
          return { name, letters };
        }),
      );
    },
  };
}

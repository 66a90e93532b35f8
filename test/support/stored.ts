/** What is really stored, read and written beside the app with the official SDK. */
import { type Container, CosmosClient } from "@azure/cosmos";
import { localCosmosKey } from "../../scripts/local-azure.ts";
import { containers } from "../../src/containers.ts";

type ContainerName = keyof typeof containers;

export type Stored = {
  container(name: ContainerName): Container;
  /** Every document of a container, with the fields that the service adds. */
  all<Document>(name: ContainerName): Promise<readonly (Document & StoredFields)[]>;
  close(): void;
};

export type StoredFields = { readonly id: string; readonly _etag: string };

export function storedAt(cosmosUrl: string): Stored {
  const client = new CosmosClient({ endpoint: cosmosUrl, key: localCosmosKey });
  const container: Stored["container"] = (name) =>
    client.database("saldo").container(containers[name].id);
  return {
    container,
    all: async <Document>(name: ContainerName) => {
      const query = container(name).items.query<Document & StoredFields>("SELECT * FROM c");
      return (await query.fetchAll()).resources;
    },
    close: () => {
      client.dispose();
    },
  };
}

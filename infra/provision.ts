/**
 * Creates the database and its containers where there is no Bicep: on the embedded Cosmos, or on Microsoft's emulator
 * (`npm run provision` with COSMOS set). Both come from the same definitions that the app uses.
 */
import { type CosmosClient, PartitionKeyDefinitionVersion } from "@azure/cosmos";
import { containerResources } from "./definitions.ts";

export async function provision(client: CosmosClient, databaseId: string): Promise<void> {
  const { database } = await client.databases.createIfNotExists({ id: databaseId });
  for (const { partitionKey, indexingPolicy, ...resource } of containerResources()) {
    const { includedPaths, excludedPaths } = indexingPolicy;
    await database.containers.createIfNotExists({
      ...resource,
      partitionKey: { paths: [...partitionKey.paths], version: PartitionKeyDefinitionVersion.V2 },
      indexingPolicy: { includedPaths: [...includedPaths], excludedPaths: [...excludedPaths] },
    });
  }
}

/**
 * Creates the database and its containers where there is no Bicep: on the embedded Cosmos, or on Microsoft's emulator
 * (`npm run provision` with COSMOS set). Both come from the same definitions that the app uses.
 */
import { type CosmosClient, PartitionKeyDefinitionVersion } from "@azure/cosmos";
import { type ContainerDefinition, containers } from "../src/containers.ts";

export async function provision(client: CosmosClient, databaseId: string): Promise<void> {
  const { database } = await client.databases.createIfNotExists({ id: databaseId });
  for (const definition of Object.values<ContainerDefinition>(containers)) {
    const { id, partitionKey, indexed, defaultTtl } = definition;
    await database.containers.createIfNotExists({
      id,
      partitionKey: { paths: [partitionKey], version: PartitionKeyDefinitionVersion.V2 },
      indexingPolicy: {
        includedPaths: indexed.map((path) => ({ path })),
        excludedPaths: [{ path: "/*" }],
      },
      ...(defaultTtl === undefined ? {} : { defaultTtl }),
    });
  }
}

/**
 * Limits of the service (documentation: "Azure Cosmos DB service quotas and default limits",
 * "Time to Live", "Unique keys", "Partial document update").
 */
export const limits = {
  documentBytes: 2 * 1024 * 1024,
  requestBytes: 2 * 1024 * 1024,
  pageBytes: 4 * 1024 * 1024,
  batchOperations: 100,
  patchOperations: 10,
  documentIdBytes: 1023,
  resourceIdCharacters: 255,
  partitionKeyBytes: 2048,
  partitionKeyPaths: 3,
  uniqueKeys: 10,
  uniqueKeyPaths: 16,
  nestingDepth: 128,
  ttlSeconds: 2_147_483_647,
  queryTextBytes: 512 * 1024,
  tokenClockSkewMs: 15 * 60 * 1000,
  throughputMinimum: 400,
  throughputStep: 100,
  autoscaleMinimum: 1000,
  autoscaleStep: 1000,
} as const;

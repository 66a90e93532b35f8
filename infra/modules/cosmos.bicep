// The database with all its containers, the leases of the change feeds among them: an identity may not create containers
// (azure-webjobs-sdk-extensions issue 790). They come from src/containers.ts by `node infra/generate.ts`.

param location string
param tags object
param token string

@allowed(['serverless', 'autoscale'])
param mode string
param maximumThroughput int
param backupTier string
param functionsPrincipalId string

var databaseName = 'saldo'
var containers = loadJsonContent('../generated/containers.json')
var dataContributorId = '00000000-0000-0000-0000-000000000002'

resource account 'Microsoft.DocumentDB/databaseAccounts@2025-04-15' = {
  name: 'cosmos-${token}'
  location: location
  tags: tags
  kind: 'GlobalDocumentDB'
  properties: {
    databaseAccountOfferType: 'Standard'
    locations: [
      {
        locationName: location
        failoverPriority: 0
      }
    ]
    capabilities: mode == 'serverless' ? [{ name: 'EnableServerless' }] : []
    // Order and uniqueness come from ids and etags, not from what a read happens to see: Session is enough.
    consistencyPolicy: { defaultConsistencyLevel: 'Session' }
    backupPolicy: {
      type: 'Continuous'
      continuousModeProperties: { tier: backupTier }
    }
    disableLocalAuth: true
    disableKeyBasedMetadataWriteAccess: true
    minimalTlsVersion: 'Tls12'
  }
}

resource database 'Microsoft.DocumentDB/databaseAccounts/sqlDatabases@2025-04-15' = {
  parent: account
  name: databaseName
  tags: tags
  properties: {
    resource: { id: databaseName }
    // All containers share it: the busiest changes from hop to hop of the same transfer.
    options: mode == 'autoscale' ? { autoscaleSettings: { maxThroughput: maximumThroughput } } : {}
  }
}

resource container 'Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers@2025-04-15' = [
  for definition in containers: {
    parent: database
    name: definition.id
    tags: tags
    properties: { resource: definition }
  }
]

// Cosmos has role assignments of its own. The account holds this database alone, and its metadata is read at the start.
resource functionsUseData 'Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments@2025-04-15' = {
  parent: account
  name: guid(account.id, functionsPrincipalId, dataContributorId)
  properties: {
    roleDefinitionId: '${account.id}/sqlRoleDefinitions/${dataContributorId}'
    principalId: functionsPrincipalId
    scope: account.id
  }
}

output accountId string = account.id
output endpoint string = account.properties.documentEndpoint
output databaseName string = database.name

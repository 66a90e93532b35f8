// One storage account: the host's own blobs, the task hub of Durable Functions (queues and tables), the deployed package,
// and what Event Grid could not deliver. It has keys, but takes none.

import { roles } from 'roles.bicep'

param location string
param tags object
param token string
param skuName string
param functionsPrincipalId string

resource account 'Microsoft.Storage/storageAccounts@2025-01-01' = {
  name: 'st${token}'
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: skuName }
  properties: {
    accessTier: 'Hot'
    allowBlobPublicAccess: false
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    networkAcls: {
      defaultAction: 'Allow'
      bypass: 'AzureServices'
    }
  }
}

resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2025-01-01' = {
  parent: account
  name: 'default'
}

resource packages 'Microsoft.Storage/storageAccounts/blobServices/containers@2025-01-01' = {
  parent: blobs
  name: 'packages'
}

resource deadLetters 'Microsoft.Storage/storageAccounts/blobServices/containers@2025-01-01' = {
  parent: blobs
  name: 'event-grid-dead-letters'
}

// What the host (blobs) and Durable Functions (queues and tables) ask for; they make containers of their own, so the
// account is the narrowest scope.
var functionsRoles = [
  roles.storageBlobDataOwner
  roles.storageQueueDataContributor
  roles.storageTableDataContributor
]

resource functionsUseStorage 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for role in functionsRoles: {
    name: guid(account.id, functionsPrincipalId, role)
    scope: account
    properties: {
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role)
      principalId: functionsPrincipalId
      principalType: 'ServicePrincipal'
    }
  }
]

output accountName string = account.name
output packagesContainerName string = packages.name
output deadLettersContainerName string = deadLetters.name

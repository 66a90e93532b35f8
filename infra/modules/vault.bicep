// One secret is left: the key by which the admin app knows the topic's deliveries. The postdeploy hook makes it; no template
// and no output ever holds its value.

import { roles } from 'roles.bicep'

param location string
param tags object
param token string
param isPurgeProtected bool
param adminPrincipalId string
param deployerId string

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' = {
  name: 'kv-${token}'
  location: location
  tags: tags
  properties: {
    tenantId: tenant().tenantId
    sku: {
      family: 'A'
      name: 'standard'
    }
    enableRbacAuthorization: true
    // subscriptions.bicep hands the webhook key on to Event Grid without anybody seeing it.
    enabledForTemplateDeployment: true
    softDeleteRetentionInDays: 7
    // false is refused by the service: protection can be switched on, never off.
    enablePurgeProtection: isPurgeProtected ? true : null
  }
}

resource adminReadsSecrets 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(vault.id, adminPrincipalId, roles.keyVaultSecretsUser)
  scope: vault
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.keyVaultSecretsUser)
    principalId: adminPrincipalId
    principalType: 'ServicePrincipal'
  }
}

resource deployerMakesSecrets 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(vault.id, deployerId, roles.keyVaultSecretsOfficer)
  scope: vault
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.keyVaultSecretsOfficer)
    principalId: deployerId
  }
}

output name string = vault.name

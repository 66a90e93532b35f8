// Saldo on Azure: everything that has to exist before its code is deployed. `azd up` deploys this file, then the code, then
// subscriptions.bicep, because Event Grid asks an endpoint before it subscribes it. docs/deploy.md tells the whole.
targetScope = 'subscription'

@description('The environment that azd knows by this name; all names of resources derive from it.')
@minLength(1)
@maxLength(32)
param environmentName string

@description('The region of everything. It must offer Flex Consumption.')
@minLength(1)
param location string

@description('How large, how ready and how guarded: a name in profiles.json.')
@allowed(['dev', 'prod'])
param profileName string = 'dev'

@description('Node.js of both apps. 22 where Flex Consumption does not offer 24 yet.')
@allowed(['22', '24'])
param nodeVersion string = '24'

@description('How Cosmos DB is paid for. An account that began serverless can be changed once, not by this template (docs/costs.md).')
@allowed(['serverless', 'autoscale'])
param cosmosMode string = 'serverless'

@description('The most request units a second that the database scales to; counts with autoscale alone.')
@minValue(1000)
param cosmosMaximumThroughput int = 4000

@description('Whose access tokens count: https://login.microsoftonline.com/{tenant}/v2.0 (docs/security.md).')
@minLength(1)
param identityIssuer string

@description('The client id under which the API is registered there.')
@minLength(1)
param identityAudience string

@description('Who is told of alerts. Without it they are only shown.')
param alertEmail string = ''

@description('Who deploys, and puts the key of the webhook into the vault.')
param deployerId string = deployer().objectId

var profile = loadJsonContent('profiles.json')[profileName]
var token = toLower(uniqueString(subscription().id, environmentName, location))
var tags = {
  'azd-env-name': environmentName
  application: 'saldo'
  profile: profileName
}

resource group 'Microsoft.Resources/resourceGroups@2025-04-01' = {
  name: 'rg-${environmentName}'
  location: location
  tags: tags
}

module identities 'modules/identities.bicep' = {
  name: 'identities'
  scope: group
  params: {
    location: location
    tags: tags
    token: token
  }
}

module telemetry 'modules/telemetry.bicep' = {
  name: 'telemetry'
  scope: group
  params: {
    location: location
    tags: tags
    token: token
    retentionDays: profile.telemetry.retentionDays
    dailyQuotaGb: profile.telemetry.dailyQuotaGb
    functionsPrincipalId: identities.outputs.functionsPrincipalId
  }
}

module storage 'modules/storage.bicep' = {
  name: 'storage'
  scope: group
  params: {
    location: location
    tags: tags
    token: token
    skuName: profile.storage.skuName
    functionsPrincipalId: identities.outputs.functionsPrincipalId
  }
}

module cosmos 'modules/cosmos.bicep' = {
  name: 'cosmos'
  scope: group
  params: {
    location: location
    tags: tags
    token: token
    mode: cosmosMode
    maximumThroughput: cosmosMaximumThroughput
    backupTier: profile.cosmos.backupTier
    functionsPrincipalId: identities.outputs.functionsPrincipalId
  }
}

module topic 'modules/topic.bicep' = {
  name: 'topic'
  scope: group
  params: {
    location: location
    tags: tags
    token: token
    storageAccountName: storage.outputs.accountName
    deadLettersContainerName: storage.outputs.deadLettersContainerName
    functionsPrincipalId: identities.outputs.functionsPrincipalId
  }
}

module vault 'modules/vault.bicep' = {
  name: 'vault'
  scope: group
  params: {
    location: location
    tags: tags
    token: token
    isPurgeProtected: profile.vault.isPurgeProtected
    adminPrincipalId: identities.outputs.adminPrincipalId
    deployerId: deployerId
  }
}

module functionApp 'modules/function-app.bicep' = {
  name: 'function-app'
  scope: group
  params: {
    location: location
    tags: tags
    token: token
    nodeVersion: nodeVersion
    scale: profile.functions.scale
    settings: profile.functions.settings
    identityName: identities.outputs.functionsName
    storageAccountName: storage.outputs.accountName
    packagesContainerName: storage.outputs.packagesContainerName
    cosmosEndpoint: cosmos.outputs.endpoint
    databaseName: cosmos.outputs.databaseName
    topicEndpoint: topic.outputs.endpoint
    insightsName: telemetry.outputs.insightsName
    identityIssuer: identityIssuer
    identityAudience: identityAudience
  }
}

module adminApp 'modules/admin-app.bicep' = {
  name: 'admin-app'
  scope: group
  params: {
    location: location
    tags: tags
    token: token
    nodeVersion: nodeVersion
    planSkuName: profile.admin.planSkuName
    identityName: identities.outputs.adminName
    vaultName: vault.outputs.name
    saldoUrl: functionApp.outputs.url
    saldoAudience: identityAudience
  }
}

module alerts 'modules/alerts.bicep' = {
  name: 'alerts'
  scope: group
  params: {
    location: location
    tags: tags
    token: token
    email: alertEmail
    workspaceId: telemetry.outputs.workspaceId
    cosmosAccountId: cosmos.outputs.accountId
    topicId: topic.outputs.id
  }
}

module workbook 'modules/workbook.bicep' = {
  name: 'workbook'
  scope: group
  params: {
    location: location
    tags: tags
    workspaceId: telemetry.outputs.workspaceId
  }
}

// What the hooks need to know, and people to find their way; azd keeps them in the environment. No secrets.
output AZURE_RESOURCE_GROUP string = group.name
output FUNCTION_APP_NAME string = functionApp.outputs.name
output FUNCTION_APP_URL string = functionApp.outputs.url
output ADMIN_APP_NAME string = adminApp.outputs.name
output ADMIN_APP_URL string = adminApp.outputs.url
output EVENT_GRID_TOPIC_NAME string = topic.outputs.name
output STORAGE_ACCOUNT_NAME string = storage.outputs.accountName
output DEAD_LETTERS_CONTAINER_NAME string = storage.outputs.deadLettersContainerName
output KEY_VAULT_NAME string = vault.outputs.name

// The topic's subscriptions. The postdeploy hook deploys them once the functions and the admin app answer: Event Grid asks
// an endpoint before it subscribes it. They come from src/subscriptions.ts by `node infra/generate.ts`.

param topicName string
param functionAppName string
param adminUrl string
param storageAccountName string
param deadLettersContainerName string
param vaultName string

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' existing = {
  name: vaultName
}

module eventSubscriptions 'modules/event-subscriptions.bicep' = {
  name: 'event-subscriptions'
  params: {
    topicName: topicName
    functionAppName: functionAppName
    adminUrl: adminUrl
    storageAccountName: storageAccountName
    deadLettersContainerName: deadLettersContainerName
    webhookKey: vault.getSecret('webhook-key')
  }
}

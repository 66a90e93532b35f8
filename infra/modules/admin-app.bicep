// The admin app: one instance of App Service, never more, because its SQLite store belongs to one process. The store is on
// the instance's own disk; docs/deploy.md says why, and what a restart costs.

param location string
param tags object
param token string
param nodeVersion string
param planSkuName string
param identityName string
param vaultName string
param saldoUrl string

@description('The client id of the API that tokens are asked for.')
param saldoAudience string

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' existing = {
  name: identityName
}

resource plan 'Microsoft.Web/serverfarms@2024-11-01' = {
  name: 'plan-admin-${token}'
  location: location
  tags: tags
  kind: 'linux'
  sku: {
    name: planSkuName
    capacity: 1
  }
  properties: { reserved: true }
}

resource app 'Microsoft.Web/sites@2024-11-01' = {
  name: 'admin-${token}'
  location: location
  tags: union(tags, { 'azd-service-name': 'admin' })
  kind: 'app,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identity.id}': {} }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    clientAffinityEnabled: false
    keyVaultReferenceIdentity: identity.id
    siteConfig: {
      linuxFxVersion: 'NODE|${nodeVersion}-lts'
      appCommandLine: 'node app/main.mjs'
      alwaysOn: true
      numberOfWorkers: 1
      healthCheckPath: '/healthz'
      minTlsVersion: '1.2'
      ftpsState: 'Disabled'
      http20Enabled: true
    }
  }
}

resource appSettings 'Microsoft.Web/sites/config@2024-11-01' = {
  parent: app
  name: 'appsettings'
  properties: {
    SALDO_URL: saldoUrl
    SALDO_TOKEN_SCOPE: 'api://${saldoAudience}/.default'
    // By it @azure/identity knows which of an app's identities is meant.
    AZURE_CLIENT_ID: identity.properties.clientId
    SALDO_ADMIN_WEBHOOK_KEY: '@Microsoft.KeyVault(VaultName=${vaultName};SecretName=webhook-key)'
    SALDO_ADMIN_APPROVERS: 'approvers.json'
    SALDO_ADMIN_FILE: '/tmp/saldo/admin.sqlite'
    SALDO_ADMIN_PUBLIC_URL: 'https://${app.properties.defaultHostName}'
    SALDO_ADMIN_HOST: '0.0.0.0'
    SALDO_ADMIN_PORT: '8080'
    WEBSITES_PORT: '8080'
    SCM_DO_BUILD_DURING_DEPLOYMENT: 'false'
  }
}

resource noFtp 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-11-01' = {
  parent: app
  name: 'ftp'
  properties: { allow: false }
}

resource noBasicScm 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-11-01' = {
  parent: app
  name: 'scm'
  properties: { allow: false }
}

output name string = app.name
output url string = 'https://${app.properties.defaultHostName}'

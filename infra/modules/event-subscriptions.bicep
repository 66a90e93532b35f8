// One subscription for each function of the same name, by resource id (Event Grid then fetches the function's key itself),
// and one for the admin app's webhook. Event Grid delivers to neither by a managed identity.

param topicName string
param functionAppName string
param adminUrl string
param storageAccountName string
param deadLettersContainerName string

@secure()
param webhookKey string

var definitions = loadJsonContent('../generated/subscriptions.json')

resource topic 'Microsoft.EventGrid/topics@2025-02-15' existing = {
  name: topicName
}

resource functionApp 'Microsoft.Web/sites@2024-11-01' existing = {
  name: functionAppName
}

resource storage 'Microsoft.Storage/storageAccounts@2025-01-01' existing = {
  name: storageAccountName
}

// Without it, what cannot be delivered is dropped; at 400, 403 and 413 even at the first attempt.
var deadLettering = {
  identity: { type: 'SystemAssigned' }
  deadLetterDestination: {
    endpointType: 'StorageBlob'
    properties: {
      resourceId: storage.id
      blobContainerName: deadLettersContainerName
    }
  }
}
var retryPolicy = {
  maxDeliveryAttempts: 30
  eventTimeToLiveInMinutes: 1440
}

resource toFunction 'Microsoft.EventGrid/topics/eventSubscriptions@2025-02-15' = [
  for definition in definitions.functions: {
    parent: topic
    name: definition.name
    properties: {
      eventDeliverySchema: 'CloudEventSchemaV1_0'
      destination: {
        endpointType: 'AzureFunction'
        properties: {
          resourceId: '${functionApp.id}/functions/${definition.name}'
          maxEventsPerBatch: definition.maxEventsPerBatch
        }
      }
      filter: definition.filter
      deadLetterWithResourceIdentity: deadLettering
      retryPolicy: retryPolicy
    }
  }
]

resource toAdmin 'Microsoft.EventGrid/topics/eventSubscriptions@2025-02-15' = {
  parent: topic
  name: definitions.admin.name
  properties: {
    eventDeliverySchema: 'CloudEventSchemaV1_0'
    destination: {
      endpointType: 'WebHook'
      properties: {
        endpointUrl: '${adminUrl}/webhooks/saldo'
        maxEventsPerBatch: definitions.admin.maxEventsPerBatch
        minimumTlsVersionAllowed: '1.2'
        deliveryAttributeMappings: [
          {
            name: 'x-saldo-webhook-key'
            type: 'Static'
            properties: {
              value: webhookKey
              isSecret: true
            }
          }
        ]
      }
    }
    filter: definitions.admin.filter
    deadLetterWithResourceIdentity: deadLettering
    retryPolicy: retryPolicy
  }
}

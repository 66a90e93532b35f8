// What wakes somebody. Each alert has a query of its name in monitoring/queries/ (three are Azure's own metrics) and a page
// of its name in docs/runbooks/.

param location string
param tags object
param token string
param email string
param workspaceId string
param cosmosAccountId string
param topicId string

resource operators 'Microsoft.Insights/actionGroups@2023-01-01' = if (!empty(email)) {
  name: 'ag-${token}'
  location: 'global'
  tags: tags
  properties: {
    groupShortName: 'saldo'
    enabled: true
    emailReceivers: [
      {
        name: 'operators'
        emailAddress: email
        useCommonAlertSchema: true
      }
    ]
  }
}

// Severity: 0 money is wrong, 1 nothing moves, 2 something waits for a person, 3 worth a look in office hours.
var queryAlerts = [
  {
    name: 'money-not-conserved'
    says: 'Available + in flight + fees is not what was loaded.'
    severity: 0
    query: loadTextContent('../monitoring/queries/money-not-conserved.kql')
    aggregation: 'Total'
    operator: 'GreaterThan'
    threshold: 0
    window: 'PT30M'
    every: 'PT15M'
    dimensions: []
  }
  {
    name: 'stalled-feed'
    says: 'Commands are accepted, but none is decided.'
    severity: 1
    query: loadTextContent('../monitoring/queries/stalled-feed.kql')
    aggregation: 'Maximum'
    operator: 'GreaterThan'
    threshold: 0
    window: 'PT15M'
    every: 'PT5M'
    dimensions: []
  }
  {
    name: 'no-measurements'
    says: 'The state has not been measured for half an hour: most other alerts are blind.'
    severity: 1
    query: loadTextContent('../monitoring/queries/no-measurements.kql')
    aggregation: 'Total'
    operator: 'LessThan'
    threshold: 1
    window: 'PT30M'
    every: 'PT15M'
    dimensions: []
  }
  {
    name: 'feed-lag'
    says: 'A change feed is more than a minute behind.'
    severity: 2
    query: loadTextContent('../monitoring/queries/feed-lag.kql')
    aggregation: 'Maximum'
    operator: 'GreaterThan'
    threshold: 60
    window: 'PT15M'
    every: 'PT5M'
    dimensions: ['feed']
  }
  {
    name: 'parked-messages'
    says: 'Messages are parked: their streams do not move until somebody replays them.'
    severity: 2
    query: loadTextContent('../monitoring/queries/parked-messages.kql')
    aggregation: 'Maximum'
    operator: 'GreaterThan'
    threshold: 0
    window: 'PT15M'
    every: 'PT5M'
    dimensions: ['stage']
  }
  {
    name: 'overdue-processes'
    says: 'A transfer waits although its next step is due, and nudging its process has not helped.'
    severity: 2
    query: loadTextContent('../monitoring/queries/overdue-processes.kql')
    aggregation: 'Minimum'
    operator: 'GreaterThan'
    threshold: 0
    window: 'PT15M'
    every: 'PT5M'
    dimensions: []
  }
  {
    name: 'failing-requests'
    says: 'More than one percent of the HTTP requests fail.'
    severity: 2
    query: loadTextContent('../monitoring/queries/failing-requests.kql')
    aggregation: 'Maximum'
    operator: 'GreaterThan'
    threshold: 1
    window: 'PT15M'
    every: 'PT5M'
    dimensions: []
  }
  {
    name: 'failing-invocations'
    says: 'A function keeps failing; the platform repeats it.'
    severity: 3
    query: loadTextContent('../monitoring/queries/failing-invocations.kql')
    aggregation: 'Total'
    operator: 'GreaterThan'
    threshold: 10
    window: 'PT15M'
    every: 'PT15M'
    dimensions: ['operation']
  }
]

resource queryAlert 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [
  for alert in queryAlerts: {
    name: '${alert.name}-${token}'
    location: location
    tags: tags
    kind: 'LogAlert'
    properties: {
      displayName: 'Saldo: ${alert.name}'
      description: '${alert.says} Runbook: docs/runbooks/${alert.name}.md'
      severity: alert.severity
      enabled: true
      scopes: [workspaceId]
      evaluationFrequency: alert.every
      windowSize: alert.window
      criteria: {
        allOf: [
          {
            query: alert.query
            metricMeasureColumn: 'value'
            timeAggregation: alert.aggregation
            operator: alert.operator
            threshold: alert.threshold
            dimensions: map(alert.dimensions, dimension => {
              name: dimension
              operator: 'Include'
              values: ['*']
            })
            failingPeriods: {
              numberOfEvaluationPeriods: 1
              minFailingPeriodsToAlert: 1
            }
          }
        ]
      }
      autoMitigate: true
      // Before the first telemetry the tables do not exist.
      skipQueryValidation: true
      actions: { actionGroups: empty(email) ? [] : [operators.id] }
    }
  }
]

// What Azure measures itself: it tells even when the app cannot.
var metricAlerts = [
  {
    name: 'throttling'
    says: 'Cosmos DB refuses requests for want of throughput.'
    severity: 2
    resourceId: cosmosAccountId
    namespace: 'Microsoft.DocumentDB/databaseAccounts'
    metric: 'TotalRequests'
    aggregation: 'Count'
    threshold: 100
    dimensions: [
      {
        name: 'StatusCode'
        operator: 'Include'
        values: ['429']
      }
    ]
  }
  {
    name: 'undelivered-events'
    says: 'Event Grid has given up delivering events; they lie in the dead-letter container.'
    severity: 2
    resourceId: topicId
    namespace: 'Microsoft.EventGrid/topics'
    metric: 'DeadLetteredCount'
    aggregation: 'Total'
    threshold: 0
    dimensions: []
  }
  {
    name: 'dropped-events'
    says: 'Event Grid has dropped events: not even the dead-letter container could be written.'
    severity: 2
    resourceId: topicId
    namespace: 'Microsoft.EventGrid/topics'
    metric: 'DroppedEventCount'
    aggregation: 'Total'
    threshold: 0
    dimensions: []
  }
]

resource metricAlert 'Microsoft.Insights/metricAlerts@2018-03-01' = [
  for alert in metricAlerts: {
    name: '${alert.name}-${token}'
    location: 'global'
    tags: tags
    properties: {
      description: '${alert.says} Runbook: docs/runbooks/${alert.name}.md'
      severity: alert.severity
      enabled: true
      scopes: [alert.resourceId]
      evaluationFrequency: 'PT5M'
      windowSize: 'PT5M'
      criteria: {
        'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
        allOf: [
          {
            criterionType: 'StaticThresholdCriterion'
            name: alert.name
            metricNamespace: alert.namespace
            metricName: alert.metric
            timeAggregation: alert.aggregation
            operator: 'GreaterThan'
            threshold: alert.threshold
            dimensions: alert.dimensions
          }
        ]
      }
      autoMitigate: true
      actions: empty(email) ? [] : [{ actionGroupId: operators.id }]
    }
  }
]

// What an operator should hear of. Each rule is a query over logs; quoted texts are those that the service logs.
@description('What names end with.')
param name string

@description('Region.')
param location string

@description('Tags.')
param tags object

@description('The Log Analytics workspace.')
param workspaceId string

@description('Who is told; empty: nobody.')
param email string

var rules = [
  {
    name: 'failed-syncs'
    title: 'Work could not be written back to the origin'
    severity: 1
    frequency: 'PT5M'
    window: 'PT15M'
    query: 'AppTraces | where Message startswith "A write back failed and will be tried again"'
  }
  {
    name: 'conflicts'
    title: 'The origin changed under a session; both versions were kept, or a caller was told'
    severity: 2
    frequency: 'PT15M'
    window: 'PT1H'
    query: 'union (AppTraces | where Message matches regex "kept as both: [1-9]"), (AppRequests | where ResultCode == "409" and Name == "SyncSession")'
  }
  {
    name: 'quota'
    title: 'A quota is full and nothing may be evicted: files are refused with 507'
    severity: 2
    frequency: 'PT15M'
    window: 'PT1H'
    query: 'AppRequests | where ResultCode == "507"'
  }
  {
    name: 'late-frequent-timer'
    title: 'The timer that writes work back has not succeeded for 15 minutes'
    severity: 1
    frequency: 'PT5M'
    window: 'PT15M'
    query: 'AppRequests | where Name == "RunFrequent" and Success == true | summarize Runs = count() | where Runs == 0'
  }
  {
    name: 'late-cleanup-timer'
    title: 'The timer that cleans up and evicts has not succeeded for 3 hours'
    severity: 2
    frequency: 'PT1H'
    window: 'PT3H'
    query: 'AppRequests | where Name == "RunCleanup" and Success == true | summarize Runs = count() | where Runs == 0'
  }
]

resource group 'Microsoft.Insights/actionGroups@2023-01-01' = if (!empty(email)) {
  name: 'ag-${name}'
  location: 'Global'
  tags: tags
  properties: {
    groupShortName: 'cachefn'
    enabled: true
    emailReceivers: [
      {
        name: 'operator'
        emailAddress: email
        useCommonAlertSchema: true
      }
    ]
  }
}

resource alerts 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [for rule in rules: {
  name: 'alert-${rule.name}-${name}'
  location: location
  tags: tags
  kind: 'LogAlert'
  properties: {
    displayName: rule.title
    severity: rule.severity
    enabled: true
    scopes: [
      workspaceId
    ]
    evaluationFrequency: rule.frequency
    windowSize: rule.window
    autoMitigate: true
    // Before the first telemetry the tables do not exist.
    skipQueryValidation: true
    criteria: {
      allOf: [
        {
          query: rule.query
          timeAggregation: 'Count'
          operator: 'GreaterThan'
          threshold: 0
          failingPeriods: {
            numberOfEvaluationPeriods: 1
            minFailingPeriodsToAlert: 1
          }
        }
      ]
    }
    actions: {
      actionGroups: empty(email) ? [] : [
        group!.id
      ]
    }
  }
}]

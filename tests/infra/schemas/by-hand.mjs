// Types of which the package holds no schema. Written from the providers' reference, and only as far as infra/ uses them:
// a property that is missing here may exist; whoever uses it adds it.
/** Of log alerts. https://learn.microsoft.com/azure/azure-monitor/alerts/alerts-create-log-alert-rule */
const frequencies = 'PT1M | PT5M | PT10M | PT15M | PT30M | PT45M | PT1H | PT2H | PT3H | PT4H | PT5H | PT6H | P1D';
const windows = `${frequencies.replace('PT1M | ', '')} | P2D`;

const schema = (resource, properties, types) => ({
  resource, cut: [], types,
  body: { properties: { name: 'string;Required', location: 'string;Required', tags: 'Tags', id: 'string;ReadOnly', ...properties } },
});
const tags = { properties: {}, others: 'string' };

export const byHand = {
  'Microsoft.Network/privateDnsZones': schema('Microsoft.Network/privateDnsZones@2024-06-01', { location: 'global;Required' }, { Tags: tags }),

  'Microsoft.Network/privateDnsZones/virtualNetworkLinks': schema('Microsoft.Network/privateDnsZones/virtualNetworkLinks@2024-06-01', {
    location: 'global;Required', properties: 'LinkProperties',
  }, {
    Tags: tags,
    LinkProperties: { properties: { registrationEnabled: 'bool', resolutionPolicy: 'Default | NxDomainRedirect', virtualNetwork: 'SubResource' } },
    SubResource: { properties: { id: 'string' } },
  }),

  'Microsoft.Insights/actionGroups': schema('Microsoft.Insights/actionGroups@2023-01-01', { location: 'Global;Required', properties: 'ActionGroup' }, {
    Tags: tags,
    ActionGroup: { properties: { enabled: 'bool;Required', groupShortName: 'string;Required', emailReceivers: 'EmailReceiver[]' } },
    EmailReceiver: { properties: { name: 'string;Required', emailAddress: 'string;Required', useCommonAlertSchema: 'bool' } },
  }),

  'Microsoft.Insights/scheduledQueryRules': schema('Microsoft.Insights/scheduledQueryRules@2023-12-01', {
    kind: 'LogAlert | LogToMetric', properties: 'Rule;Required',
  }, {
    Tags: tags,
    Rule: { properties: {
      displayName: 'string', description: 'string', severity: 'int', enabled: 'bool', scopes: 'string[]', evaluationFrequency: frequencies,
      windowSize: windows, autoMitigate: 'bool', skipQueryValidation: 'bool', criteria: 'Criteria', actions: 'Actions',
    } },
    Criteria: { properties: { allOf: 'Condition[]' } },
    Condition: { properties: {
      query: 'string', timeAggregation: 'Average | Count | Maximum | Minimum | Total',
      operator: 'Equals | GreaterThan | GreaterThanOrEqual | LessThan | LessThanOrEqual', threshold: 'int', failingPeriods: 'FailingPeriods',
    } },
    FailingPeriods: { properties: { numberOfEvaluationPeriods: 'int', minFailingPeriodsToAlert: 'int' } },
    Actions: { properties: { actionGroups: 'string[]' } },
  }),
};

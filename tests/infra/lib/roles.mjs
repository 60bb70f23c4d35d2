// Who may do what: exactly these assignments, with exactly these role ids.
import { propertyOf } from './bicep.mjs';

// https://learn.microsoft.com/azure/role-based-access-control/built-in-roles
const roleIds = {
  storageBlobDataOwner: 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b',
  storageBlobDataContributor: 'ba92f5b4-2d11-453d-a403-e96b0029c9fe',
  storageQueueDataContributor: '974c5e8b-45b9-4653-ba55-5f855dd0fb88',
  storageTableDataContributor: '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3',
  eventGridDataSender: 'd5a91429-5739-47e2-a06b-3470a27159e7',
  monitoringMetricsPublisher: '3913510d-42f4-4e42-8a64-420c390055eb',
  keyVaultSecretsUser: '4633458b-17de-408a-b874-0445c86b69e6',
};

// file, who, on what, as what
const intended = [
  'modules/events.bicep: principalId on topic as eventGridDataSender',
  'modules/events.bicep: storageTopic.identity.principalId on deadLetters as storageBlobDataContributor',
  'modules/events.bicep: topic.identity.principalId on deadLetters as storageBlobDataContributor',
  'modules/keys.bicep: principalId on vault as keyVaultSecretsUser',
  'modules/monitoring.bicep: principalId on insights as monitoringMetricsPublisher',
  'modules/storage.bicep: principalId on account as storageBlobDataOwner',
  'modules/storage.bicep: principalId on account as storageQueueDataContributor',
  'modules/storage.bicep: principalId on account as storageTableDataContributor',
];

const guid = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/;

export function checkRoles(all) {
  const problems = [];
  const found = new Map();
  for (const file of all) {
    const problem = (at, message) => problems.push({ path: file.path, line: at.line, message });
    for (const variable of Object.values(file.variables)) {
      if (!guid.test(variable.value.text ?? '')) continue;
      if (!roleIds[variable.name]) problem(variable, `${variable.name} is not the name of a role that this check knows`);
      else if (roleIds[variable.name] !== variable.value.text) problem(variable, `${variable.name} is ${variable.value.text}; that role is ${roleIds[variable.name]}`);
    }
    for (const { value } of file.expressions()) {
      const isVariable = Object.values(file.variables).some(one => one.value === value);
      if (value.kind === 'string' && guid.test(value.text ?? '') && !isVariable) problem(value, `${value.text} must be a variable with the role's name`);
    }
    for (const resource of Object.values(file.resources)) {
      if (!resource.target.startsWith('Microsoft.Authorization/roleAssignments@')) continue;
      const assignment = assignmentIn(resource, problem);
      if (assignment) found.set(`${file.path}: ${assignment}`, { path: file.path, line: resource.line });
    }
  }
  for (const [assignment, at] of found) if (!intended.includes(assignment)) problems.push({ ...at, message: `not an intended role assignment: ${assignment}` });
  for (const assignment of intended) if (!found.has(assignment)) problems.push({ path: assignment.split(':')[0], line: 1, message: `a role assignment is missing: ${assignment}` });
  return problems;
}

function assignmentIn(resource, problem) {
  const properties = propertyOf(resource.body, 'properties');
  const definition = propertyOf(properties, 'roleDefinitionId');
  const role = definition?.called?.name === 'subscriptionResourceId' && definition.arguments[0].text === 'Microsoft.Authorization/roleDefinitions' && definition.arguments[1]?.name;
  if (!role) { problem(resource, `${resource.name} must name its role by subscriptionResourceId('Microsoft.Authorization/roleDefinitions', {role})`); return null; }
  const name = propertyOf(resource.body, 'name');
  if (name?.called?.name !== 'guid' || !name.arguments.some(one => one.name === role)) problem(resource, `${resource.name} must have a guid() of the scope, the principal and the role as its name`);
  if (propertyOf(properties, 'principalType')?.text !== 'ServicePrincipal') problem(resource, `${resource.name} must have the principalType ServicePrincipal: a new identity is not found otherwise`);
  return `${path(propertyOf(properties, 'principalId'))} on ${path(propertyOf(resource.body, 'scope'))} as ${role}`;
}

const path = value => value?.kind === 'member' ? `${path(value.of)}.${value.property}` : value?.name ?? '?';

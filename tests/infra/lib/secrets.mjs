// No secret leaves: not as an output, not as a default, not into a parameter or setting that does not hide it.
import { propertyOf, walk } from './bicep.mjs';

const secretMembers = new Set(['connectionstring', 'instrumentationkey', 'primarykey', 'sharedaccesskey', 'key1', 'key2']);

export function checkSecrets(all) {
  const problems = [];
  for (const file of all) {
    const problem = (at, message) => problems.push({ path: file.path, line: at.line, message });
    for (const output of Object.values(file.outputs)) {
      const secret = secretIn(output.value, file);
      if (secret) problem(output, `the output ${output.name} tells a secret: ${secret}`);
    }
    for (const parameter of Object.values(file.parameters))
      if (parameter.decorators.secure && parameter.default && parameter.default.text !== '' && parameter.default.properties?.length !== 0) problem(parameter, `${parameter.name} is secure and has a default that everybody can read`);
    for (const module of Object.values(file.modules)) checkParameters(module, file, all, problem);
    for (const resource of Object.values(file.resources)) checkResource(resource, file, problem);
    if (file.using) for (const one of Object.values(file.variables)) checkGiven(one, all.find(other => `./${other.path}` === file.using), problem);
  }
  return problems;
}

/** @returns what is secret in it; null: nothing. Asking whether a secret is empty tells nothing. */
function secretIn(value, file, seen = new Set()) {
  const told = value?.kind === 'call' && value.called.name === 'empty' ? [] : [...walk(value)];
  for (const { value: one } of told) {
    if (one.kind === 'call' && one.called.kind === 'member' && /^list/.test(one.called.property)) return `${one.called.property}()`;
    if (one.kind === 'member' && secretMembers.has(one.property.toLowerCase())) return one.property;
    if (one.kind !== 'name' || seen.has(one.name)) continue;
    seen.add(one.name);
    if (file.parameters[one.name]?.decorators.secure) return one.name;
    const inside = file.variables[one.name] && secretIn(file.variables[one.name].value, file, seen);
    if (inside) return inside;
  }
  return null;
}

function checkParameters(module, file, all, problem) {
  const target = all.find(one => one.path === module.target);
  for (const one of propertyOf(module.body, 'params')?.properties ?? []) {
    const secret = secretIn(one.value, file);
    if (secret && !target?.parameters[one.key.text]?.decorators.secure) problem(one, `${one.key.text} takes a secret (${secret}) and is not secure`);
  }
}

/** Only these properties are for secrets: they cannot be read back, or only with a right of its own (app settings). */
const forSecrets = {
  'Microsoft.EventGrid/systemTopics/eventSubscriptions': ['endpointUrl'],
  'Microsoft.EventGrid/topics/eventSubscriptions': ['endpointUrl'],
  'Microsoft.KeyVault/vaults/secrets': ['value'],
  'Microsoft.Web/sites/config': ['properties'],
};

function checkResource(resource, file, problem) {
  const allowed = forSecrets[resource.target.split('@')[0]] ?? [];
  for (const { value } of walk(resource.body)) {
    if (value.kind !== 'object') continue;
    for (const one of value.properties) {
      if (one.value.kind === 'object' || one.value.kind === 'array' || allowed.includes(one.key.text)) continue;
      const secret = secretIn(one.value, file);
      // Application Insights takes no telemetry by its connection string alone (DisableLocalAuth).
      if (secret && secret !== 'ConnectionString') problem(one, `${one.key.text} of ${resource.name} shows a secret: ${secret}`);
    }
  }
}

function checkGiven(one, target, problem) {
  if (target?.parameters[one.name]?.decorators.secure && one.value.kind !== 'call') problem(one, `${one.name} is secure; it must come from the environment`);
}

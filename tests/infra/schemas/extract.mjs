// Writes the schemas of the resource types that infra/ uses, from the npm package @azure/mcp-linux-x64 (136 MB, Linux,
// not installed by anything else here):
//   npm pack @azure/mcp-linux-x64@2.0.5 && tar xzf azure-mcp-linux-x64-2.0.5.tgz
//   AZMCP=package/dist/azmcp npm run schemas
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readAll } from '../lib/infrastructure.mjs';
import { byHand } from './by-hand.mjs';

const tool = process.env.AZMCP;
if (!tool) throw new Error('AZMCP must name the tool azmcp; the head of this file says where it comes from.');
const folder = join(dirname(fileURLToPath(import.meta.url)), 'extracted');

// Network types reach each other in a circle; what lies this deep below a body is never written by hand.
const MaxDepth = 8;

const compact = properties => Object.fromEntries((properties ?? []).map(one => [
  one.name, [one.type, ...(one.flags?.match(/Required|ReadOnly/g) ?? [])].join(';'),
]));

function shape(type) {
  if (type.$type === 'DiscriminatedObject') {
    const elements = type.elements.map(element => ({ properties: compact(element.properties) }));
    return { discriminator: type.discriminator, properties: compact(type.baseProperties), elements };
  }
  return { properties: compact(type.properties), ...(type.additionalPropertiesType ? { others: type.additionalPropertiesType } : {}) };
}

function extract(resourceType) {
  const answer = JSON.parse(execFileSync(tool, ['bicepschema', 'get', '--resource-type', resourceType], {
    env: { ...process.env, AZURE_MCP_COLLECT_TELEMETRY: 'false' }, encoding: 'utf8', maxBuffer: 1 << 26, stdio: ['ignore', 'pipe', 'ignore'],
  }));
  const all = answer.results.BicepSchemaResult;
  const resource = all.find(one => one.$type === 'Resource');
  const known = new Map(all.filter(one => /Object$/.test(one.$type)).map(one => [one.name, one]));
  const body = shape(resource.bodyType);
  const types = {};
  let frontier = [body];
  for (let depth = 0; depth < MaxDepth && frontier.length > 0; depth++) {
    const next = [];
    for (const one of frontier) {
      const mentioned = [one, ...(one.elements ?? [])].flatMap(part => [...Object.values(part.properties), part.others ?? '']);
      for (const name of mentioned.map(text => text.split(';')[0].replace(/(\[\])+$/, ''))) {
        if (!known.has(name) || name in types) continue;
        types[name] = shape(known.get(name));
        next.push(types[name]);
      }
    }
    frontier = next;
  }
  // Beneath the last depth anything goes.
  const cut = new Set(frontier.flatMap(one => [one, ...(one.elements ?? [])]).flatMap(part => [...Object.values(part.properties), part.others ?? ''])
    .map(text => text.split(';')[0].replace(/(\[\])+$/, '')).filter(name => known.has(name) && !(name in types)));
  return { resource: resource.name, cut: [...cut].sort(), body, types };
}

const used = new Set(readAll().flatMap(file => Object.values(file.resources).map(one => one.target.split('@')[0])));
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder);
for (const resourceType of [...used].sort()) {
  if (resourceType in byHand) { console.log(`${resourceType}: by hand`); continue; }
  const schema = extract(resourceType);
  const types = Object.keys(schema.types).sort().map(name => `    ${JSON.stringify(name)}: ${JSON.stringify(schema.types[name])}`).join(',\n');
  const text = `{\n  "resource": ${JSON.stringify(schema.resource)},\n  "cut": ${JSON.stringify(schema.cut)},\n  "body": ${JSON.stringify(schema.body)},\n  "types": {\n${types}\n  }\n}\n`;
  writeFileSync(join(folder, `${resourceType.replaceAll('/', '.')}.json`), text);
  console.log(`${schema.resource}: ${text.length} characters`);
}

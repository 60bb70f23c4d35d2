// What the code reads from configuration, and what the infrastructure sets: each must know the other.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { appSettings } from './evaluate.mjs';
import { repository } from './infrastructure.mjs';

/** Deployments that set different things. main.bicep's defaults otherwise. */
export const deployments = {
  container: {},
  share: { nasShare: true, runtime: 'custom', instanceMemoryMb: 512 },
  users: { authAuthority: 'https://login.example.com/tenant', authAudience: 'api://cachefunctions' },
  keys: { encryptionKeyIds: ['k1', 'k2'], currentEncryptionKeyId: 'k2' },
};

/** Read by the Functions host or the platform, not by this service. https://learn.microsoft.com/azure/azure-functions/functions-app-settings */
export const ofTheHost = [
  'AzureWebJobsStorage:queueServiceUri', 'APPLICATIONINSIGHTS_CONNECTION_STRING', 'APPLICATIONINSIGHTS_AUTHENTICATION_STRING', 'FUNCTIONS_REQUEST_BODY_SIZE_LIMIT',
  // Named by the mount of the share.
  'NAS_SHARE_KEY',
];

/** Where the code needs a setting only beside others: whether it does beside these. What is not here it always needs. */
const neededWhere = {
  AzureWebJobsStorage: settings => !settings.has('AzureWebJobsStorage:blobServiceUri'),
  'Auth:Audience': settings => settings.has('Auth:Authority'),
  'Cache:Directory': settings => settings.get('Cache:Store') === 'directory',
  'Encryption:CurrentKey': settings => [...settings.keys()].filter(name => name.startsWith('Encryption:Keys:')).length > 1,
  'Origins:*:Path': settings => settings.get('Origins:nas:Type') === 'directory',
};

/** The C# of the product. */
export function readSources() {
  const folder = join(repository, 'src');
  return readdirSync(folder, { recursive: true }).map(String).filter(path => path.endsWith('.cs') && !/(^|\/)(StandIns|bin|obj)\//.test(path)).sort()
    .map(path => ({ path, text: readFileSync(join(folder, path), 'utf8') }));
}

const literal = String.raw`\$?"([^"]*)"`;
const asked = new RegExp(String.raw`\b(?:Text|RequiredText|Number|Fraction|Duration|Flag|Choice|Address|Names|GetSection)\(\s*(?:${literal}|(\w+)\b)`, 'g');
const indexed = new RegExp(String.raw`\b[cC]onfiguration\[(?:${literal}|(\w+))\]`, 'g');
const known = /RequireKnown\(\s*([^;]*?)\);/gs;
const twoNames = new RegExp(String.raw`\bName\(${literal}, ${literal}\)`, 'g');
const timer = /TimerTrigger\("%([^%"]+)%"\)/g;
const required = new RegExp(String.raw`\bRequiredText\((?:${literal}|(\w+)\b)`, 'g');
const missing = new RegExp(String.raw`\bWrong\(\s*(?:${literal}|(\w+)),\s*\$?"is missing`, 'g');

/**
 * Settings that the code reads, as patterns: * stands for a name that is only known when it runs.
 * @returns read: of names; required: those that it cannot do without, at least in some deployments.
 */
export function settingsOfCode(sources) {
  const read = new Set();
  const needed = new Set();
  const global = new Map(sources.flatMap(({ text, path }) => [...text.matchAll(/const string (\w+) = "([^"]*)"/g)].map(one => [`${path.split('/').at(-1).replace('.cs', '')}.${one[1]}`, one[2]])));
  for (const { path, text } of sources) {
    const own = path.split('/').at(-1).replace('.cs', '');
    const locals = new Map([...text.matchAll(/\b(?:var|string) (\w+) = \$?"([^"]*)"/g)].map(one => [one[1], one[2]]));
    const named = name => global.get(`${own}.${name}`) ?? locals.get(name);
    const filled = (template, depth = 0) => template.replace(/\{([^}]*)\}/g, (_, name) => depth < 3 && named(name) !== undefined ? filled(named(name), depth + 1) : '*');
    const nameOf = ([, template, identifier]) => template !== undefined ? filled(template) : named(identifier) !== undefined ? filled(named(identifier)) : null;
    // A setting's name is a word, or words with colons; other texts that are asked for are not settings.
    const add = (set, name) => { if (name && /^[\w*]+([:.][\w*]+)*$/.test(name)) set.add(name.replaceAll('__', ':')); };
    if (!/SettingsReader|IConfiguration|Configuration\[|TimerTrigger/.test(text)) continue;
    for (const one of [...text.matchAll(asked), ...text.matchAll(indexed)]) add(read, nameOf(one));
    for (const [, list] of text.matchAll(known)) {
      const [section, ...names] = list.split(',').map(one => one.trim());
      const prefix = nameOf([null, section.match(/^\$?"([^"]*)"$/)?.[1], section]);
      for (const name of names) add(read, `${prefix}:${name.match(/^"(.*)"$/)?.[1] ?? name.match(/nameof\((?:\w+\.)*(\w+)\)/)?.[1]}`);
    }
    for (const [, documented, mine] of text.matchAll(twoNames)) { add(read, documented); add(read, `DiskCache:${mine}`); }
    for (const [, name] of text.matchAll(timer)) { add(read, name); add(needed, name); }
    for (const one of [...text.matchAll(required), ...text.matchAll(missing)]) add(needed, nameOf(one));
  }
  // Of a section whose names are all known, none are open.
  const closed = new Set([...read].filter(name => !name.endsWith('*')).map(name => name.replace(/:[^:]*$/, '')));
  return { read: [...read].filter(name => !(name.endsWith(':*') && closed.has(name.slice(0, -2)))).sort(), needed: [...needed].sort() };
}

/** Whether a setting is one that a pattern stands for. */
export const fits = (pattern, name) => {
  const [a, b] = [pattern.split(':'), name.split(':')];
  return a.length === b.length && a.every((part, i) => part === '*' || part.toLowerCase() === b[i].toLowerCase());
};

export function checkSettings(all, sources) {
  const problems = [];
  const file = all.find(one => one.path === 'modules/function-app.bicep');
  const problem = message => problems.push({ path: file.path, line: file.resources.appSettings.line, message });
  const code = settingsOfCode(sources);
  if (code.read.length < 40 || code.needed.length < 8)
    problem(`only ${code.read.length} settings were found in the code, ${code.needed.length} of them required: it reads them in a way that this check does not see`);
  for (const [deployment, given] of Object.entries(deployments)) {
    const settings = new Map(Object.entries(appSettings(all, given)).map(([name, value]) => [name.replaceAll('__', ':'), value]));
    for (const name of settings.keys())
      if (![...code.read, ...ofTheHost].some(pattern => fits(pattern, name))) problem(`${name} is set (deployment ${deployment}), but neither the code nor the Functions host reads it`);
    for (const pattern of code.needed) {
      const isNeeded = neededWhere[pattern]?.(settings) ?? true;
      if (isNeeded && ![...settings.keys()].some(name => fits(pattern, name))) problem(`${pattern} is required by the code, but not set (deployment ${deployment})`);
    }
  }
  return problems;
}

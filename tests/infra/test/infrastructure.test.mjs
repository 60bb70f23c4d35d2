import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { check } from '../lib/check.mjs';
import { settingsPath, settingsText } from '../lib/deployed-settings.mjs';
import { appSettings, bodyOf } from '../lib/evaluate.mjs';
import { folder, readAll, readTexts, repository } from '../lib/infrastructure.mjs';
import { documentedSettings, ofTheServer, readTable, settingsToDocument } from '../lib/settings-table.mjs';
import { fits, readSources, settingsOfCode } from '../lib/settings.mjs';
import { schemaOf } from '../lib/schemas.mjs';
import { byHand } from '../schemas/by-hand.mjs';

test('The infrastructure has no problem', () => assert.deepEqual(check(readTexts(), readSources()), []));

test('Every resource is held to a schema, and the hand-written ones are these four', () => {
  const used = new Set(readAll().flatMap(file => Object.values(file.resources).map(one => one.target.split('@')[0])));
  assert.ok(used.size >= 25, `only ${used.size} types were read`);
  for (const type of used) assert.ok(schemaOf(type), `${type} has no schema`);
  assert.deepEqual([...used].filter(type => byHand[type]).sort(), [
    'Microsoft.Insights/actionGroups', 'Microsoft.Insights/scheduledQueryRules',
    'Microsoft.Network/privateDnsZones', 'Microsoft.Network/privateDnsZones/virtualNetworkLinks',
  ]);
});

test('settings.json, which the service is started with in its own tests, is what main.bicep sets', () =>
  assert.equal(readFileSync(settingsPath, 'utf8'), settingsText(), 'Run npm run settings in tests/infra.'));

test('The settings that are found in the code are those of the table in docs/operations.md, and each row says what it means', () => {
  const table = readTable();
  assert.deepEqual(settingsToDocument(), documentedSettings(table).filter(name => !ofTheServer.includes(name)).sort(), 'npm run settings-table adds rows.');
  for (const row of table) assert.match(row, /^\|[^|]+\| \S.*\|$/);
});

const app = given => bodyOf(readAll(), given, 'functionApp', 'app').properties;

test('The app runs .NET 10 isolated, or a custom handler', () => {
  assert.deepEqual(app({}).functionAppConfig.runtime, { name: 'dotnet-isolated', version: '10.0' });
  assert.deepEqual(app({ runtime: 'custom' }).functionAppConfig.runtime, { name: 'custom', version: '1.0' });
});

test('Streams do not buy an instance for each few listeners', () =>
  assert.equal(app({}).functionAppConfig.scaleAndConcurrency.triggers.http.perInstanceConcurrency, 100));

test('Names are within what Azure allows, for the longest prefix', () => {
  const given = { name: 'Abc-efghijk', nasShare: true };
  for (const [module, resource] of [['storage', 'account'], ['keys', 'vault'], ['share', 'account']]) {
    const { name } = bodyOf(readAll(), given, module, resource);
    assert.match(name, /^[a-z0-9]{3,24}$/, `${module}: ${name}`);
  }
});

test('azure.yaml names what is there', () => {
  const yaml = readFileSync(join(folder, 'azure.yaml'), 'utf8');
  const value = key => yaml.match(new RegExp(`^ *${key}: (.*)$`, 'm'))[1];
  assert.ok(existsSync(join(folder, value('path'), `${value('module')}.bicep`)));
  assert.ok(existsSync(join(folder, value('project'), 'CacheFunctions.csproj')));
  const service = yaml.match(/^services:\n {2}(\w+):/m)[1];
  assert.match(readTexts().get('main.bicep'), new RegExp(`'azd-service-name': '${service}'`));
});

test('docs/deployment.md names every parameter of main.bicep, and no other', () => {
  const page = readFileSync(join(repository, 'docs/deployment.md'), 'utf8');
  const table = page.slice(page.indexOf('| Parameter |')).split('\n\n')[0].split('\n').slice(2);
  const named = table.flatMap(row => [...row.split('|')[1].matchAll(/`(\w+)`/g)].map(one => one[1]));
  assert.deepEqual(named.sort(), Object.keys(readAll().find(one => one.path === 'main.bicep').parameters).sort());
});

test('The lock file names no registry', () =>
  assert.doesNotMatch(readFileSync(join(repository, 'tests/infra/package-lock.json'), 'utf8'), /https?:/));

test('The compose file sets only what the service reads', () => {
  const compose = readFileSync(join(folder, 'container/compose.yaml'), 'utf8');
  const service = compose.slice(compose.indexOf('  service:'), compose.indexOf('  azurite:'));
  const names = [...service.slice(service.indexOf('environment:')).split('volumes:')[0].matchAll(/^ {6}(\w+):/gm)].map(one => one[1].replaceAll('__', ':'));
  const { read } = settingsOfCode(readSources());
  assert.ok(names.length >= 5, names.join());
  for (const name of names) assert.ok([...read, 'Keys:Function:*'].some(pattern => fits(pattern, name)), `nothing reads ${name}`);
});

for (const [memory, expected] of [[512, ['128', '32', '16']], [2048, ['512', '128', '64']], [4096, ['1024', '256', '128']]]) {
  test(`What ${memory} MB take at once holds half of them at the most`, () => {
    const settings = appSettings(readAll(), { instanceMemoryMb: memory });
    assert.deepEqual(['Limits__Light', 'Limits__Content', 'Limits__Heavy'].map(name => settings[name]), expected);
    // 8 MiB an upload.
    assert.ok(Number(settings.Limits__Content) * 8 <= memory / 2);
  });
}

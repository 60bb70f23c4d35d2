// Each test plants one error into the real infrastructure, or into the code it is compared with, and wants it found.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { check } from '../lib/check.mjs';
import { readTexts } from '../lib/infrastructure.mjs';
import { readSources } from '../lib/settings.mjs';

/** @param found what one of the problems must say; the test is called by it. */
function planted(path, old, fresh, found) {
  test(found, () => {
    const texts = readTexts();
    const text = texts.get(path);
    assert.ok(text.includes(old), `${path} no longer holds: ${old}`);
    texts.set(path, text.replace(old, () => fresh));
    const problems = check(texts, readSources());
    assert.ok(problems.some(one => one.message.includes(found)), `found only: ${JSON.stringify(problems, null, 2)}`);
  });
}

const storage = 'modules/storage.bicep';
const app = 'modules/function-app.bicep';
const events = 'modules/events.bicep';
const keys = 'modules/keys.bicep';

// Syntax
planted(storage, "kind: 'StorageV2'\n", "kind: 'StorageV2\n", 'does not parse');
planted('main.bicep', 'module alerts ', 'modul alerts ', 'does not parse');
planted('main.bicepparam', "param runtime = 'dotnet-isolated'", 'param runtime = ', 'does not parse');

// Bodies of resources
planted(storage, 'allowSharedKeyAccess: false', 'allowSharedKeysAccess: false', 'has no property allowSharedKeysAccess; allowSharedKeyAccess?');
planted(storage, 'allowSharedKeyAccess: false', "allowSharedKeyAccess: 'no'", 'allowSharedKeyAccess is a string; it must be true or false');
planted(storage, "minimumTlsVersion: 'TLS1_2'", "minimumTlsVersion: 'TLS1.2'", "minimumTlsVersion is 'TLS1.2'; it must be one of TLS1_0, TLS1_1, TLS1_2, TLS1_3");
planted(storage, "publicAccess: 'None'", "publicAccess: 'none'", "publicAccess is 'none'");
planted(storage, "  kind: 'StorageV2'\n", '', 'Microsoft.Storage/storageAccounts lacks kind');
planted(storage, 'daysAfterModificationGreaterThan: 30', "daysAfterModificationGreaterThan: '30'", 'daysAfterModificationGreaterThan is a string; it must be a whole number');
planted(storage, 'days: softDeleteDays\n    }\n    container', 'days: redundancy\n    }\n    container', 'deleteRetentionPolicy.days is a string');
planted('main.bicep', "  'Standard_GZRS'\n", "  'Standard_GZ'\n", "sku.name is 'Standard_GZ'");
planted(storage, "storageAccounts@2025-01-01' = {", "storageAccounts@2023-05-01' = {", 'has the api-version 2023-05-01; its schema is that of 2025-01-01');
planted(storage, 'blobServices/containers@', 'blobServices/container@', 'has no schema here');
planted(storage, '  parent: account\n  name: \'default\'\n}', "  name: 'default'\n}", 'tables lacks parent');
planted(storage, '  parent: blobs\n', '  parent: account\n', 'which cannot have the parent account');
planted(storage, "    accessTier: 'Hot'", "    accessTier: 'Hot'\n    creationTime: '2026'", 'creationTime is read-only');
planted(app, 'perInstanceConcurrency: httpConcurrency', 'perInstanceConcurrency: runtime', 'perInstanceConcurrency is a string; it must be a whole number');
planted(app, 'instanceMemoryMB: instanceMemoryMb', 'instanceMemory: instanceMemoryMb', 'has no property instanceMemory; instanceMemoryMB?');
planted('main.bicep', "  'custom'\n", "  'costum'\n", "runtime.name is 'costum'");
planted(app, "type: 'AzureFiles'", "type: 'AzureFile'", "type is 'AzureFile'; it must be one of AzureFiles, AzureBlob");
planted(app, "name: 'appsettings'", "name: 'appsetting'", 'name must be one of appsettings');
planted(app, 'virtualNetworkSubnetId: empty(subnetId) ? null : subnetId', 'virtualNetworkSubnetId: empty(subnetId)', 'virtualNetworkSubnetId is true or false; it must be a string');
planted(events, "endpointType: 'WebHook'", "endpointType: 'Webhook'", 'endpointType must be one of');
planted(events, 'maxEventsPerBatch: 100', 'maxEventsPerBatch: [100]', 'maxEventsPerBatch is an array');
planted('modules/alerts.bicep', "timeAggregation: 'Count'", "timeAggregation: 'Counts'", "timeAggregation is 'Counts'");
planted('modules/alerts.bicep', 'severity: 1', "severity: '1'", 'severity is a string; it must be a whole number');
planted('modules/alerts.bicep', "window: 'PT15M'", "window: 'PT15'", "windowSize is 'PT15'");
planted('modules/network.bicep', "serviceName: 'Microsoft.App/environments'", "service: 'Microsoft.App/environments'", 'has no property service');
planted(app, 'account.properties.primaryEndpoints.table', 'account.properties.primaryEndpoints.tables', 'has no properties.primaryEndpoints.tables');
planted(app, 'insights.properties.ConnectionString', 'insights.properties.connectionString', 'has no properties.connectionString; ConnectionString?');

// Symbols
planted(storage, 'name: redundancy', 'name: redundancies', 'redundancies is not declared');
planted('main.bicep', "var suffix = ", "var unused = 1\nvar suffix = ", 'unused is not used');
planted(keys, "@description('Tags.')", "@description('Nobody asks.')\nparam more string\n\n@description('Tags.')", 'more is not used');
planted(keys, 'resource key ', 'resource vault ', 'vault is declared twice');
planted(events, 'resource deadLetters ', "resource other 'Microsoft.Storage/storageAccounts@2025-01-01' existing = {\n  name: storageAccountName\n}\n\nresource deadLetters ", 'other is not used');
planted('modules/private-endpoints.bicep', 'name: service.zone', 'name: servic.zone', 'servic is not declared');
planted('main.bicep', 'uniqueString(resourceGroup().id)', 'uniqString(resourceGroup().id)', 'uniqString() is not a function');
planted('modules/network.bicep', 'cidrSubnet(addressPrefix, 26, 0)', 'cidrSubnet(addressPrefix, 26)', 'cidrSubnet() has 2 arguments; it takes 3');
planted('main.bicep', "@description('Tags of all resources.')\n", '', 'tags has no description');
planted('main.bicep', "param instanceMemoryMb int = 2048", "param instanceMemoryMb int = 1024", 'instanceMemoryMb is not one of its allowed values by default');
planted('main.bicep', "param httpConcurrency int = 100", "param httpConcurrency int = 2000", 'httpConcurrency is 2000 by default; it must be 1 to 1000');

planted('modules/alerts.bicep', 'group!.id', 'group.id', 'group is not always there; say group!.id');
planted('main.bicep', 'share!.outputs.accountId', 'share.outputs.accountId', 'share is not always there; say share!.outputs');

// Modules
planted('main.bicep', '    addressPrefix: networkAddressPrefix\n', '', 'network lacks the parameter addressPrefix');
planted('main.bicep', 'redundancy: storageRedundancy', 'redundant: storageRedundancy', 'has no parameter redundant');
planted('main.bicep', 'maximumInstances: maximumInstances', 'maximumInstances: string(maximumInstances)', 'maximumInstances is string; modules/function-app.bicep wants int');
planted('main.bicep', 'monitoring.outputs.workspaceId', 'monitoring.outputs.workspace', 'modules/monitoring.bicep has no output workspace');
planted('main.bicep', 'topicEndpoint: events.outputs.topicEndpoint', 'topicEndpoint: encryptionKeyIds', 'topicEndpoint is array');
planted('main.bicep', "'modules/alerts.bicep'", "'modules/alarms.bicep'", 'there is no modules/alarms.bicep');
planted('main.bicep', "'modules/alerts.bicep'", "'br/public:avm/res/insights/metric-alert:0.1.0'", 'is a remote module');
planted(keys, 'output vaultUri', 'output another string = vault.id\noutput vaultUri', 'the output another is not used');
planted('main.bicepparam', 'param nasShare = false', 'param nasShares = false', 'main.bicep has no parameter nasShares');
planted('main.bicepparam', "param runtime = 'dotnet-isolated'", "param runtime = 'java'", "runtime is 'java'; main.bicep allows dotnet-isolated, custom");

planted('main.bicep', "  name: 'alerts'\n", "  names: 'alerts'\n", 'a module has no property names');

// Loops
planted('modules/alerts.bicep', "    window: 'PT15M'", "    windows: 'PT15M'", 'an item that is gone through as rule has no window');
planted('modules/private-endpoints.bicep', "    group: 'file'", "    group: 'file'\n    port: 445", 'port of an item is not used');
planted(app, "  custom: '1.0'", "  customs: '1.0'", 'runtimeVersions has no custom');

// Roles
planted(storage, '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3', 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b', 'storageTableDataContributor is b7e6dc6d');
planted(keys, "'4633458b-17de-408a-b874-0445c86b69e6'", "'00482a5a-887f-4fb3-b363-3b7fe8e74483'", 'keyVaultSecretsUser is 00482a5a');
planted(keys, 'var keyVaultSecretsUser = ', "var keyVaultAdministrator = '00482a5a-887f-4fb3-b363-3b7fe8e74483'\nvar keyVaultSecretsUser = ", 'keyVaultAdministrator is not the name of a role');
planted(events, 'scope: deadLetters', 'scope: account', 'not an intended role assignment: modules/events.bicep: topic.identity.principalId on account as storageBlobDataContributor');
planted(events, 'scope: topic', 'scope: account', 'a role assignment is missing: modules/events.bicep: principalId on topic as eventGridDataSender');
planted('modules/monitoring.bicep', "'Microsoft.Authorization/roleDefinitions', monitoringMetricsPublisher", "'Microsoft.Authorization/roleDefinitions', '3913510d-42f4-4e42-8a64-420c390055eb'", 'publisher must name its role');
planted('modules/monitoring.bicep', "principalType: 'ServicePrincipal'", "principalType: 'User'", 'must have the principalType ServicePrincipal');
planted('modules/monitoring.bicep', 'guid(insights.id, principalId, monitoringMetricsPublisher)', "'publisher'", 'must have a guid()');

// Secrets
planted('modules/nas-share.bicep', 'output keyName string = keyName', "output keyName string = account.listKeys().keys[0].value", 'the output keyName tells a secret: listKeys()');
planted('modules/monitoring.bicep', 'output insightsName string = insights.name', 'output insightsName string = insights.properties.ConnectionString', 'tells a secret: ConnectionString');
planted(keys, 'output vaultName string = vault.name', "var told = newKey\noutput vaultName string = '${vault.name}${told}'", 'tells a secret: newKey');
planted(events, "@description('Where events go; empty: no subscription.')\n@secure()\n", "@description('Where events go; empty: no subscription.')\n", 'webhookUrl takes a secret (eventWebhookUrl) and is not secure');
planted('main.bicep', 'param settings object = {}', "param settings object = {\n  Keys__Master: 'abc'\n}", 'settings is secure and has a default');
planted('main.bicep', "param settings object = {}", "param settings object = {}\n\noutput all object = settings", 'the output all tells a secret: settings');
planted('main.bicep', "param newEncryptionKey string = ''", "param newEncryptionKey string = 'abc'", 'newEncryptionKey is secure and has a default');
planted(keys, "contentType: '32 bytes, base64'", 'contentType: newKey', 'contentType of key shows a secret: newKey');
planted('main.bicepparam', "param newEncryptionKey = readEnvironmentVariable('NEW_ENCRYPTION_KEY', '')", "param newEncryptionKey = 'abc'", 'newEncryptionKey is secure; it must come from the environment');

// Settings
planted(app, '  Tier__MemoryBytes:', '  Tier__MemoryByte:', 'Tier:MemoryByte is set (deployment container), but neither the code nor the Functions host reads it');
planted(app, '  Schedules__Cleanup: scheduleCleanup\n', '  DISK_CACHE_TTL_SECONDS: scheduleCleanup\n', 'Schedules:Cleanup is required by the code, but not set');
planted(app, '  AzureWebJobsStorage__tableServiceUri: account.properties.primaryEndpoints.table\n', '', 'AzureWebJobsStorage:tableServiceUri is required by the code, but not set');
planted(app, "  Origins__nas__Path: mountPath\n", "  Origins__nas__ReadOnly: mountPath\n", 'Origins:*:Path is required by the code, but not set (deployment share)');
planted(app, '  Encryption__CurrentKey: currentEncryptionKeyId\n', '  STORAGE_ENCRYPTION_KEY: currentEncryptionKeyId\n', 'Encryption:CurrentKey is required by the code, but not set (deployment keys)');
planted(app, "  Auth__Audience: authAudience\n", "  Auth__TrustPlatformPrincipal: authAudience\n", 'Auth:Audience is required by the code, but not set (deployment users)');

// Alerts, containers, lifecycle
planted('modules/alerts.bicep', 'A write back failed and', 'A write-back failed and', 'nothing in the code logs or is called "A write-back failed');
planted('modules/alerts.bicep', 'Name == "RunCleanup"', 'Name == "Cleanup"', 'nothing in the code logs or is called "Cleanup"');
planted(storage, "  'directories'\n", '', 'the container directories, which the code names, is not made');
planted(storage, "'dead-letter/'", "'sessions/'", 'the lifecycle rule old-dead-letters reaches sessions/');

/** An error on the other side: the code changes and the infrastructure does not. */
function plantedInCode(path, old, fresh, found) {
  test(found, () => {
    const sources = readSources();
    const source = sources.find(one => one.path.endsWith(path));
    assert.ok(source?.text.includes(old), `${path} no longer holds: ${old}`);
    source.text = source.text.replace(old, () => fresh);
    const problems = check(readTexts(), sources);
    assert.ok(problems.some(one => one.message.includes(found)), `found only: ${JSON.stringify(problems, null, 2)}`);
  });
}

plantedInCode('Settings/SettingsOf.cs', 'read.Number("Tier:MemoryBytes"', 'read.RequiredText("Tier:MemorySize"', 'Tier:MemorySize is required by the code, but not set');
plantedInCode('Service/TimerFunctions.cs', '%Schedules:Maintenance%', '%Schedules:Nightly%', 'Schedules:Nightly is required by the code, but not set');
plantedInCode('Service/TimerFunctions.cs', 'kept as both:', 'both kept:', 'nothing in the code logs or is called "kept as both: [1-9]"');
plantedInCode('Content/ContentName.cs', '"cache"', '"copies"', 'the container copies, which the code names, is not made');

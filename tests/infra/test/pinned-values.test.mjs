// What no schema asks for and must stand all the same: take a line away, and nothing else would notice.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bodyOf } from '../lib/evaluate.mjs';
import { propertyOf } from '../lib/bicep.mjs';
import { readAll } from '../lib/infrastructure.mjs';

const all = readAll();

/** @param expected a part of what the resource holds. */
function holds(sentence, module, resource, expected, given = {}) {
  test(sentence, () => assert.deepEqual(part(bodyOf(all, { nasShare: true, privateNetwork: true, alertEmail: 'a@example.com', eventWebhookUrl: 'https://a.example.com', storageEventsUrl: 'https://b.example.com', ...given }, module, resource), expected), expected));
}

/** Only what is also expected. */
const part = (actual, expected) => expected && typeof expected === 'object' && actual && typeof actual === 'object' && !Array.isArray(expected)
  ? Object.fromEntries(Object.keys(expected).map(key => [key, part(actual[key], expected[key])]))
  : actual;

const closed = { allowBlobPublicAccess: false, allowCrossTenantReplication: false, minimumTlsVersion: 'TLS1_2', supportsHttpsTrafficOnly: true };
holds('Storage is closed: identities, TLS 1.2, nothing public', 'storage', 'account', {
  kind: 'StorageV2', properties: { ...closed, allowSharedKeyAccess: false, defaultToOAuthAuthentication: true, accessTier: 'Hot', networkAcls: { bypass: 'AzureServices', defaultAction: 'Deny' } },
});
holds('Without a private network storage can be reached, by identity', 'storage', 'account', { properties: { networkAcls: { defaultAction: 'Allow' } } }, { privateNetwork: false });
holds('The share\'s account is closed but for its key', 'share', 'account', { properties: { ...closed, allowSharedKeyAccess: true, networkAcls: { bypass: 'None', defaultAction: 'Deny' } } });
holds('The share is encrypted on its way', 'share', 'files', { properties: { protocolSettings: { smb: { versions: 'SMB3.1.1', channelEncryption: 'AES-256-GCM;AES-128-GCM' } }, shareDeleteRetentionPolicy: { enabled: true, days: 7 } } });
holds('The share is as large as was asked for', 'share', 'share', { properties: { enabledProtocols: 'SMB', shareQuota: 50 } }, { nasShareGb: 50 });
holds('What was deleted can be brought back', 'storage', 'blobs', {
  properties: { deleteRetentionPolicy: { enabled: true, days: 3 }, containerDeleteRetentionPolicy: { enabled: true, days: 3 } },
}, { softDeleteDays: 3 });
holds('Browsers may use signed addresses from the origins that were named', 'storage', 'blobs', {
  properties: { cors: { corsRules: [{
    allowedOrigins: ['https://app.example.com'], allowedMethods: ['GET', 'HEAD', 'PUT', 'OPTIONS'], allowedHeaders: ['*'],
    exposedHeaders: ['ETag', 'Content-Range', 'Content-Length'], maxAgeInSeconds: 3600,
  }] } },
}, { corsOrigins: ['https://app.example.com'] });
holds('The vault takes roles, and nobody can purge it', 'keys', 'vault', {
  properties: {
    enableRbacAuthorization: true, enableSoftDelete: true, enablePurgeProtection: true, softDeleteRetentionInDays: 90, sku: { family: 'A', name: 'standard' },
    networkAcls: { bypass: 'AzureServices', defaultAction: 'Deny' },
  },
});
holds('A new key is stored under the current id', 'keys', 'key', { name: 'encryption-key-k2', properties: { value: 'abc' } }, { newEncryptionKey: 'abc', currentEncryptionKeyId: 'k2' });
holds('Telemetry needs an identity', 'monitoring', 'insights', { kind: 'web', properties: { DisableLocalAuth: true, WorkspaceResourceId: 'workspace-id', Application_Type: 'web' } });
holds('Publishing needs an identity, events are CloudEvents', 'events', 'topic', {
  identity: { type: 'SystemAssigned' }, properties: { disableLocalAuth: true, inputSchema: 'CloudEventSchemaV1_0', minimumTlsVersionAllowed: '1.2', publicNetworkAccess: 'Enabled' },
});
const delivery = endpointUrl => ({
  eventDeliverySchema: 'CloudEventSchemaV1_0',
  destination: { endpointType: 'WebHook', properties: { endpointUrl, minimumTlsVersionAllowed: '1.2' } },
  retryPolicy: { eventTimeToLiveInMinutes: 1440, maxDeliveryAttempts: 30 },
  deadLetterWithResourceIdentity: {
    identity: { type: 'SystemAssigned' },
    deadLetterDestination: { endpointType: 'StorageBlob', properties: { resourceId: 'account-id', blobContainerName: 'dead-letter' } },
  },
});
holds('What the example subscription cannot deliver is kept', 'events', 'example', { properties: delivery('https://a.example.com') });
holds('The service hears of downloads alone', 'events', 'downloads', {
  properties: {
    ...delivery('https://b.example.com'),
    filter: { subjectBeginsWith: '/blobServices/default/containers/directories/', includedEventTypes: ['Microsoft.Storage.BlobCreated', 'Microsoft.Storage.BlobDeleted'] },
  },
});
holds('Storage\'s own topic can write dead letters', 'events', 'storageTopic', { identity: { type: 'SystemAssigned' }, properties: { source: 'account-id', topicType: 'Microsoft.Storage.StorageAccounts' } });
holds('The plan is Flex Consumption on Linux', 'functionApp', 'plan', { kind: 'functionapp', sku: { name: 'FC1', tier: 'FlexConsumption' }, properties: { reserved: true } });
const flex = (runtime, version, alwaysReady) => ({
  kind: 'functionapp,linux',
  identity: { type: 'UserAssigned', userAssignedIdentities: { 'identity-id': {} } },
  properties: {
    serverFarmId: 'plan-id', httpsOnly: true, keyVaultReferenceIdentity: 'identity-id',
    siteConfig: { minTlsVersion: '1.2', scmMinTlsVersion: '1.2', http20Enabled: true, cors: { allowedOrigins: [] } },
    functionAppConfig: {
      deployment: { storage: {
        type: 'blobContainer', value: 'https://account.blob.core.windows.net/deployment',
        authentication: { type: 'UserAssignedIdentity', userAssignedIdentityResourceId: 'identity-id' },
      } },
      runtime: { name: runtime, version },
      // A stream holds a place for as long as it is open, so places are many.
      scaleAndConcurrency: { instanceMemoryMB: 2048, maximumInstanceCount: 100, alwaysReady, triggers: { http: { perInstanceConcurrency: 100 } } },
    },
  },
});
holds('The app runs .NET 10 isolated', 'functionApp', 'app', flex('dotnet-isolated', '10.0', []));
holds('Or a custom handler, with instances that are always there', 'functionApp', 'app', flex('custom', '1.0', [{ name: 'http', instanceCount: 2 }]), { runtime: 'custom', alwaysReadyInstances: 2 });
holds('It calls through the network where there is one', 'functionApp', 'app', { properties: { virtualNetworkSubnetId: 'network-id/subnets/app' } });
holds('The share is mounted by a reference to its key', 'functionApp', 'mounts', {
  properties: { nas: { type: 'AzureFiles', protocol: 'Smb', accountName: 'account-name', shareName: 'share-name', mountPath: '/mounts/nas', accessKey: '@AppSettingRef(NAS_SHARE_KEY)' } },
});
holds('Nobody deploys by a password', 'functionApp', 'noScmPassword', { name: 'scm', properties: { allow: false } });
holds('Nor by one of FTP', 'functionApp', 'noFtpPassword', { name: 'ftp', properties: { allow: false } });
holds('Flex Consumption has a subnet of its own', 'network', 'network', {
  properties: { addressSpace: { addressPrefixes: ['10.20.0.0/24'] }, subnets: [
    { name: 'app', properties: { addressPrefix: '10.20.0.0/24:26:0', delegations: [{ name: 'flex', properties: { serviceName: 'Microsoft.App/environments' } }] } },
    { name: 'endpoints', properties: { addressPrefix: '10.20.0.0/24:26:1', privateEndpointNetworkPolicies: 'Disabled' } },
  ] },
});

test('Each private endpoint has the zone of its service', () => {
  const { variables } = all.find(one => one.path === 'modules/private-endpoints.bicep');
  const zones = [...variables.always.value.items, ...variables.ofShare.value.items]
    .map(item => [propertyOf(item, 'group').text, propertyOf(item, 'target').name, propertyOf(item, 'zone').parts[0]]);
  assert.deepEqual(zones, [
    ['blob', 'storageAccountId', 'privatelink.blob.'], ['table', 'storageAccountId', 'privatelink.table.'], ['queue', 'storageAccountId', 'privatelink.queue.'],
    ['vault', 'vaultId', 'privatelink.vaultcore.azure.net'], ['file', 'shareAccountId', 'privatelink.file.'],
  ]);
});

// The whole of CacheFunctions in one resource group. docs/deployment.md says how to deploy and operate it.
targetScope = 'resourceGroup'

@description('What all names begin with: letters, digits and -, a letter first. The rest of a name is derived from the resource group.')
@minLength(3)
@maxLength(11)
param name string = 'cachefn'

@description('Region of all resources. It must offer Flex Consumption.')
param location string = resourceGroup().location

@description('Tags of all resources.')
param tags object = {}

@description('Who runs the functions: the .NET isolated worker, or the self-host as a custom handler.')
@allowed([
  'dotnet-isolated'
  'custom'
])
param runtime string = 'dotnet-isolated'

@description('Memory of an instance, in MB. The content tier in memory grows with it.')
@allowed([
  512
  2048
  4096
])
param instanceMemoryMb int = 2048

@description('How many instances there may be at the most.')
@minValue(40)
@maxValue(1000)
param maximumInstances int = 100

@description('Instances for HTTP that are always there. Each is paid for by the second, idle or not; 0: the first request after a rest waits for a start.')
@minValue(0)
@maxValue(20)
param alwaysReadyInstances int = 0

@description('Requests that one instance serves at once before another is started. An event stream counts as one for as long as it is open, so the platform\'s own 16 (at 2048 MB) would buy an instance for each 16 listeners.')
@minValue(1)
@maxValue(1000)
param httpConcurrency int = 100

@description('The longest request body, in bytes; larger files go to storage with a signed address, or by resumable upload. The platform takes 210,000,000 at the most.')
@minValue(1048576)
@maxValue(210000000)
param maxRequestBodyBytes int = 104857600

@description('How often storage keeps each byte, and where. Work that is not written back yet lies only here.')
@allowed([
  'Standard_LRS'
  'Standard_ZRS'
  'Standard_GRS'
  'Standard_GZRS'
])
param storageRedundancy string = 'Standard_ZRS'

@description('For how many days deleted and overwritten blobs can be brought back. They are paid for until then.')
@minValue(1)
@maxValue(365)
param softDeleteDays int = 7

@description('Browser origins that may call the service and the signed addresses of its storage, like https://app.example.com.')
param corsOrigins array = []

@description('Mount an Azure Files share as the origin, in a storage account of its own. Otherwise the origin is a blob container.')
param nasShare bool = false

@description('Size of the share, in GiB.')
@minValue(1)
@maxValue(102400)
param nasShareGb int = 1024

@description('The https address of the container that is the origin, where nasShare is false. Empty: the container origin of the service\'s own account. Of another account it holds a signature, or the service\'s identity has the role Storage Blob Data Owner there.')
@secure()
param originContainerUri string = ''

@description('How callers name the root of the origin; it begins and ends with /.')
param originPrefix string = '/mnt/nas/'

@description('Ids of the keys that files are encrypted with; each is the secret encryption-key-{id} of the vault. Letters and digits.')
@minLength(1)
param encryptionKeyIds array = [
  'k1'
]

@description('The id of the key that encrypts what is new.')
param currentEncryptionKeyId string = 'k1'

@description('32 random bytes in base64 (openssl rand -base64 32), written to the vault under the current id. Empty: the vault holds it already.')
@secure()
param newEncryptionKey string = ''

@description('The quota of cached files, in bytes.')
@minValue(1048576)
param cacheMaxBytes int = 107374182400

@description('The quota of the directory cache, in bytes.')
@minValue(1048576)
param directoryCacheMaxBytes int = 10737418240

@description('When unsynced work is written back: six cron fields, seconds first, UTC.')
param scheduleFrequent string = '0 * * * * *'

@description('When inactive sessions end, copies expire and the quota is looked at. At least once an hour, or the alert on late timers fires.')
param scheduleCleanup string = '0 0 * * * *'

@description('When the catalogue is verified and strays are deleted.')
param scheduleMaintenance string = '0 30 3 * * *'

@description('Issuer of users\' bearer tokens, an https address. Empty: callers are machines with function keys.')
param authAuthority string = ''

@description('For whom tokens must be issued. Needed with authAuthority.')
param authAudience string = ''

@description('The role in a token that makes an administrator.')
param authAdminRole string = 'admin'

@description('Other settings of the service, by the names of docs/operations.md with __ for each colon. A wrong one stops the start and says what is allowed.')
@secure()
param settings object = {}

@description('Who is told of alerts. Empty: alerts show in the portal only.')
param alertEmail string = ''

@description('Where the example subscription sends the service\'s events as CloudEvents; it must answer the handshake while this is deployed. Empty: no subscription.')
@secure()
param eventWebhookUrl string = ''

@description('https://{app}/cache/events/storage?code={function key}: registers downloads that reach the container directories past the service. The app must run while this is deployed, so set it the second time. Empty: no subscription.')
@secure()
param storageEventsUrl string = ''

@description('Put storage and vault behind private endpoints in a virtual network. Signed addresses then work in that network only.')
param privateNetwork bool = false

@description('Address space of the virtual network; a /24 or larger.')
param networkAddressPrefix string = '10.20.0.0/24'

var suffix = uniqueString(resourceGroup().id)
var appName = '${name}-${suffix}'
// Accounts and vaults take fewer signs.
var plainName = toLower(replace(name, '-', ''))

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: 'id-${appName}'
  location: location
  tags: tags
}

module network 'modules/network.bicep' = if (privateNetwork) {
  name: 'network'
  params: {
    name: 'vnet-${appName}'
    location: location
    tags: tags
    addressPrefix: networkAddressPrefix
  }
}

module monitoring 'modules/monitoring.bicep' = {
  name: 'monitoring'
  params: {
    name: appName
    location: location
    tags: tags
    principalId: identity.properties.principalId
  }
}

module storage 'modules/storage.bicep' = {
  name: 'storage'
  params: {
    name: '${plainName}${suffix}'
    location: location
    tags: tags
    redundancy: storageRedundancy
    softDeleteDays: softDeleteDays
    corsOrigins: corsOrigins
    principalId: identity.properties.principalId
    isPrivate: privateNetwork
  }
}

module keys 'modules/keys.bicep' = {
  name: 'keys'
  params: {
    name: 'kv${take(plainName, 7)}${suffix}'
    location: location
    tags: tags
    principalId: identity.properties.principalId
    currentKeyId: currentEncryptionKeyId
    newKey: newEncryptionKey
    isPrivate: privateNetwork
  }
}

module share 'modules/nas-share.bicep' = if (nasShare) {
  name: 'nas-share'
  params: {
    accountName: 'nas${take(plainName, 8)}${suffix}'
    location: location
    tags: tags
    redundancy: storageRedundancy
    sizeGb: nasShareGb
    vaultName: keys.outputs.vaultName
    isPrivate: privateNetwork
    softDeleteDays: softDeleteDays
  }
}

module endpoints 'modules/private-endpoints.bicep' = if (privateNetwork) {
  name: 'private-endpoints'
  params: {
    name: appName
    location: location
    tags: tags
    networkId: network!.outputs.networkId
    subnetId: network!.outputs.endpointSubnetId
    storageAccountId: storage.outputs.accountId
    vaultId: keys.outputs.vaultId
    shareAccountId: nasShare ? share!.outputs.accountId : ''
  }
}

module events 'modules/events.bicep' = {
  name: 'events'
  params: {
    name: appName
    location: location
    tags: tags
    principalId: identity.properties.principalId
    storageAccountName: storage.outputs.accountName
    webhookUrl: eventWebhookUrl
    storageEventsUrl: storageEventsUrl
  }
}

module functionApp 'modules/function-app.bicep' = {
  name: 'function-app'
  params: {
    name: appName
    location: location
    tags: union(tags, { 'azd-service-name': 'api' })
    identityId: identity.id
    identityClientId: identity.properties.clientId
    runtime: runtime
    instanceMemoryMb: instanceMemoryMb
    maximumInstances: maximumInstances
    alwaysReadyInstances: alwaysReadyInstances
    httpConcurrency: httpConcurrency
    maxRequestBodyBytes: maxRequestBodyBytes
    corsOrigins: corsOrigins
    subnetId: privateNetwork ? network!.outputs.appSubnetId : ''
    storageAccountName: storage.outputs.accountName
    deploymentContainer: storage.outputs.deploymentContainer
    insightsName: monitoring.outputs.insightsName
    topicEndpoint: events.outputs.topicEndpoint
    vaultUri: keys.outputs.vaultUri
    encryptionKeyIds: encryptionKeyIds
    currentEncryptionKeyId: currentEncryptionKeyId
    shareAccountName: nasShare ? share!.outputs.accountName : ''
    shareName: nasShare ? share!.outputs.shareName : ''
    shareKeyName: nasShare ? share!.outputs.keyName : ''
    originContainerUri: empty(originContainerUri) ? storage.outputs.originContainerUri : originContainerUri
    originPrefix: originPrefix
    cacheMaxBytes: cacheMaxBytes
    directoryCacheMaxBytes: directoryCacheMaxBytes
    scheduleFrequent: scheduleFrequent
    scheduleCleanup: scheduleCleanup
    scheduleMaintenance: scheduleMaintenance
    authAuthority: authAuthority
    authAudience: authAudience
    authAdminRole: authAdminRole
    settings: settings
  }
  dependsOn: [
    endpoints
  ]
}

module alerts 'modules/alerts.bicep' = {
  name: 'alerts'
  params: {
    name: appName
    location: location
    tags: tags
    workspaceId: monitoring.outputs.workspaceId
    email: alertEmail
  }
}

@description('The address of the service.')
output address string = 'https://${functionApp.outputs.hostName}'

@description('The function app, to deploy code to.')
output functionAppName string = functionApp.outputs.name

@description('The vault that holds the encryption keys.')
output vaultName string = keys.outputs.vaultName

@description('The account that holds all content and records.')
output storageAccountName string = storage.outputs.accountName

@description('Where the service publishes events.')
output topicEndpoint string = events.outputs.topicEndpoint

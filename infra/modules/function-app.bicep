// The function app on Flex Consumption. It knows no secret: storage and events by identity, keys by reference.
@description('Name of the app.')
param name string

@description('Region.')
param location string

@description('Tags; azd finds the app by azd-service-name.')
param tags object

@description('Resource id of the user-assigned identity that the app runs as.')
param identityId string

@description('Client id of the same identity.')
param identityClientId string

@description('dotnet-isolated or custom.')
param runtime string

@description('Memory of an instance, in MB.')
param instanceMemoryMb int

@description('How many instances at the most.')
param maximumInstances int

@description('Instances for HTTP that are always there.')
param alwaysReadyInstances int

@description('Requests that one instance serves at once.')
param httpConcurrency int

@description('The longest request body, in bytes.')
param maxRequestBodyBytes int

@description('Browser origins that may call.')
param corsOrigins array

@description('The subnet that the app calls from; empty: none.')
param subnetId string

@description('The service\'s storage account.')
param storageAccountName string

@description('The container of that account that holds the deployed package.')
param deploymentContainer string

@description('Application Insights.')
param insightsName string

@description('Where events are published.')
param topicEndpoint string

@description('The vault with the encryption keys; ends with /.')
param vaultUri string

@description('Ids of the encryption keys.')
param encryptionKeyIds array

@description('Which of them encrypts what is new.')
param currentEncryptionKeyId string

@description('The account of the share that is the origin; empty: the origin is a container.')
param shareAccountName string

@description('The share.')
param shareName string

@description('The secret that holds the key of the share\'s account.')
param shareKeyName string

@description('The container that is the origin where there is no share. It may hold a signature.')
@secure()
param originContainerUri string

@description('How callers name the root of the origin.')
param originPrefix string

@description('The quota of cached files, in bytes.')
param cacheMaxBytes int

@description('The quota of the directory cache, in bytes.')
param directoryCacheMaxBytes int

@description('Six cron fields.')
param scheduleFrequent string

@description('Six cron fields.')
param scheduleCleanup string

@description('Six cron fields.')
param scheduleMaintenance string

@description('Issuer of bearer tokens; empty: none.')
param authAuthority string

@description('For whom tokens must be issued.')
param authAudience string

@description('The role that makes an administrator.')
param authAdminRole string

@description('Other settings of the service; they win over those made here.')
@secure()
param settings object

var runtimeVersions = {
  'dotnet-isolated': '10.0'
  custom: '1.0'
}
// An eighth of the instance's memory.
var tierMemoryBytes = instanceMemoryMb * 131072
// An upload holds up to 8 MiB: so all together half of the memory.
var contentLimit = instanceMemoryMb / 16
var hasShare = !empty(shareAccountName)
var mountPath = '/mounts/nas'

resource account 'Microsoft.Storage/storageAccounts@2025-01-01' existing = {
  name: storageAccountName
}

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: insightsName
}

resource plan 'Microsoft.Web/serverfarms@2024-11-01' = {
  name: 'plan-${name}'
  location: location
  tags: tags
  kind: 'functionapp'
  sku: {
    name: 'FC1'
    tier: 'FlexConsumption'
  }
  properties: {
    reserved: true
  }
}

resource app 'Microsoft.Web/sites@2024-11-01' = {
  name: name
  location: location
  tags: tags
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${identityId}': {}
    }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    keyVaultReferenceIdentity: identityId
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
    siteConfig: {
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
      http20Enabled: true
      cors: {
        allowedOrigins: corsOrigins
      }
    }
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: '${account.properties.primaryEndpoints.blob}${deploymentContainer}'
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identityId
          }
        }
      }
      runtime: {
        name: runtime
        version: runtimeVersions[runtime]
      }
      scaleAndConcurrency: {
        instanceMemoryMB: instanceMemoryMb
        maximumInstanceCount: maximumInstances
        alwaysReady: alwaysReadyInstances == 0 ? [] : [
          {
            name: 'http'
            instanceCount: alwaysReadyInstances
          }
        ]
        triggers: {
          http: {
            perInstanceConcurrency: httpConcurrency
          }
        }
      }
    }
  }
}

var platformSettings = {
  AzureWebJobsStorage__blobServiceUri: account.properties.primaryEndpoints.blob
  AzureWebJobsStorage__queueServiceUri: account.properties.primaryEndpoints.queue
  AzureWebJobsStorage__tableServiceUri: account.properties.primaryEndpoints.table
  AzureWebJobsStorage__credential: 'managedidentity'
  AzureWebJobsStorage__clientId: identityClientId
  APPLICATIONINSIGHTS_CONNECTION_STRING: insights.properties.ConnectionString
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identityClientId};Authorization=AAD'
  FUNCTIONS_REQUEST_BODY_SIZE_LIMIT: string(maxRequestBodyBytes)
}

var serviceSettings = {
  Origins__nas__Prefix: originPrefix
  Encryption__CurrentKey: currentEncryptionKeyId
  Events__TopicEndpoint: topicEndpoint
  Tier__MemoryBytes: string(tierMemoryBytes)
  Limits__Light: string(contentLimit * 4)
  Limits__Content: string(contentLimit)
  Limits__Heavy: string(contentLimit / 2)
  Cache__MaxBytes: string(cacheMaxBytes)
  DISK_CACHE_MAX_BYTES: string(directoryCacheMaxBytes)
  Schedules__Frequent: scheduleFrequent
  Schedules__Cleanup: scheduleCleanup
  Schedules__Maintenance: scheduleMaintenance
}

var keySettings = toObject(
  encryptionKeyIds,
  id => 'Encryption__Keys__${id}',
  id => '@Microsoft.KeyVault(SecretUri=${vaultUri}secrets/encryption-key-${id})'
)

var shareSettings = {
  Origins__nas__Type: 'directory'
  Origins__nas__Path: mountPath
  NAS_SHARE_KEY: '@Microsoft.KeyVault(SecretUri=${vaultUri}secrets/${shareKeyName})'
}

var containerSettings = {
  Origins__nas__Type: 'blob'
  Origins__nas__ContainerUri: originContainerUri
}

var userSettings = {
  Auth__Authority: authAuthority
  Auth__Audience: authAudience
  Auth__AdminRole: authAdminRole
}

resource appSettings 'Microsoft.Web/sites/config@2024-11-01' = {
  parent: app
  name: 'appsettings'
  properties: union(
    platformSettings,
    serviceSettings,
    keySettings,
    hasShare ? shareSettings : containerSettings,
    empty(authAuthority) ? {} : userSettings,
    settings
  )
}

resource mounts 'Microsoft.Web/sites/config@2024-11-01' = if (hasShare) {
  parent: app
  name: 'azurestorageaccounts'
  properties: {
    nas: {
      type: 'AzureFiles'
      protocol: 'Smb'
      accountName: shareAccountName
      shareName: shareName
      mountPath: mountPath
      accessKey: '@AppSettingRef(NAS_SHARE_KEY)'
    }
  }
  dependsOn: [
    appSettings
  ]
}

// Code is deployed with Entra ID alone.
resource noFtpPassword 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-11-01' = {
  parent: app
  name: 'ftp'
  properties: {
    allow: false
  }
}

resource noScmPassword 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-11-01' = {
  parent: app
  name: 'scm'
  properties: {
    allow: false
  }
}

output name string = app.name
output hostName string = app.properties.defaultHostName

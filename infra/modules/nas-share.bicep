// A file share that is mounted as the origin. Mounts need an account key, so it has an account of its own, and the key
// goes from here into the vault and nowhere else.
@description('Name of the account: 3 to 24 lower-case letters and digits.')
@minLength(3)
@maxLength(24)
param accountName string

@description('Region.')
param location string

@description('Tags.')
param tags object

@description('How often each byte is kept, and where.')
param redundancy string

@description('Size of the share, in GiB.')
param sizeGb int

@description('Days for which a deleted share can be brought back.')
param softDeleteDays int

@description('The vault that takes the account\'s key.')
param vaultName string

@description('Refuse what does not come through a private endpoint.')
param isPrivate bool

var keyName = 'nas-share-key'

resource account 'Microsoft.Storage/storageAccounts@2025-01-01' = {
  name: accountName
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: {
    name: redundancy
  }
  properties: {
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    allowSharedKeyAccess: true
    largeFileSharesState: 'Enabled'
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    networkAcls: {
      bypass: 'None'
      defaultAction: isPrivate ? 'Deny' : 'Allow'
    }
  }
}

resource files 'Microsoft.Storage/storageAccounts/fileServices@2025-01-01' = {
  parent: account
  name: 'default'
  properties: {
    shareDeleteRetentionPolicy: {
      enabled: true
      days: softDeleteDays
    }
    protocolSettings: {
      smb: {
        versions: 'SMB3.1.1'
        channelEncryption: 'AES-256-GCM;AES-128-GCM'
      }
    }
  }
}

resource share 'Microsoft.Storage/storageAccounts/fileServices/shares@2025-01-01' = {
  parent: files
  name: 'nas'
  properties: {
    enabledProtocols: 'SMB'
    shareQuota: sizeGb
  }
}

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' existing = {
  name: vaultName
}

resource key 'Microsoft.KeyVault/vaults/secrets@2024-11-01' = {
  parent: vault
  name: keyName
  properties: {
    contentType: 'account key of the NAS share'
    value: account.listKeys().keys[0].value
  }
}

output accountId string = account.id
output accountName string = account.name
output shareName string = share.name
output keyName string = keyName

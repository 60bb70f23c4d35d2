// One private endpoint and one DNS zone for each service that the app calls.
@description('What names end with.')
param name string

@description('Region.')
param location string

@description('Tags.')
param tags object

@description('The network that the zones are linked to.')
param networkId string

@description('The subnet that takes the endpoints.')
param subnetId string

@description('The service\'s storage account.')
param storageAccountId string

@description('The vault.')
param vaultId string

@description('The account of the NAS share; empty: there is none.')
param shareAccountId string

var storageSuffix = environment().suffixes.storage
var always = [
  {
    group: 'blob'
    target: storageAccountId
    zone: 'privatelink.blob.${storageSuffix}'
  }
  {
    group: 'table'
    target: storageAccountId
    zone: 'privatelink.table.${storageSuffix}'
  }
  {
    group: 'queue'
    target: storageAccountId
    zone: 'privatelink.queue.${storageSuffix}'
  }
  {
    group: 'vault'
    target: vaultId
    zone: 'privatelink.vaultcore.azure.net'
  }
]
var ofShare = [
  {
    group: 'file'
    target: shareAccountId
    zone: 'privatelink.file.${storageSuffix}'
  }
]
var services = concat(always, empty(shareAccountId) ? [] : ofShare)

resource zones 'Microsoft.Network/privateDnsZones@2024-06-01' = [for service in services: {
  name: service.zone
  location: 'global'
  tags: tags
}]

resource links 'Microsoft.Network/privateDnsZones/virtualNetworkLinks@2024-06-01' = [for (service, i) in services: {
  parent: zones[i]
  name: 'link-${service.group}'
  location: 'global'
  tags: tags
  properties: {
    registrationEnabled: false
    virtualNetwork: {
      id: networkId
    }
  }
}]

resource endpoints 'Microsoft.Network/privateEndpoints@2024-07-01' = [for service in services: {
  name: 'pe-${service.group}-${name}'
  location: location
  tags: tags
  properties: {
    subnet: {
      id: subnetId
    }
    privateLinkServiceConnections: [
      {
        name: service.group
        properties: {
          privateLinkServiceId: service.target
          groupIds: [
            service.group
          ]
        }
      }
    ]
  }
}]

resource groups 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2024-07-01' = [for (service, i) in services: {
  parent: endpoints[i]
  name: 'default'
  properties: {
    privateDnsZoneConfigs: [
      {
        name: service.group
        properties: {
          privateDnsZoneId: zones[i].id
        }
      }
    ]
  }
}]

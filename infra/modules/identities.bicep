// Who the two apps are. User-assigned, so that their rights exist before the apps do: a change feed that starts without
// access to its leases would fail until somebody restarts it.

param location string
param tags object
param token string

resource functions 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: 'id-functions-${token}'
  location: location
  tags: tags
}

resource admin 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: 'id-admin-${token}'
  location: location
  tags: tags
}

output functionsName string = functions.name
output functionsPrincipalId string = functions.properties.principalId
output adminName string = admin.name
output adminPrincipalId string = admin.properties.principalId

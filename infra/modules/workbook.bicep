// The workbook "Saldo". Its tiles and queries are in monitoring/; `node infra/generate.ts` joins them.

param location string
param tags object
param workspaceId string

resource workbook 'Microsoft.Insights/workbooks@2023-06-01' = {
  name: guid(resourceGroup().id, 'saldo')
  location: location
  tags: tags
  kind: 'shared'
  properties: {
    displayName: 'Saldo'
    category: 'workbook'
    sourceId: workspaceId
    serializedData: loadTextContent('../generated/workbook.json')
  }
}

using './main.bicep'

// What is not here has the default that main.bicep says. No secret belongs into this file: pass them by the environment.
param newEncryptionKey = readEnvironmentVariable('NEW_ENCRYPTION_KEY', '')
param alertEmail = readEnvironmentVariable('ALERT_EMAIL', '')
param originContainerUri = readEnvironmentVariable('ORIGIN_CONTAINER_URI', '')
param eventWebhookUrl = readEnvironmentVariable('EVENT_WEBHOOK_URL', '')
param storageEventsUrl = readEnvironmentVariable('STORAGE_EVENTS_URL', '')

param runtime = 'dotnet-isolated'
param instanceMemoryMb = 2048
param nasShare = false
param privateNetwork = false
param corsOrigins = []

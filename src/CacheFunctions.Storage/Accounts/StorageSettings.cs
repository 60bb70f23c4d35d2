namespace CacheFunctions.Storage.Accounts;

/// <summary>
/// Settings under <c>AzureWebJobsStorage</c>: a connection string, or the services' addresses and an identity
/// (as the Functions host names them).
/// </summary>
/// <param name="Credential"><c>managedidentity</c>, or null: the environment's default identity.</param>
/// <param name="ClientId">Of a user-assigned identity.</param>
public sealed record StorageSettings(
    string? ConnectionString,
    Uri? BlobServiceUri = null,
    Uri? TableServiceUri = null,
    string? Credential = null,
    string? ClientId = null);

using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Data.Tables;
using Azure.Identity;
using Azure.Storage.Blobs;
using CacheFunctions.Content;

namespace CacheFunctions.Storage.Accounts;

/// <summary>The clients of one storage account, which count what they send.</summary>
public sealed class StorageAccount
{
    // An interactive caller waits: rather a clear 503 after a few seconds than the library's minutes.
    private static readonly TimeSpan NetworkTimeout = TimeSpan.FromSeconds(30);

    private readonly BlobClientOptions _blobOptions;

    private readonly string _cache;

    /// <param name="cache">What the container of cached files is called.</param>
    public StorageAccount(StorageSettings settings, StorageTransactions transactions, string cache = ContentName.Cache)
    {
        _cache = cache;
        var blobs = _blobOptions = Configure(new BlobClientOptions(), new CountingPolicy(transactions, isTable: false));
        var tables = Configure(new TableClientOptions(), new CountingPolicy(transactions, isTable: true));
        if (settings.ConnectionString is { } connection)
        {
            Blobs = new BlobServiceClient(connection, blobs);
            Tables = new TableServiceClient(connection, tables);
            return;
        }

        Credential = CredentialOf(settings);
        Blobs = new BlobServiceClient(settings.BlobServiceUri, Credential, blobs);
        Tables = new TableServiceClient(settings.TableServiceUri!, Credential, tables);
    }

    public BlobServiceClient Blobs { get; }

    public TableServiceClient Tables { get; }

    /// <summary>The service's identity; null: the account is used by its key.</summary>
    internal TokenCredential? Credential { get; }

    /// <param name="name">As this service knows it: one of <see cref="ContentName"/>.</param>
    internal BlobContainerClient Container(string name) => Blobs.GetBlobContainerClient(name == ContentName.Cache ? _cache : name);

    /// <summary>A container of another account, counted as this one's.</summary>
    /// <param name="credential">null: the address holds a signature.</param>
    internal BlobContainerClient ContainerAt(Uri address, TokenCredential? credential) => credential is null
        ? new BlobContainerClient(address, _blobOptions)
        : new BlobContainerClient(address, credential, _blobOptions);

    private static T Configure<T>(T options, HttpPipelinePolicy counting) where T : ClientOptions
    {
        options.AddPolicy(counting, HttpPipelinePosition.PerRetry);
        options.Retry.MaxRetries = 3;
        options.Retry.Delay = TimeSpan.FromMilliseconds(200);
        options.Retry.MaxDelay = TimeSpan.FromSeconds(4);
        options.Retry.NetworkTimeout = NetworkTimeout;
        return options;
    }

    private static TokenCredential CredentialOf(StorageSettings settings) =>
        string.Equals(settings.Credential, "managedidentity", StringComparison.OrdinalIgnoreCase)
            ? new ManagedIdentityCredential(settings.ClientId is { } id
                ? ManagedIdentityId.FromUserAssignedClientId(id)
                : ManagedIdentityId.SystemAssigned)
            : new DefaultAzureCredential(new DefaultAzureCredentialOptions { ManagedIdentityClientId = settings.ClientId });
}

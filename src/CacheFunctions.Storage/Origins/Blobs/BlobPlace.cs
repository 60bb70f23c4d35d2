using Azure;
using Azure.Core;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Azure.Storage.Sas;
using CacheFunctions.Errors;
using CacheFunctions.Origins;
using CacheFunctions.Storage.Accounts;

namespace CacheFunctions.Storage.Origins.Blobs;

/// <summary>The container of a blob origin, and how this service may use it.</summary>
/// <param name="account">The service's own account when the container lies in it; null: it lies elsewhere.</param>
/// <param name="credential">What signs the requests; null: a key, or a signature in the address.</param>
internal sealed class BlobPlace(string origin, BlobContainerClient container, StorageAccount? account, TokenCredential? credential)
{
    private static readonly string[] Scopes = ["https://storage.azure.com/.default"];
    private static readonly TimeSpan SourceLifetime = TimeSpan.FromHours(1);

    public string Origin { get; } = origin;

    public BlobContainerClient Container { get; } = container;

    public BlockBlobClient Blob(string path) => Container.GetBlockBlobClient(path);

    /// <summary>The staging blob: beside the file, under a name that nobody else has.</summary>
    public BlockBlobClient Staging(StagedFile staged) =>
        Blob(staged.Path[..(staged.Path.LastIndexOf('/') + 1)] + staged.TemporaryName);

    /// <summary>What an interrupted write has staged, and this one begins with; null: nothing.</summary>
    public BlockBlobClient? Claimed(StagedFile staged) =>
        staged.Claimed is { } claimed ? Staging(staged with { TemporaryName = claimed }) : null;

    /// <returns>null: the container cannot copy from there by itself.</returns>
    public Uri? SourceOf(StoredContent? stored) => account is null || stored is null
        ? null
        : account.Container(stored.Container).GetBlobClient(stored.Name).Uri;

    /// <summary>How a copy that is made at once may read its source, which does not go by the request's own right.</summary>
    public async Task<(Uri Source, HttpAuthorization? Authorization)> ReadableAsync(BlockBlobClient blob, CancellationToken cancellation)
    {
        if (blob.CanGenerateSasUri)
            return (blob.GenerateSasUri(BlobSasPermissions.Read, TimeProvider.System.GetUtcNow() + SourceLifetime), null);
        if (credential is null) return (blob.Uri, null);
        var token = await credential.GetTokenAsync(new TokenRequestContext(Scopes), cancellation);
        return (blob.Uri, new HttpAuthorization("Bearer", token.Token));
    }

    /// <returns>null: there is no such blob.</returns>
    public static async Task<BlobProperties?> FindAsync(BlockBlobClient blob, CancellationToken cancellation)
    {
        try
        {
            return await blob.GetPropertiesAsync(cancellationToken: cancellation);
        }
        catch (RequestFailedException error) when (error.Status == 404 && error.ErrorCode != BlobErrorCode.ContainerNotFound)
        {
            return null;
        }
    }

    /// <summary>As <see cref="FindAsync"/>, of what is a file.</summary>
    /// <exception cref="CacheException">InvalidArgument: it is a folder, which accounts with real folders show as a blob.</exception>
    public async Task<BlobProperties?> FindFileAsync(string path, CancellationToken cancellation)
    {
        var found = await FindAsync(Blob(path), cancellation);
        if (found is not null) RequireFile(found.Metadata);
        return found;
    }

    public static void RequireFile(IDictionary<string, string> metadata)
    {
        if (IsFolder(metadata)) throw CacheException.Invalid("file_path", "names a folder, not a file.");
    }

    public static bool IsFolder(IDictionary<string, string> metadata) => metadata.ContainsKey("hdi_isfolder");

    /// <summary>Turns what storage says into what an origin says.</summary>
    public async Task<T> RunAsync<T>(string path, Func<Task<T>> act, CancellationToken cancellation)
    {
        try
        {
            return await act();
        }
        catch (Exception error) when (StorageErrors.IsTransport(error) && !cancellation.IsCancellationRequested)
        {
            throw OriginErrors.Translate(error, Origin, path);
        }
    }
}

using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Sas;
using CacheFunctions.Content;
using CacheFunctions.Storage.Accounts;

namespace CacheFunctions.Storage.Contents;

/// <summary>
/// Signs addresses of single blobs: with the account's key where there is one (Azurite), else with a user delegation
/// key of this service's identity.
/// </summary>
internal sealed class BlobPresigner(StorageAccount account, TimeProvider time)
{
    // A delegation key is good for many addresses, and costs a request.
    private static readonly TimeSpan KeyLifetime = TimeSpan.FromHours(24);

    private UserDelegationKey? _key;

    /// <summary>An address under which one blob can be made, once.</summary>
    public async Task<PresignedUpload> UploadAsync(BlobClient blob, TimeSpan lifetime, CancellationToken cancellation)
    {
        var expires = time.GetUtcNow() + lifetime;
        var sas = new BlobSasBuilder(BlobSasPermissions.Create, expires)
        {
            BlobContainerName = blob.BlobContainerName,
            BlobName = blob.Name,
            Resource = "b",
            Protocol = blob.Uri.Scheme == Uri.UriSchemeHttps ? SasProtocol.Https : SasProtocol.HttpsAndHttp,
        };
        var url = blob.CanGenerateSasUri
            ? blob.GenerateSasUri(sas)
            : new BlobUriBuilder(blob.Uri) { Sas = sas.ToSasQueryParameters(await KeyAsync(expires, cancellation), blob.AccountName) }.ToUri();
        return new PresignedUpload(url, "PUT", new Dictionary<string, string> { ["x-ms-blob-type"] = "BlockBlob" }, expires);
    }

    private async Task<UserDelegationKey> KeyAsync(DateTimeOffset until, CancellationToken cancellation)
    {
        if (_key is { } key && key.SignedExpiresOn >= until) return key;
        return _key = await account.Blobs.GetUserDelegationKeyAsync(null, time.GetUtcNow() + KeyLifetime, cancellation);
    }
}

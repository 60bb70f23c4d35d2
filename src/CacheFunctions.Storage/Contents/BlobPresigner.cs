using System.Net.Http.Headers;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Sas;
using CacheFunctions.Content;

namespace CacheFunctions.Storage.Contents;

/// <summary>
/// Signs addresses of single blobs: with the account's key where there is one (Azurite), else with a user delegation
/// key of this service's identity.
/// </summary>
internal sealed class BlobPresigner(BlobServiceClient service, TimeProvider time)
{
    // A delegation key is good for many addresses, and costs a request. Storage gives none for more than seven days.
    private static readonly TimeSpan KeyLifetime = TimeSpan.FromHours(24);

    private UserDelegationKey? _key;

    /// <summary>An address under which one blob can be made, once.</summary>
    public Task<PresignedUpload> UploadAsync(BlobClient blob, TimeSpan lifetime, CancellationToken cancellation) =>
        WriteAsync(blob, BlobSasPermissions.Create, null, lifetime, cancellation);

    /// <summary>An address under which one blob can be made or replaced.</summary>
    public Task<PresignedUpload> ReplaceAsync(BlobClient blob, string contentType, TimeSpan lifetime, CancellationToken cancellation) =>
        WriteAsync(blob, BlobSasPermissions.Create | BlobSasPermissions.Write, contentType, lifetime, cancellation);

    /// <summary>An address under which one blob can be read; a browser saves it, and shows nothing of it.</summary>
    public Task<Uri> DownloadAsync(BlobClient blob, string fileName, string contentType, TimeSpan lifetime, CancellationToken cancellation)
    {
        var disposition = new ContentDispositionHeaderValue("attachment") { FileNameStar = fileName };
        var sas = new BlobSasBuilder(BlobSasPermissions.Read, time.GetUtcNow() + lifetime) { ContentType = contentType, ContentDisposition = disposition.ToString() };
        return SignAsync(blob, sas, cancellation);
    }

    private async Task<PresignedUpload> WriteAsync(
        BlobClient blob, BlobSasPermissions permissions, string? contentType, TimeSpan lifetime, CancellationToken cancellation)
    {
        var expires = time.GetUtcNow() + lifetime;
        var headers = new Dictionary<string, string> { ["x-ms-blob-type"] = "BlockBlob" };
        if (contentType is not null) headers["x-ms-blob-content-type"] = contentType;
        return new PresignedUpload(await SignAsync(blob, new BlobSasBuilder(permissions, expires), cancellation), "PUT", headers, expires);
    }

    private async Task<Uri> SignAsync(BlobClient blob, BlobSasBuilder sas, CancellationToken cancellation)
    {
        (sas.BlobContainerName, sas.BlobName, sas.Resource) = (blob.BlobContainerName, blob.Name, "b");
        sas.Protocol = blob.Uri.Scheme == Uri.UriSchemeHttps ? SasProtocol.Https : SasProtocol.HttpsAndHttp;
        return blob.CanGenerateSasUri
            ? blob.GenerateSasUri(sas)
            : new BlobUriBuilder(blob.Uri) { Sas = sas.ToSasQueryParameters(await KeyAsync(sas.ExpiresOn, cancellation), blob.AccountName) }.ToUri();
    }

    private async Task<UserDelegationKey> KeyAsync(DateTimeOffset until, CancellationToken cancellation)
    {
        if (_key is { } key && key.SignedExpiresOn >= until) return key;
        var end = time.GetUtcNow() + KeyLifetime;
        return _key = await service.GetUserDelegationKeyAsync(null, end > until ? end : until, cancellation);
    }
}

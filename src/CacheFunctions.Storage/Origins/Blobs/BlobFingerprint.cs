using System.Buffers;
using System.Security.Cryptography;
using Azure;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using CacheFunctions.Origins;

namespace CacheFunctions.Storage.Origins.Blobs;

/// <summary>The version of a blob: its ETag. Another ETag may still mean the same bytes (other metadata, say); then the hash decides.</summary>
internal static class BlobFingerprint
{
    private const int BufferBytes = 256 << 10;

    public static Fingerprint Of(BlobProperties blob, string? sha256 = null) =>
        Of(blob.ContentLength, blob.LastModified, blob.ETag, sha256);

    public static Fingerprint Of(long sizeBytes, DateTimeOffset modifiedAt, ETag etag, string? sha256) =>
        new(sizeBytes, modifiedAt, etag.ToString("H"), sha256);

    /// <summary>Reads the whole blob, of this one version.</summary>
    /// <returns>SHA-256 in lower-case hex; null: it has changed meanwhile.</returns>
    public static async Task<string?> HashAsync(BlockBlobClient blob, ETag etag, CancellationToken cancellation)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            var options = new BlobDownloadOptions { Conditions = new BlobRequestConditions { IfMatch = etag } };
            using var download = (await blob.DownloadStreamingAsync(options, cancellation)).Value;
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            for (int count; (count = await download.Content.ReadAsync(buffer, cancellation)) > 0;) hash.AppendData(buffer, 0, count);
            return Convert.ToHexStringLower(hash.GetHashAndReset());
        }
        catch (RequestFailedException error) when (error.Status is 404 or 412)
        {
            return null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}

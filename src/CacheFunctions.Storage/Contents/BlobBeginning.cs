using Azure;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;

namespace CacheFunctions.Storage.Contents;

/// <summary>What storage tells of a blob and its content, by one request.</summary>
internal static class BlobBeginning
{
    /// <param name="known">The version that is known; null: none is.</param>
    /// <returns>null: it is still the known version.</returns>
    /// <exception cref="RequestFailedException">404: there is none.</exception>
    public static async Task<(BlobDownloadDetails Details, Stream Content)?> OfAsync(BlobBaseClient blob, string? known, CancellationToken cancellation)
    {
        var conditions = known is null ? null : new BlobRequestConditions { IfNoneMatch = new ETag(known) };
        var answer = await blob.DownloadStreamingAsync(new BlobDownloadOptions { Conditions = conditions }, cancellation);
        return answer.GetRawResponse().Status == 304 ? null : (answer.Value.Details, new StorageReadStream(answer.Value.Content));
    }
}

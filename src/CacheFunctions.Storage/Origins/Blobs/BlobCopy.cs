using System.Globalization;
using Azure;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using CacheFunctions.Origins;

namespace CacheFunctions.Storage.Origins.Blobs;

/// <summary>Copies that storage makes by itself.</summary>
internal static class BlobCopy
{
    /// <summary>Up to here storage copies at once and whole, in the one request.</summary>
    public const long MaxBytesAtOnce = 256L << 20;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    /// <summary>Waits while a copy onto the blob is under way.</summary>
    /// <returns>The blob then; null: there is none.</returns>
    public static async Task<BlobProperties?> WaitAsync(
        BlockBlobClient blob, IProgress<long>? progress, CancellationToken cancellation)
    {
        while (true)
        {
            var found = await BlobPlace.FindAsync(blob, cancellation);
            if (found?.BlobCopyStatus != CopyStatus.Pending) return found;
            var done = found.CopyProgress?.Split('/')[0];
            if (long.TryParse(done, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes)) progress?.Report(bytes);
            await Task.Delay(Pause, TimeProvider.System, cancellation);
        }
    }

    /// <summary>
    /// Whether the blob holds what was staged there, by what storage itself keeps of the copy. It forgets that as soon
    /// as somebody rewrites the blob, which metadata would not.
    /// </summary>
    public static bool IsFrom(BlobProperties blob, string temporaryName) =>
        blob.CopySource is { } source
        && Uri.UnescapeDataString(source.AbsolutePath).EndsWith("/" + temporaryName, StringComparison.Ordinal);

    public static bool HasLanded(BlobProperties blob, StagedFile staged) =>
        blob.BlobCopyStatus == CopyStatus.Success && IsFrom(blob, staged.TemporaryName);

    public static async Task AbortAsync(BlockBlobClient blob, string copy, CancellationToken cancellation)
    {
        try
        {
            await blob.AbortCopyFromUriAsync(copy, cancellationToken: cancellation);
        }
        catch (RequestFailedException error) when (error.Status is 404 or 409)
        {
            // It ended first.
        }
    }
}

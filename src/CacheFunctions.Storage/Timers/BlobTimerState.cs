using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using CacheFunctions.Timers;

namespace CacheFunctions.Storage.Timers;

/// <summary>
/// A blob <c>timers/{name}.json</c> for each timer. Whoever holds its lease leads the timer, and nobody else can
/// write the blob: a process that slept through its lease cannot overwrite its successor's state.
/// </summary>
/// <param name="system">The container <c>system</c>; made if it is missing.</param>
public sealed class BlobTimerState(BlobContainerClient system, TimeProvider time) : ITimerState
{
    /// <summary>The shortest that storage grants: how long a timer rests when its process was killed.</summary>
    public static readonly TimeSpan LeaseDuration = TimeSpan.FromSeconds(15);

    public async Task<ITimerLead?> TryLeadAsync(string timer, CancellationToken cancellationToken)
    {
        var blob = system.GetBlobClient($"timers/{timer}.json");
        var lease = blob.GetBlobLeaseClient();
        for (var made = false; ; made = true)
        {
            var began = time.GetTimestamp();
            try
            {
                await lease.AcquireAsync(LeaseDuration, cancellationToken: cancellationToken).ConfigureAwait(false);
                return new BlobTimerLead(blob, lease, began, time);
            }
            catch (RequestFailedException e) when (e.ErrorCode == BlobErrorCode.LeaseAlreadyPresent)
            {
                return null;
            }
            catch (RequestFailedException e) when (!made && (e.ErrorCode == BlobErrorCode.BlobNotFound || e.ErrorCode == BlobErrorCode.ContainerNotFound))
            {
                await MakeAsync(blob, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task MakeAsync(BlobClient blob, CancellationToken cancellationToken)
    {
        await system.CreateIfNotExistsAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
        try
        {
            await blob.UploadAsync(
                BinaryData.FromBytes(ReadOnlyMemory<byte>.Empty),
                new BlobUploadOptions { Conditions = new BlobRequestConditions { IfNoneMatch = ETag.All } },
                cancellationToken).ConfigureAwait(false);
        }
        catch (RequestFailedException e) when (e.Status is 409 or 412)
        {
            // Another process was first, and may lead already.
        }
    }
}

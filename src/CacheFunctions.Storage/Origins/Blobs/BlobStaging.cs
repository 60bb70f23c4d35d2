using Azure;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using CacheFunctions.Content;
using CacheFunctions.Errors;
using CacheFunctions.Origins;
using CacheFunctions.Storage.Accounts;
using CacheFunctions.Storage.Contents;

namespace CacheFunctions.Storage.Origins.Blobs;

/// <summary>
/// Makes the staging blob that is to replace another. It is there from the beginning, empty and marked, and is filled
/// only while it still is: who takes over deletes it, and the sleeper's filling then fails.
/// </summary>
internal sealed class BlobStaging(BlobPlace place)
{
    private const int MaxClaims = 3;
    private const int MaxBlocks = 50_000;
    private const string Mark = "cachefunctions_prepared";
    private const string Prepared = "1";
    private const string Claimed = "claimed";

    public static bool IsComplete(BlobProperties staging) =>
        !staging.Metadata.ContainsKey(Mark) && (staging.CopyId is null || staging.BlobCopyStatus is null or CopyStatus.Success);

    public async Task PrepareAsync(StagedFile staged, CancellationToken cancellation)
    {
        try
        {
            var options = new BlobUploadOptions
            {
                Metadata = Marked(Prepared),
                Conditions = new BlobRequestConditions { IfNoneMatch = ETag.All },
            };
            await place.Staging(staged).UploadAsync(Stream.Null, options, cancellation);
        }
        catch (RequestFailedException error) when (error.Status == 409 && error.ErrorCode == BlobErrorCode.BlobAlreadyExists)
        {
            // The name is nobody else's: an earlier request was carried out and its answer lost.
        }
    }

    /// <summary>
    /// Commits the blocks that an interrupted write has staged, marked as claimed: its writer cannot begin any more, and
    /// the ETag with which it would commit them all has changed. Blocks that it sends even then are never committed. A writer that died over
    /// its copy of what it had claimed itself has less than that, so then its blob goes, and the same is claimed again.
    /// </summary>
    public async Task<string?> ClaimAsync(StagedFile left, CancellationToken cancellation)
    {
        var blob = place.Staging(left);
        for (var attempt = 1; attempt <= MaxClaims; attempt++)
        {
            if (await BlobPlace.FindAsync(blob, cancellation) is not { } found || !found.Metadata.ContainsKey(Mark)) return null;
            var isLeft = new BlobRequestConditions { IfMatch = found.ETag };
            try
            {
                if (place.Claimed(left) is { } before && await BlobPlace.FindAsync(before, cancellation) is not null)
                {
                    await blob.DeleteAsync(conditions: isLeft, cancellationToken: cancellation);
                    return left.Claimed;
                }

                var options = new CommitBlockListOptions { Metadata = Marked(Claimed), Conditions = isLeft };
                await blob.CommitBlockListAsync(await BlobBlocks.BeginningAsync(blob, cancellation), options, cancellation);
                return left.TemporaryName;
            }
            catch (RequestFailedException error) when (error.Status == 412)
            {
                // Its writer was quicker, or another who claims it, or this very request, whose first answer was lost.
            }
        }

        return null;
    }

    public async Task WriteAsync(StagedFile staged, OriginContent content, IProgress<long>? progress, CancellationToken cancellation)
    {
        var staging = place.Staging(staged);
        var prepared = await FindOursAsync(staged, cancellation);
        var isOurs = new BlobRequestConditions { IfMatch = prepared.ETag };
        try
        {
            var copied = place.SourceOf(content.Stored) is { } source ? await TryCopyAsync(staging, source, isOurs, progress, cancellation) : null;
            if (copied is null) await StreamAsync(staging, content, await BeginAsync(staged, staging, isOurs, cancellation), progress, cancellation);
            else if (copied.ContentLength != content.SizeBytes) throw PartFilling.Damaged();
        }
        catch (RequestFailedException error) when (error.Status is 404 or 412)
        {
            // Taken over; or carried out, its answer lost, and then refused when it was sent again.
            var found = await BlobPlace.FindAsync(staging, cancellation);
            if (found is null || !IsComplete(found) || found.ContentLength != content.SizeBytes) throw StagedNames.TakenOver();
        }

        progress?.Report(content.SizeBytes);
    }

    /// <summary>What stands in the staging blob.</summary>
    /// <exception cref="CacheException">Conflict: it was taken over or claimed.</exception>
    public async Task<BlobProperties> FindOursAsync(StagedFile staged, CancellationToken cancellation) =>
        await BlobPlace.FindAsync(place.Staging(staged), cancellation) is { } found && !IsClaimed(found)
            ? found
            : throw StagedNames.TakenOver();

    /// <summary>Removes the staging blob, and what it began with.</summary>
    public async Task RemoveAsync(StagedFile staged, CancellationToken cancellation)
    {
        if (place.Claimed(staged) is { } claimed) await claimed.DeleteIfExistsAsync(cancellationToken: cancellation);
        var staging = place.Staging(staged);
        try
        {
            await staging.DeleteIfExistsAsync(cancellationToken: cancellation);
        }
        catch (RequestFailedException error) when (error.ErrorCode == BlobErrorCode.PendingCopyOperation)
        {
            if (await BlobPlace.FindAsync(staging, cancellation) is { CopyId: { } copy }) await BlobCopy.AbortAsync(staging, copy, cancellation);
            await staging.DeleteIfExistsAsync(cancellationToken: cancellation);
        }
    }

    private static bool IsClaimed(BlobProperties staging) => staging.Metadata.TryGetValue(Mark, out var how) && how == Claimed;

    private static Dictionary<string, string> Marked(string how) => new() { [Mark] = how };

    /// <summary>Storage copies by itself what it already holds: the bytes were hashed when they came in, and are not moved again.</summary>
    /// <returns>null: it could not.</returns>
    private static async Task<BlobProperties?> TryCopyAsync(
        BlockBlobClient staging, Uri source, BlobRequestConditions isOurs, IProgress<long>? progress, CancellationToken cancellation)
    {
        try
        {
            await staging.StartCopyFromUriAsync(source, new BlobCopyFromUriOptions { DestinationConditions = isOurs }, cancellation);
        }
        catch (RequestFailedException error) when (error.Status is >= 400 and < 500 and not 412)
        {
            return null;
        }

        return await BlobCopy.WaitAsync(staging, progress, cancellation) is { BlobCopyStatus: CopyStatus.Success } copied
            ? copied
            : throw CacheException.Unavailable("Storage could not copy what is to be written. Nothing was changed. Sync again.");
    }

    /// <summary>Begins with what was claimed: storage copies its blocks, and no byte is sent again.</summary>
    /// <returns>What tells that the staging blob is still this write's.</returns>
    private async Task<BlobRequestConditions> BeginAsync(
        StagedFile staged, BlockBlobClient staging, BlobRequestConditions isOurs, CancellationToken cancellation)
    {
        if (place.Claimed(staged) is not { } claimed) return isOurs;
        try
        {
            var options = new BlobCopyFromUriOptions { Metadata = Marked(Prepared), DestinationConditions = isOurs };
            await staging.StartCopyFromUriAsync(claimed.Uri, options, cancellation);
        }
        catch (RequestFailedException error) when (error.Status == 404)
        {
            // The sleeper has woken up and ended its own write. All blocks are sent.
            return isOurs;
        }
        catch (RequestFailedException error) when (error.Status == 412)
        {
            // Carried out, its answer lost, and then refused when it was sent again; or taken over.
            if (await BlobPlace.FindAsync(staging, cancellation) is not { } found || !BlobCopy.IsFrom(found, staged.Claimed!)) throw;
        }

        // Should the copy fail, then there are no blocks, and all are sent.
        var begun = await BlobCopy.WaitAsync(staging, null, cancellation) ?? throw StagedNames.TakenOver();
        await claimed.DeleteIfExistsAsync(cancellationToken: cancellation);
        return new BlobRequestConditions { IfMatch = begun.ETag };
    }

    private static async Task StreamAsync(
        BlockBlobClient staging, OriginContent content, BlobRequestConditions isOurs, IProgress<long>? progress, CancellationToken cancellation)
    {
        var blockBytes = (int)Math.Max(BlobBlocks.DefaultBytes, (content.SizeBytes / MaxBlocks) + 1);
        await using var opened = await content.OpenAsync(0, cancellation);
        await using var source = new ForwardStream(opened, null);
        await using var hashing = new HashingStream(source);
        try
        {
            var ids = await BlobBlocks.StageAsync(staging, hashing, blockBytes, progress, cancellation);
            if (hashing.BytesRead != content.SizeBytes || hashing.Sha256() != content.Sha256) throw PartFilling.Damaged();
            await staging.CommitBlockListAsync(ids, new CommitBlockListOptions { Conditions = isOurs }, cancellation);
        }
        catch (Exception) when (source.SourceError is { } error && StorageErrors.IsTransport(error) && !cancellation.IsCancellationRequested)
        {
            // A failure of the content, as opposed to the origin's.
            throw StorageErrors.Translate(error);
        }
    }
}

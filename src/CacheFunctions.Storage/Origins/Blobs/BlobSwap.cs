using Azure;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using CacheFunctions.Errors;
using CacheFunctions.Origins;

namespace CacheFunctions.Storage.Origins.Blobs;

/// <summary>
/// Puts a staging blob in another's place by a copy that storage makes under a condition, and finds out afterwards
/// whether somebody had.
/// </summary>
internal sealed class BlobSwap(BlobPlace place, BlobStaging staging)
{
    public async Task<SwapResult> SwapAsync(
        StagedFile staged, Fingerprint? expected, string sha256, CancellationToken cancellation)
    {
        var from = place.Staging(staged);
        var ready = await staging.FindOursAsync(staged, cancellation);
        if (!BlobStaging.IsComplete(ready)) throw CacheException.Unavailable("What was staged is not complete. Sync again.");
        var target = await place.FindFileAsync(staged.Path, cancellation);
        if (target is not null && BlobCopy.HasLanded(target, staged)) return await LandedAsync(staged, target, sha256, cancellation);
        if (!await IsExpectedAsync(staged, target, expected, cancellation)) return Conflict(target);

        BlobCopyInfo info;
        try
        {
            info = await CopyAsync(staged, from, ready, target, cancellation);
        }
        catch (RequestFailedException error) when (error.Status is 404 or 409 or 412 && error.ErrorCode != BlobErrorCode.LeaseIdMissing)
        {
            // A condition was not met. Perhaps by this very request, sent twice because the first answer was lost.
            var found = await place.FindFileAsync(staged.Path, cancellation);
            if (found is not null && BlobCopy.HasLanded(found, staged)) return await LandedAsync(staged, found, sha256, cancellation);
            if (await BlobPlace.FindAsync(from, cancellation) is null) throw StagedNames.TakenOver();
            if (found?.ETag != target?.ETag) return Conflict(found);
            throw;
        }

        await staging.RemoveAsync(staged, cancellation);
        return new SwapResult(BlobFingerprint.Of(ready.ContentLength, info.LastModified, info.ETag, sha256), null);
    }

    /// <remarks>
    /// First a copy onto the target that is still under way comes to its end, since without its source it would leave
    /// an empty file. Then the staging blob goes, and with it whatever a sleeper could still begin.
    /// </remarks>
    public async Task<SwapResult> TakeOverAsync(StagedFile staged, string targetSha256, CancellationToken cancellation)
    {
        var blob = place.Blob(staged.Path);
        if (await BlobPlace.FindAsync(blob, cancellation) is { BlobCopyStatus: CopyStatus.Pending } pending && BlobCopy.IsFrom(pending, staged.TemporaryName))
            await BlobCopy.WaitAsync(blob, null, cancellation);
        await staging.RemoveAsync(staged, cancellation);

        while (true)
        {
            if (await BlobPlace.FindAsync(blob, cancellation) is not { } found) return new SwapResult(null, new OriginState(null));
            var hash = BlobCopy.HasLanded(found, staged) ? targetSha256 : await BlobFingerprint.HashAsync(blob, found.ETag, cancellation);
            // Somebody is writing it at this moment.
            if (hash is null) continue;
            var actual = BlobFingerprint.Of(found, hash);
            return hash == targetSha256 ? new SwapResult(actual, null) : new SwapResult(null, new OriginState(actual));
        }
    }

    private async Task<bool> IsExpectedAsync(
        StagedFile staged, BlobProperties? target, Fingerprint? expected, CancellationToken cancellation)
    {
        if (target is null || expected is null) return target is null && expected is null;
        var actual = BlobFingerprint.Of(target);
        if (actual.IsSameVersion(expected)) return true;
        if (actual.SizeBytes != expected.SizeBytes || expected.Sha256 is null) return false;
        return await BlobFingerprint.HashAsync(place.Blob(staged.Path), target.ETag, cancellation) == expected.Sha256;
    }

    private async Task<BlobCopyInfo> CopyAsync(
        StagedFile staged, BlockBlobClient from, BlobProperties ready, BlobProperties? target, CancellationToken cancellation)
    {
        var blob = place.Blob(staged.Path);
        var source = target is null ? ready.ETag : await WithHeadersAsync(from, ready, target, cancellation);
        var options = new BlobCopyFromUriOptions
        {
            SourceConditions = new BlobRequestConditions { IfMatch = source },
            DestinationConditions = target is null
                ? new BlobRequestConditions { IfNoneMatch = ETag.All }
                : new BlobRequestConditions { IfMatch = target.ETag },
            Metadata = target?.Metadata,
            AccessTier = target is { AccessTierInferred: false, AccessTier: { } tier } && tier != AccessTier.Archive.ToString() ? new AccessTier(tier) : (AccessTier?)null,
            Tags = target is { TagCount: > 0 } ? await TagsAsync(blob, cancellation) : null,
        };
        if (ready.ContentLength <= BlobCopy.MaxBytesAtOnce)
        {
            (var readable, options.SourceAuthentication) = await place.ReadableAsync(from, cancellation);
            try
            {
                return (await blob.SyncCopyFromUriAsync(readable, options, cancellation)).Value;
            }
            catch (RequestFailedException error) when (error.Status == 403 && error.ErrorCode == BlobErrorCode.CannotVerifyCopySource)
            {
                // The account's network rules keep it from reading itself by an address; the other way knows no address.
                options.SourceAuthentication = null;
            }
        }

        // Within one account storage does this at once as well, as a rule; it does not promise it.
        await blob.StartCopyFromUriAsync(from.Uri, options, cancellation);
        if (await BlobCopy.WaitAsync(blob, null, cancellation) is not { } copied || !BlobCopy.HasLanded(copied, staged))
            throw CacheException.Unavailable($"Storage could not copy {staged.Path} to its place. Sync again.");
        return BlobsModelFactory.BlobCopyInfo(copied.ETag, copied.LastModified, copied.CopyId, CopyStatus.Success);
    }

    private async Task<SwapResult> LandedAsync(StagedFile staged, BlobProperties target, string sha256, CancellationToken cancellation)
    {
        await staging.RemoveAsync(staged, cancellation);
        return new SwapResult(BlobFingerprint.Of(target, sha256), null);
    }

    private static SwapResult Conflict(BlobProperties? target) =>
        new(null, new OriginState(target is null ? null : BlobFingerprint.Of(target)));

    /// <summary>
    /// Gives the staging blob the headers of the file that it replaces, except what speaks of its bytes: a copy takes
    /// them from its source.
    /// </summary>
    private static async Task<ETag> WithHeadersAsync(
        BlockBlobClient from, BlobProperties ready, BlobProperties target, CancellationToken cancellation)
    {
        if (HeadersOf(ready) == HeadersOf(target)) return ready.ETag;
        var headers = new BlobHttpHeaders
        {
            ContentType = target.ContentType,
            ContentEncoding = target.ContentEncoding,
            ContentLanguage = target.ContentLanguage,
            ContentDisposition = target.ContentDisposition,
            CacheControl = target.CacheControl,
            ContentHash = ready.ContentHash,
        };
        return (await from.SetHttpHeadersAsync(headers, new BlobRequestConditions { IfMatch = ready.ETag }, cancellation)).Value.ETag;
    }

    private static (string?, string?, string?, string?, string?) HeadersOf(BlobProperties blob) =>
        (blob.ContentType, blob.ContentEncoding, blob.ContentLanguage, blob.ContentDisposition, blob.CacheControl);

    /// <returns>null: the service has no right to them.</returns>
    private static async Task<IDictionary<string, string>?> TagsAsync(BlockBlobClient blob, CancellationToken cancellation)
    {
        try
        {
            return (await blob.GetTagsAsync(cancellationToken: cancellation)).Value.Tags;
        }
        catch (RequestFailedException error) when (error.Status == 403)
        {
            return null;
        }
    }
}

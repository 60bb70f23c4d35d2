using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Azure;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using CacheFunctions.Errors;
using CacheFunctions.Origins;
using CacheFunctions.Storage.Accounts;

namespace CacheFunctions.Storage.Origins.Blobs;

/// <summary>
/// Makes the staging blob that is to replace another. It is there from the beginning, empty and marked, and is filled
/// only while it still is: who takes over deletes it, and the sleeper's filling then fails.
/// </summary>
internal sealed class BlobStaging(BlobPlace place)
{
    private const int BlockBytes = 8 << 20;
    private const int MaxBlocks = 50_000;
    private const string Mark = "cachefunctions_prepared";

    public static bool IsComplete(BlobProperties staging) =>
        !staging.Metadata.ContainsKey(Mark) && (staging.CopyId is null || staging.BlobCopyStatus is null or CopyStatus.Success);

    public async Task PrepareAsync(StagedFile staged, CancellationToken cancellation)
    {
        try
        {
            var options = new BlobUploadOptions
            {
                Metadata = new Dictionary<string, string> { [Mark] = "1" },
                Conditions = new BlobRequestConditions { IfNoneMatch = ETag.All },
            };
            await place.Staging(staged).UploadAsync(Stream.Null, options, cancellation);
        }
        catch (RequestFailedException error) when (error.Status == 409 && error.ErrorCode == BlobErrorCode.BlobAlreadyExists)
        {
            // The name is nobody else's: an earlier request was carried out and its answer lost.
        }
    }

    public async Task WriteAsync(StagedFile staged, OriginContent content, IProgress<long>? progress, CancellationToken cancellation)
    {
        var staging = place.Staging(staged);
        var prepared = await BlobPlace.FindAsync(staging, cancellation) ?? throw StagedNames.TakenOver();
        var isOurs = new BlobRequestConditions { IfMatch = prepared.ETag };
        try
        {
            var copied = place.SourceOf(content.Stored) is { } source ? await TryCopyAsync(staging, source, isOurs, progress, cancellation) : null;
            if (copied is null) await StreamAsync(staging, content, isOurs, progress, cancellation);
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

    public async Task RemoveAsync(StagedFile staged, CancellationToken cancellation)
    {
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

    private static async Task StreamAsync(
        BlockBlobClient staging, OriginContent content, BlobRequestConditions isOurs, IProgress<long>? progress, CancellationToken cancellation)
    {
        var blockBytes = (int)Math.Max(BlockBytes, (content.SizeBytes / MaxBlocks) + 1);
        var buffer = ArrayPool<byte>.Shared.Rent(blockBytes);
        try
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            await using var source = await content.OpenAsync(0, cancellation);
            var blocks = new List<string>();
            long position = 0;
            for (int count; (count = await ReadAsync(source, buffer.AsMemory(0, blockBytes), cancellation)) > 0;)
            {
                position += count;
                if (position > content.SizeBytes) throw PartFilling.Damaged();
                hash.AppendData(buffer, 0, count);
                blocks.Add(Convert.ToBase64String(Encoding.ASCII.GetBytes(blocks.Count.ToString("d8", CultureInfo.InvariantCulture))));
                using var block = new MemoryStream(buffer, 0, count, writable: false);
                await staging.StageBlockAsync(blocks[^1], block, cancellationToken: cancellation);
                progress?.Report(position);
            }

            if (position != content.SizeBytes || Convert.ToHexStringLower(hash.GetHashAndReset()) != content.Sha256) throw PartFilling.Damaged();
            await staging.CommitBlockListAsync(blocks, new CommitBlockListOptions { Conditions = isOurs }, cancellation);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>A failure of the content, as opposed to the origin's.</summary>
    private static async Task<int> ReadAsync(Stream source, Memory<byte> block, CancellationToken cancellation)
    {
        try
        {
            return await source.ReadAtLeastAsync(block, block.Length, throwOnEndOfStream: false, cancellation);
        }
        catch (Exception error) when (StorageErrors.IsTransport(error) && !cancellation.IsCancellationRequested)
        {
            throw StorageErrors.Translate(error);
        }
    }
}

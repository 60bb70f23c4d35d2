using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using Azure;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;

namespace CacheFunctions.Storage.Contents;

/// <summary>
/// Blocks of a large blob, so that an interrupted write goes on where it was. A block's id holds its place and its
/// hash: which blocks are there already, and whether a finished blob is the same, is seen from the ids alone.
/// </summary>
internal static class BlobBlocks
{
    /// <summary>How large a block is where nothing speaks against it.</summary>
    public const int DefaultBytes = 8 << 20;

    /// <summary>Sends the blocks that the blob does not have yet, committed or not.</summary>
    /// <returns>The ids of all blocks of the content, in order.</returns>
    public static async Task<List<string>> StageAsync(
        BlockBlobClient blob, Stream content, int blockBytes, IProgress<long>? progress, CancellationToken cancellation)
    {
        var stored = await StoredAsync(blob, cancellation);
        var ids = new List<string>();
        var buffer = ArrayPool<byte>.Shared.Rent(blockBytes);
        try
        {
            long done = 0;
            for (int count; (count = await content.ReadAtLeastAsync(buffer.AsMemory(0, blockBytes), blockBytes, false, cancellation)) > 0;)
            {
                var id = Id(ids.Count, buffer.AsSpan(0, count));
                if (!stored.Contains(id))
                {
                    using var block = new MemoryStream(buffer, 0, count, writable: false);
                    await blob.StageBlockAsync(id, block, cancellationToken: cancellation);
                }

                ids.Add(id);
                progress?.Report(done += count);
            }

            return ids;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Only the first commit counts: a name never holds two contents, whoever wakes up late.</summary>
    /// <returns>Whether the blob has this content; false: it was finished before with another.</returns>
    public static async Task<bool> CommitOnceAsync(BlockBlobClient blob, List<string> ids, CancellationToken cancellation)
    {
        try
        {
            var options = new CommitBlockListOptions { Conditions = new BlobRequestConditions { IfNoneMatch = ETag.All } };
            await blob.CommitBlockListAsync(ids, options, cancellation);
            return true;
        }
        catch (RequestFailedException error) when (error.Status is 409 or 412)
        {
            var list = await blob.GetBlockListAsync(BlockListTypes.Committed, cancellationToken: cancellation);
            return list.Value.CommittedBlocks.Select(block => block.Name).SequenceEqual(ids);
        }
    }

    /// <summary>The blocks that the blob has, committed or not, from the first one on as far as none is missing.</summary>
    public static async Task<List<string>> BeginningAsync(BlockBlobClient blob, CancellationToken cancellation) =>
        [.. (await StoredAsync(blob, cancellation)).DistinctBy(Index).OrderBy(Index).TakeWhile((id, index) => Index(id) == index)];

    private static async Task<HashSet<string>> StoredAsync(BlockBlobClient blob, CancellationToken cancellation)
    {
        try
        {
            var list = await blob.GetBlockListAsync(BlockListTypes.All, cancellationToken: cancellation);
            return [.. list.Value.CommittedBlocks.Concat(list.Value.UncommittedBlocks).Select(block => block.Name)];
        }
        catch (RequestFailedException error) when (error.Status == 404)
        {
            return [];
        }
    }

    private static string Id(int index, ReadOnlySpan<byte> bytes)
    {
        Span<byte> id = stackalloc byte[sizeof(int) + SHA256.HashSizeInBytes];
        BinaryPrimitives.WriteInt32BigEndian(id, index);
        SHA256.HashData(bytes, id[sizeof(int)..]);
        return Convert.ToBase64String(id);
    }

    private static int Index(string id) => BinaryPrimitives.ReadInt32BigEndian(Convert.FromBase64String(id));
}

using System.Security.Cryptography;
using CacheFunctions.Errors;
using CacheFunctions.Origins;
using CacheFunctions.Tests.InMemory.Disk;

namespace CacheFunctions.Tests.InMemory;

/// <summary>Makes the temporary file that is to replace another, whole and durable.</summary>
internal sealed class MemoryOriginWriter(MemoryDisk disk, Link link, int stepBytes)
{
    /// <summary>What an interrupted writer left is taken in whole blocks; between blocks the part's name is looked at.</summary>
    public const int StepsPerBlock = 4;

    private readonly int _blockBytes = StepsPerBlock * stepBytes;

    public async Task PrepareAsync(StagedFile staged, bool makeFolder)
    {
        var (folder, _) = await DiskFolder.ContainingAsync(disk, link, staged.Path, makeFolder);
        await folder.CreateAsync(StagedName.Part(staged));
    }

    public async Task<string?> ClaimAsync(StagedFile left)
    {
        try
        {
            var (folder, _) = await DiskFolder.ContainingAsync(disk, link, left.Path);
            if (left.Claimed is { } before && await folder.FindAsync(StagedName.Left(before)) is not null)
                return await folder.RemoveAsync(StagedName.Part(left)) ? before : null;
            var kept = StagedName.Left(left.TemporaryName);
            var result = await folder.RenameAsync(StagedName.Part(left), kept, RenameMode.Replace);
            if (result == DiskResult.Done) await folder.SyncAsync();
            return result == DiskResult.Done || await folder.FindAsync(kept) is not null ? left.TemporaryName : null;
        }
        catch (CacheException error) when (error.Code == ErrorCode.NotFound)
        {
            return null;
        }
    }

    public async Task WriteAsync(
        StagedFile staged, OriginContent content, IProgress<long>? progress, CancellationToken cancellation)
    {
        var (folder, _) = await DiskFolder.ContainingAsync(disk, link, staged.Path);
        var file = await OpenPartAsync(folder, staged);
        var kept = await CopyClaimedAsync(folder, staged, file, content.SizeBytes);
        if (!await TryFillAsync(folder, staged, file, kept, content, progress, cancellation)
            && (kept == 0 || !await TryFillAsync(folder, staged, file, 0, content, progress, cancellation)))
            throw CacheException.Unavailable("What was read from storage is not what was saved. Nothing was written. Try again.");

        await folder.SyncAsync(file);
        if (await folder.RenameAsync(StagedName.Part(staged), StagedName.Ready(staged), RenameMode.Replace) != DiskResult.Done)
            throw StagedName.TakenOver();
    }

    public async Task AbandonAsync(StagedFile staged)
    {
        try
        {
            var (folder, _) = await DiskFolder.ContainingAsync(disk, link, staged.Path);
            await folder.RemoveAsync(StagedName.Part(staged));
            await folder.RemoveAsync(StagedName.Ready(staged));
            // Claimed by a take-over that broke off. Never swapped in, it holds nothing of anybody else's.
            await folder.RemoveAsync(StagedName.Taken(staged));
            foreach (var claimable in StagedName.Claimable(staged)) await folder.RemoveAsync(claimable);
        }
        catch (CacheException error) when (error.Code == ErrorCode.NotFound)
        {
            // The folder went, and the temporary file with it.
        }
    }

    /// <returns>How many bytes the part now has.</returns>
    private async Task<long> CopyClaimedAsync(DiskFolder folder, StagedFile staged, MemoryFile file, long sizeBytes)
    {
        if (staged.Claimed is not { } claimed) return 0;
        try
        {
            var left = await folder.OpenAsync(StagedName.Left(claimed));
            var whole = Math.Min((await folder.DescribeAsync(left)).SizeBytes, sizeBytes) / _blockBytes * _blockBytes;
            for (long position = 0; position < whole; position += stepBytes)
            {
                if (position % _blockBytes == 0) await RequireOursAsync(folder, staged, file);
                await folder.WriteAsync(file, position, await folder.ReadAsync(left, position, stepBytes));
            }

            await folder.RemoveAsync(StagedName.Left(claimed));
            return whole;
        }
        catch (CacheException error) when (error.Code == ErrorCode.NotFound)
        {
            return 0;
        }
    }

    private static async Task RequireOursAsync(DiskFolder folder, StagedFile staged, MemoryFile file)
    {
        if (await folder.FindAsync(StagedName.Part(staged)) is not { } part || part.Number != file.Number) throw StagedName.TakenOver();
    }

    /// <returns>Whether the part now holds the content, by its length and hash.</returns>
    private async Task<bool> TryFillAsync(
        DiskFolder folder,
        StagedFile staged,
        MemoryFile file,
        long kept,
        OriginContent content,
        IProgress<long>? progress,
        CancellationToken cancellation)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(await folder.ReadAsync(file, 0, (int)kept));
        await using var source = await content.OpenAsync(kept, cancellation);
        var buffer = new byte[stepBytes];
        var position = kept;
        for (int count; (count = await ReadAsync(source, buffer, cancellation)) > 0; position += count)
        {
            if (position + count > content.SizeBytes) return false;
            if (position / _blockBytes != (position + count) / _blockBytes) await RequireOursAsync(folder, staged, file);
            hash.AppendData(buffer, 0, count);
            await folder.WriteAsync(file, position, buffer[..count]);
            progress?.Report(position + count);
        }

        return position == content.SizeBytes && Convert.ToHexStringLower(hash.GetHashAndReset()) == content.Sha256;
    }

    private static async Task<int> ReadAsync(Stream source, byte[] buffer, CancellationToken cancellation)
    {
        try
        {
            return await source.ReadAsync(buffer, cancellation);
        }
        catch (IOException error)
        {
            throw CacheException.Unavailable("Storage broke off.", error);
        }
    }

    private static async Task<MemoryFile> OpenPartAsync(DiskFolder folder, StagedFile staged)
    {
        try
        {
            return await folder.OpenAsync(StagedName.Part(staged));
        }
        catch (CacheException error) when (error.Code == ErrorCode.NotFound)
        {
            throw StagedName.TakenOver();
        }
    }
}

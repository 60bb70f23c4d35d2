using CacheFunctions.Catalogue.Quota;
using CacheFunctions.Content;
using CacheFunctions.Errors;
using CacheFunctions.Jobs;
using CacheFunctions.Origins;

namespace CacheFunctions.Catalogue;

/// <summary>Copies an origin's file, as one whole version, into the cache container. Its room is reserved until the copy is disposed of.</summary>
internal sealed class FileCopier(CatalogueStore store, Room room, CatalogueSettings settings)
{
    /// <returns>null: it takes long, so a job should do it; nothing was copied.</returns>
    /// <exception cref="CacheException">NotFound; Conflict: it keeps changing; QuotaExceeded.</exception>
    public async Task<CopiedFile?> CopyAsync(CachedFileId id, OriginPath path, Patience patience)
    {
        var isLarge = false;
        var copied = await patience.TryAsync(
            token => WholeVersion.CopyAsync(
                path,
                async file =>
                {
                    room.RequireFits(file.Fingerprint.SizeBytes);
                    isLarge = file.Fingerprint.SizeBytes > settings.LargeBytes;
                    return isLarge ? new CopiedFile("", 0, "", file.Fingerprint) : await WithRoomAsync(id, file, () => CopyAsync(id, file, token));
                },
                token),
            CancellationToken.None);
        return isLarge ? null : copied;
    }

    /// <summary>Copies a file of any size, going on where an earlier run was interrupted.</summary>
    /// <param name="seed">The same for all runs, and for nothing else.</param>
    /// <exception cref="CacheException">NotFound; Conflict: it keeps changing; QuotaExceeded.</exception>
    public Task<CopiedFile> CopyLargeAsync(
        CachedFileId id, OriginPath path, string seed, IProgress<long> progress, CancellationToken cancellation) =>
        WholeVersion.CopyAsync(
            path, file => WithRoomAsync(id, file, () => CopyLargeAsync(id, file, seed, progress, cancellation)), cancellation);

    /// <summary>Deletes content that no row names, and certainly never will.</summary>
    public async Task DeleteAsync(string name)
    {
        try
        {
            await store.Contents.DeleteAsync(ContentName.Cache, name, CancellationToken.None);
        }
        catch (CacheException)
        {
            // Left to the sweeper.
        }
    }

    private async Task<CopiedFile?> CopyAsync(CachedFileId id, OriginFile file, CancellationToken cancellation)
    {
        var name = ContentName.Mint(id.ToString(), store.Ids);
        await using var hashing = new HashingStream(file.Content);
        await store.Contents.WriteAsync(ContentName.Cache, name, hashing, file.Fingerprint.SizeBytes, cancellation);
        var sha256 = hashing.Sha256();
        if (!await file.HasChangedAsync())
            return new CopiedFile(name, hashing.BytesRead, sha256, file.Fingerprint with { Sha256 = sha256 });
        await DeleteAsync(name);
        return null;
    }

    private async Task<CopiedFile?> CopyLargeAsync(
        CachedFileId id, OriginFile file, string seed, IProgress<long> progress, CancellationToken cancellation)
    {
        // Another version of the file goes to another name, so what is there under a name belongs to this one.
        var name = ContentName.Derived(id.ToString(), $"{seed}\n{file.Fingerprint.Version}");
        await using var unchanged = new UnchangedStream(file);
        await using var hashing = new HashingStream(unchanged);
        if (!await store.Contents.WriteOnceAsync(ContentName.Cache, name, hashing, progress, cancellation)) return null;
        var sha256 = hashing.Sha256();
        return new CopiedFile(name, hashing.BytesRead, sha256, file.Fingerprint with { Sha256 = sha256 }, IsOfJob: true);
    }

    private async Task<CopiedFile?> WithRoomAsync(CachedFileId id, OriginFile file, Func<Task<CopiedFile?>> copy)
    {
        var reserved = await room.ReserveAsync(id, file.Fingerprint.SizeBytes);
        CopiedFile? copied = null;
        try
        {
            copied = await copy();
            return copied is null ? null : copied with { Reserved = reserved };
        }
        finally
        {
            if (copied is null) reserved.Dispose();
        }
    }
}

/// <param name="Content">Its name in the cache container.</param>
/// <param name="IsOfJob">Whether several runs may make it, under one name.</param>
/// <param name="Reserved">The room for it, which it needs until it is recorded, or will not be.</param>
internal sealed record CopiedFile(
    string Content, long SizeBytes, string Sha256, Fingerprint Fingerprint, bool IsOfJob = false, IDisposable? Reserved = null) : IDisposable
{
    public void Dispose() => Reserved?.Dispose();
}

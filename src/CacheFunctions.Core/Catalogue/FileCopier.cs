using CacheFunctions.Content;
using CacheFunctions.Errors;
using CacheFunctions.Origins;

namespace CacheFunctions.Catalogue;

/// <summary>Copies an origin's file, as one whole version, into the cache container.</summary>
internal sealed class FileCopier(CatalogueStore store, CatalogueSettings settings)
{
    /// <returns>null: the file is large, and nothing was copied.</returns>
    /// <exception cref="CacheException">NotFound; Conflict: it keeps changing; QuotaExceeded.</exception>
    public async Task<CopiedFile?> CopyAsync(CachedFileId id, OriginPath path, CancellationToken cancellation)
    {
        var isLarge = false;
        var copied = await WholeVersion.CopyAsync(
            path,
            async file =>
            {
                isLarge = file.Fingerprint.SizeBytes > settings.LargeBytes;
                if (isLarge) return new CopiedFile("", 0, "", file.Fingerprint);
                RequireRoom(file.Fingerprint.SizeBytes);
                var name = ContentName.Mint(id.ToString(), store.Ids);
                await using var hashing = new HashingStream(file.Content);
                await store.Contents.WriteAsync(ContentName.Cache, name, hashing, file.Fingerprint.SizeBytes, cancellation);
                var sha256 = hashing.Sha256();
                if (!await file.HasChangedAsync())
                    return new CopiedFile(name, hashing.BytesRead, sha256, file.Fingerprint with { Sha256 = sha256 });
                await DeleteAsync(name);
                return null;
            },
            cancellation);
        return isLarge ? null : copied;
    }

    /// <summary>Copies a file of any size, going on where an earlier run was interrupted.</summary>
    /// <param name="seed">The same for all runs, and for nothing else.</param>
    /// <exception cref="CacheException">NotFound; Conflict: it keeps changing; QuotaExceeded.</exception>
    public Task<CopiedFile> CopyLargeAsync(
        CachedFileId id, OriginPath path, string seed, IProgress<long> progress, CancellationToken cancellation) =>
        WholeVersion.CopyAsync(
            path,
            async file =>
            {
                RequireRoom(file.Fingerprint.SizeBytes);
                // Another version of the file goes to another name, so what is there under a name belongs to this one.
                var name = ContentName.Derived(id.ToString(), $"{seed}\n{file.Fingerprint.Version}");
                await using var unchanged = new UnchangedStream(file);
                await using var hashing = new HashingStream(unchanged);
                if (!await store.Contents.WriteOnceAsync(ContentName.Cache, name, hashing, progress, cancellation)) return null;
                var sha256 = hashing.Sha256();
                return new CopiedFile(name, hashing.BytesRead, sha256, file.Fingerprint with { Sha256 = sha256 }, IsOfJob: true);
            },
            cancellation);

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

    private void RequireRoom(long sizeBytes)
    {
        if (sizeBytes > settings.MaxBytes)
            throw new CacheException(ErrorCode.QuotaExceeded, $"The file has {sizeBytes} bytes, and the cache's quota is {settings.MaxBytes} (Cache:MaxBytes).");
    }
}

/// <param name="Content">Its name in the cache container.</param>
/// <param name="IsOfJob">Whether several runs may make it, under one name.</param>
internal sealed record CopiedFile(string Content, long SizeBytes, string Sha256, Fingerprint Fingerprint, bool IsOfJob = false);

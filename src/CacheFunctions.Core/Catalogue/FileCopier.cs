using CacheFunctions.Content;
using CacheFunctions.Errors;
using CacheFunctions.Origins;

namespace CacheFunctions.Catalogue;

/// <summary>Copies an origin's file, as one whole version, into the cache container.</summary>
internal sealed class FileCopier(CatalogueStore store)
{
    /// <param name="requireRoom">Told the file's size before it is read; throws when there is no room.</param>
    /// <exception cref="CacheException">NotFound; Conflict: it keeps changing; QuotaExceeded.</exception>
    public Task<CopiedFile> CopyAsync(
        CachedFileId id, OriginPath path, Action<long> requireRoom, CancellationToken cancellation) =>
        WholeVersion.CopyAsync(
            path,
            async file =>
            {
                requireRoom(file.Fingerprint.SizeBytes);
                var name = ContentName.Mint(id.ToString());
                await using var hashing = new HashingStream(file.Content);
                await store.Contents.WriteAsync(ContentName.Cache, name, hashing, file.Fingerprint.SizeBytes, cancellation);
                var sha256 = hashing.Sha256();
                if (!await file.HasChangedAsync())
                    return new CopiedFile(name, hashing.BytesRead, sha256, file.Fingerprint with { Sha256 = sha256 });
                await DeleteAsync(name);
                return null;
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
}

/// <param name="Content">Its name in the cache container.</param>
internal sealed record CopiedFile(string Content, long SizeBytes, string Sha256, Fingerprint Fingerprint);

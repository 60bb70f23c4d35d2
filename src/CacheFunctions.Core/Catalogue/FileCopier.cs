using CacheFunctions.Content;
using CacheFunctions.Errors;
using CacheFunctions.Origins;

namespace CacheFunctions.Catalogue;

/// <summary>Copies an origin's file, as one whole version, into the cache container.</summary>
internal sealed class FileCopier(CatalogueStore store)
{
    private const int MaxCopies = 3;

    /// <exception cref="CacheException">NotFound; Conflict: it keeps changing; QuotaExceeded.</exception>
    public async Task<CopiedFile> CopyAsync(
        CachedFileId id, OriginPath path, Action<long> requireRoom, CancellationToken cancellation)
    {
        for (var copy = 1; copy <= MaxCopies; copy++)
        {
            await using var file = await path.Origin.OpenReadAsync(path.Path, cancellation);
            requireRoom(file.Fingerprint.SizeBytes);
            var name = ContentName.Mint(id.ToString());
            await using var unchanged = new UnchangedStream(file);
            await using var hashing = new HashingStream(unchanged);
            try
            {
                await store.Contents.WriteAsync(ContentName.Cache, name, hashing, file.Fingerprint.SizeBytes, cancellation);
                if (!await file.HasChangedAsync())
                {
                    var sha256 = hashing.Sha256();
                    return new CopiedFile(name, hashing.BytesRead, sha256, file.Fingerprint with { Sha256 = sha256 });
                }

                await DeleteAsync(name);
            }
            catch (EndOfStreamException)
            {
                // It has become shorter; the next copy takes it as it is now.
            }
        }

        throw new CacheException(ErrorCode.Conflict, $"{path.NasPath} keeps changing while it is read. Try again when it is at rest.");
    }

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

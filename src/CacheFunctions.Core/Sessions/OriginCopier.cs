using CacheFunctions.Content;
using CacheFunctions.Errors;
using CacheFunctions.Origins;

namespace CacheFunctions.Sessions;

/// <summary>Copies an origin's file, as one whole version, into a session's content.</summary>
internal sealed class OriginCopier(SessionStore store)
{
    /// <param name="allowMissing">Whether a file that does not exist counts as an empty one, with no fingerprint.</param>
    /// <param name="maxBytes">A larger file is not copied.</param>
    /// <returns>No content: the file is larger than <paramref name="maxBytes"/>.</returns>
    /// <exception cref="CacheException">NotFound; Conflict: it keeps changing.</exception>
    public async Task<OriginCopy> CopyAsync(
        string sessionId, OriginPath path, bool allowMissing, long maxBytes, CancellationToken cancellation)
    {
        try
        {
            return await WholeVersion.CopyAsync(
                path,
                async file =>
                {
                    if (file.Fingerprint.SizeBytes > maxBytes) return new OriginCopy(null, file.Fingerprint);
                    var content = await store.WriteContentAsync(sessionId, file.Content, file.Fingerprint.SizeBytes, cancellation);
                    if (!await file.HasChangedAsync()) return new OriginCopy(content, file.Fingerprint with { Sha256 = content.Sha256 });
                    await store.DeleteUncommittedAsync(content.Name);
                    return null;
                },
                cancellation);
        }
        catch (CacheException error) when (error.Code == ErrorCode.NotFound && allowMissing)
        {
            return await EmptyAsync(sessionId);
        }
    }

    /// <exception cref="CacheException">NotFound.</exception>
    public static async Task<Fingerprint> FindAsync(OriginPath path, CancellationToken cancellation) =>
        await path.Origin.FindAsync(path.Path, cancellation) ?? throw CacheException.NotFound($"{path.NasPath} is gone from the origin.");

    /// <summary>Copies a file whose copy takes long, going on where an earlier run was interrupted.</summary>
    /// <param name="seed">The same for all runs, and for nothing else.</param>
    /// <exception cref="CacheException">NotFound; Conflict: it keeps changing.</exception>
    public Task<OriginCopy> CopyLargeAsync(
        string sessionId, OriginPath path, string seed, IProgress<long> progress, CancellationToken cancellation) =>
        WholeVersion.CopyAsync(
            path,
            async file =>
            {
                // Another version of the file goes to another name, so what is there under a name belongs to this one.
                var name = ContentName.Derived(sessionId, $"{seed}\n{file.Fingerprint.Version}");
                await using var unchanged = new UnchangedStream(file);
                await using var hashing = new HashingStream(unchanged);
                if (!await store.Contents.WriteOnceAsync(ContentName.Sessions, name, hashing, progress, cancellation)) return null;
                var content = new SavedContent(name, hashing.BytesRead, hashing.Sha256());
                return new OriginCopy(content, file.Fingerprint with { Sha256 = content.Sha256 });
            },
            cancellation);

    /// <summary>What a file that does not exist counts as. Not to be called off: it is one short call.</summary>
    public async Task<OriginCopy> EmptyAsync(string sessionId) =>
        new(await store.WriteContentAsync(sessionId, Stream.Null, 0, CancellationToken.None), null);
}

using CacheFunctions.Content;
using CacheFunctions.Errors;
using CacheFunctions.Origins;

namespace CacheFunctions.Sessions;

/// <summary>Copies an origin's file, as one whole version, into a session's content.</summary>
internal sealed class OriginCopier(SessionStore store)
{
    // A file that is being written while it is read gives a mixture; a copy counts only if nothing changed meanwhile.
    private const int MaxCopies = 3;

    /// <param name="allowMissing">Whether a file that does not exist counts as an empty one, with no fingerprint.</param>
    /// <param name="maxBytes">A larger file is not copied.</param>
    /// <returns>No content: the file is larger than <paramref name="maxBytes"/>.</returns>
    /// <exception cref="CacheException">NotFound; Conflict: it keeps changing.</exception>
    public async Task<OriginCopy> CopyAsync(
        string sessionId, OriginPath path, bool allowMissing, long maxBytes, CancellationToken cancellation)
    {
        for (var copy = 1; copy <= MaxCopies; copy++)
        {
            OriginFile file;
            try
            {
                file = await path.Origin.OpenReadAsync(path.Path, cancellation);
            }
            catch (CacheException error) when (error.Code == ErrorCode.NotFound && allowMissing)
            {
                return new OriginCopy(await store.WriteContentAsync(sessionId, Stream.Null, 0, cancellation), null);
            }

            await using (file)
            {
                if (file.Fingerprint.SizeBytes > maxBytes) return new OriginCopy(null, file.Fingerprint);
                var content = await TryCopyAsync(sessionId, file, cancellation);
                if (content is not null) return new OriginCopy(content, file.Fingerprint with { Sha256 = content.Sha256 });
            }
        }

        throw KeepsChanging(path);
    }

    /// <summary>Copies a large file, going on where an earlier run was interrupted.</summary>
    /// <param name="seed">The same for all runs, and for nothing else.</param>
    public async Task<OriginCopy> CopyLargeAsync(
        string sessionId, OriginPath path, string seed, IProgress<long> progress, CancellationToken cancellation)
    {
        for (var copy = 1; copy <= MaxCopies; copy++)
        {
            await using var file = await path.Origin.OpenReadAsync(path.Path, cancellation);
            // Another version of the file goes to another name, so what is there under a name belongs to this one.
            var name = ContentName.Derived(sessionId, $"{seed}\n{file.Fingerprint.Version}");
            await using var unchanged = new UnchangedStream(file);
            await using var hashing = new HashingStream(unchanged);
            try
            {
                if (!await store.Contents.WriteOnceAsync(ContentName.Sessions, name, hashing, progress, cancellation)) continue;
            }
            catch (EndOfStreamException)
            {
                continue;
            }

            var content = new SavedContent(name, hashing.BytesRead, hashing.Sha256());
            return new OriginCopy(content, file.Fingerprint with { Sha256 = content.Sha256 });
        }

        throw KeepsChanging(path);
    }

    private static CacheException KeepsChanging(OriginPath path) =>
        new(ErrorCode.Conflict, $"{path.NasPath} keeps changing while it is read. Try again when it is at rest.");

    private async Task<SavedContent?> TryCopyAsync(string sessionId, OriginFile file, CancellationToken cancellation)
    {
        SavedContent content;
        try
        {
            content = await store.WriteContentAsync(sessionId, file.Content, file.Fingerprint.SizeBytes, cancellation);
        }
        catch (EndOfStreamException)
        {
            return null;
        }

        if (content.SizeBytes == file.Fingerprint.SizeBytes && !await file.HasChangedAsync()) return content;
        await store.DeleteUncommittedAsync(content.Name);
        return null;
    }
}

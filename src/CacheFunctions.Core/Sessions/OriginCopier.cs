using CacheFunctions.Errors;
using CacheFunctions.Origins;

namespace CacheFunctions.Sessions;

/// <summary>Copies an origin's file, as one whole version, into a session's content.</summary>
internal sealed class OriginCopier(SessionStore store)
{
    // A file that is being written while it is read gives a mixture; a copy counts only if nothing changed meanwhile.
    private const int MaxCopies = 3;

    /// <param name="allowMissing">Whether a file that does not exist counts as an empty one, with no fingerprint.</param>
    /// <exception cref="CacheException">NotFound; Conflict: it keeps changing.</exception>
    public async Task<(SavedContent Content, Fingerprint? Fingerprint)> CopyAsync(
        string sessionId, OriginPath path, bool allowMissing, CancellationToken cancellation)
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
                return (await store.WriteContentAsync(sessionId, Stream.Null, 0, cancellation), null);
            }

            await using (file)
            {
                var content = await TryCopyAsync(sessionId, file, cancellation);
                if (content is not null) return (content, file.Fingerprint with { Sha256 = content.Sha256 });
            }
        }

        throw new CacheException(ErrorCode.Conflict, $"{path.NasPath} keeps changing while it is read. Try again when it is at rest.");
    }

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

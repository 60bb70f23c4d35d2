using CacheFunctions.Errors;

namespace CacheFunctions.Origins;

/// <summary>Copies of origin files as one whole version each.</summary>
internal static class WholeVersion
{
    // A file that is being written while it is read gives a mixture; a copy counts only if nothing changed meanwhile.
    private const int MaxCopies = 3;

    /// <param name="copy">Copies the opened file; null, or EndOfStreamException: it has changed meanwhile, so again.</param>
    /// <exception cref="CacheException">NotFound; Conflict: it keeps changing.</exception>
    public static async Task<T> CopyAsync<T>(
        OriginPath path, Func<OriginFile, Task<T?>> copy, CancellationToken cancellation) where T : class
    {
        for (var attempt = 1; attempt <= MaxCopies; attempt++)
        {
            await using var file = await path.Origin.OpenReadAsync(path.Path, cancellation);
            try
            {
                if (await copy(file) is { } copied) return copied;
            }
            catch (EndOfStreamException)
            {
                // It has become shorter; the next attempt takes it as it is then.
            }
        }

        throw new CacheException(ErrorCode.Conflict, $"{path.NasPath} keeps changing while it is read. Try again when it is at rest.");
    }
}

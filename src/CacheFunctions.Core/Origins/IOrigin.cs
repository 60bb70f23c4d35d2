namespace CacheFunctions.Origins;

/// <summary>
/// Where authoritative files live. Paths are relative, normalised by <see cref="PathRules"/>, and never leave the
/// origin's root, whatever links lie there. Failures are <see cref="Errors.CacheException"/>: NotFound, Forbidden (no right to it, or read-only),
/// QuotaExceeded (the disk is full), InvalidArgument (not a file, name too long), Unavailable.
/// </summary>
/// <remarks>
/// Writing is in steps, so that a crash between any two can be repaired by who comes next:
/// prepare, (the intent is recorded), write, swap, (the result is recorded), and clear or take over.
/// </remarks>
public interface IOrigin
{
    string Name { get; }

    PathRules Rules { get; }

    bool ReadOnly { get; }

    /// <returns>Without a hash; null: there is no such file.</returns>
    Task<Fingerprint?> FindAsync(string path, CancellationToken cancellation);

    Task<OriginFile> OpenReadAsync(string path, CancellationToken cancellation);

    /// <summary>Makes the temporary file, empty, before any record names it: who takes over can then always remove it.</summary>
    Task PrepareAsync(StagedFile staged, CancellationToken cancellation);

    /// <summary>Fills the temporary file and makes it durable; checks length and hash.</summary>
    /// <exception cref="Errors.CacheException">Conflict: somebody has taken over; Unavailable: the content is not what was announced.</exception>
    Task WriteAsync(StagedFile staged, Stream content, long sizeBytes, string sha256, CancellationToken cancellation);

    /// <summary>
    /// Puts the staged content in the file's place, at once and whole, if the origin is still as expected
    /// (null: there is no file), and makes that durable.
    /// </summary>
    Task<SwapResult> SwapAsync(
        StagedFile staged, Fingerprint? expected, string sha256, string conflictName, CancellationToken cancellation);

    /// <summary>Removes the temporary file of a write that has not been swapped in. Nothing there is fine.</summary>
    Task AbandonAsync(StagedFile staged, CancellationToken cancellation);

    /// <summary>
    /// Ends another's write whose deadline has passed: first takes its temporary file away, so that it can no longer
    /// swap, then sees whether it had. Safe to repeat.
    /// </summary>
    /// <returns>Written when the origin holds the target content; else Conflict tells how the origin stands.</returns>
    Task<SwapResult> TakeOverAsync(
        StagedFile staged, Fingerprint? expected, string targetSha256, string conflictName, CancellationToken cancellation);
}

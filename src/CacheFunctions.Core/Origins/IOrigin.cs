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

    /// <summary>
    /// What a folder holds, in ordinal order of names, each once: files and folders that can be opened, without this
    /// service's own temporary files. Fewer than <paramref name="limit"/>: there are no more.
    /// </summary>
    /// <param name="folder">Relative and normalised; empty: the root.</param>
    /// <param name="after">Only names after this one; null: from the first.</param>
    /// <exception cref="Errors.CacheException">NotFound: there is no such folder; InvalidArgument: it is a file.</exception>
    Task<IReadOnlyList<OriginEntry>> ListAsync(string folder, string? after, int limit, CancellationToken cancellation);

    /// <summary>Makes the temporary file, empty, before any record names it: who takes over can then always remove it.</summary>
    /// <param name="makeFolder">Whether to make the file's folder where it is missing; otherwise that is NotFound.</param>
    Task PrepareAsync(StagedFile staged, bool makeFolder, CancellationToken cancellation);

    /// <summary>
    /// Takes what an interrupted write has staged so far from its writer, who can then neither finish nor swap. Safe to
    /// repeat, also by several at once.
    /// </summary>
    /// <returns>The name to begin another write of the same content with, as <see cref="StagedFile.Claimed"/>; null:
    /// there is nothing to go on with, or it may have been swapped in, so <see cref="TakeOverAsync"/> must end it.</returns>
    Task<string?> ClaimAsync(StagedFile left, CancellationToken cancellation);

    /// <summary>
    /// Fills the temporary file, first with a copy of what was claimed, and makes it durable; checks length and hash.
    /// A copy, because the claimed one's writer may still have a block under way: it must not reach what is swapped in.
    /// </summary>
    /// <param name="progress">Told how many bytes stand there, rising, many times a second; null: nobody wants to know.</param>
    /// <exception cref="Errors.CacheException">Conflict: somebody has taken over; Unavailable: the content is not what was announced.</exception>
    Task WriteAsync(StagedFile staged, OriginContent content, IProgress<long>? progress, CancellationToken cancellation);

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

using CacheFunctions.Errors;
using CacheFunctions.Origins;

namespace CacheFunctions.Catalogue;

/// <summary>
/// Lets links to cached copies stand for originals, and originals stand again. Every step may be repeated, by any instance:
/// what stands at the original's path decides, and never is there nothing, or half of something.
/// </summary>
/// <remarks>Failures are <see cref="CacheException"/>: Conflict (the original has changed, or no link can stand there),
/// NotFound, Unavailable.</remarks>
public interface IFileLinks
{
    /// <summary>Why a link cannot stand for this file here.</summary>
    /// <returns>null: it can, as far as is known without trying.</returns>
    string? WhyNot(OriginPath original);

    /// <summary>
    /// Puts a link in the original's place by one rename. The original is kept beside it until <see cref="SettleAsync"/>.
    /// A link that stands already is fine.
    /// </summary>
    /// <param name="expected">The version that was copied; another one stays where it is, and that is a Conflict.</param>
    Task PlaceAsync(OriginPath original, Fingerprint expected, CachedLink link, CancellationToken cancellation);

    /// <summary>Ends what <see cref="PlaceAsync"/> began.</summary>
    /// <param name="keep">Whether the link stays, and the original goes; otherwise the original stands again.</param>
    Task SettleAsync(OriginPath original, CachedLink link, bool keep, CancellationToken cancellation);

    /// <returns>The version of the copy that the link leads to, which may have been edited through it; null: no such link stands there.</returns>
    Task<Fingerprint?> FindAsync(OriginPath original, CachedLink link, CancellationToken cancellation);

    /// <summary>Puts the copy's bytes in the link's place, as a file of its own. Where no such link stands, nothing is done.</summary>
    Task RestoreAsync(OriginPath original, CachedLink link, CancellationToken cancellation);
}

/// <summary>A link to a cached copy.</summary>
/// <param name="Content">The copy's name in the cache container.</param>
/// <param name="IsHard">Whether it is a hard link; else a symbolic one.</param>
public readonly record struct CachedLink(string Content, bool IsHard);

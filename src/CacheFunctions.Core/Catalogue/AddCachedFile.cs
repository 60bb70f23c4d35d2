using CacheFunctions.Jobs;

namespace CacheFunctions.Catalogue;

/// <summary>What a caller asks to be cached.</summary>
/// <param name="OriginalPath">Where the original lies; null: <paramref name="FilePath"/> says it.</param>
/// <param name="CachedPath">An existing copy to be recorded; null: a copy is made.</param>
/// <param name="UserId">For whom; null: nobody known.</param>
/// <param name="Method">null: by <see cref="CatalogueSettings.CopyMode"/>.</param>
/// <param name="AttributionReason">Why it is cached for that user; null: the operation says it.</param>
/// <param name="Metadata">A JSON object; null: none.</param>
public sealed record AddCachedFile(
    string FilePath,
    string? OriginalPath = null,
    string? CachedPath = null,
    string? UserId = null,
    CacheTrigger Operation = CacheTrigger.Manual,
    CacheMethod? Method = null,
    string? AttributionReason = null,
    string? Metadata = null);

/// <param name="File">null: its copy is still being made, by <paramref name="Pending"/>.</param>
/// <param name="IsNew">Whether it was cached by this call; false: one more user was attributed to it at the most.</param>
/// <param name="Pending">The job that copies; null: nothing is left to do.</param>
public sealed record AddedFile(CachedFile? File, bool IsNew, Job? Pending = null);

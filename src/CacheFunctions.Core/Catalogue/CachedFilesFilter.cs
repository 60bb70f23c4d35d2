namespace CacheFunctions.Catalogue;

/// <summary>Which files are wanted (CachedFilesFilter of the second source document).</summary>
/// <param name="Search">A part of the path, whatever its case; null: any.</param>
/// <param name="UserId">Matches any attribution.</param>
/// <param name="Status">null: all but removed ones.</param>
/// <param name="SizeMin">In bytes, included; so is <paramref name="SizeMax"/>.</param>
public sealed record CachedFilesFilter(
    string? Search = null,
    string? UserId = null,
    FileStatus? Status = null,
    CacheTrigger? TriggeredByOperation = null,
    long? SizeMin = null,
    long? SizeMax = null,
    DateTimeOffset? CachedSince = null);

public enum SearchType
{
    All,
    Filename,
    Path,
    User,
    Operation,
}

public enum FileOrder
{
    CachedAt,
    LastAccessed,
    FileSizeBytes,
    AccessCount,
    Filename,
}

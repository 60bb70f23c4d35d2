namespace CacheFunctions.Catalogue.Index;

/// <summary>How many files, and how large they are together.</summary>
public readonly record struct Tally(long Files, long Bytes)
{
    internal Tally With(long bytes) => new(Files + 1, Bytes + bytes);

    internal Tally With(Tally other) => new(Files + other.Files, Bytes + other.Bytes);
}

/// <summary>What is in the cache. Where nothing else is said, of active and orphaned files.</summary>
/// <param name="ByStatus">Of all files, removed ones too.</param>
/// <param name="Users">How many users have at least one file.</param>
/// <param name="ByDay">By the day on which they were cached (UTC), oldest first; days without any are left out.</param>
/// <param name="TopUsers">Those with the most files, at most ten.</param>
/// <param name="TopFiles">The most accessed files, at most ten, the first one first; never accessed ones are left out.</param>
public sealed record FileStatistics(
    Tally Total,
    IReadOnlyDictionary<FileStatus, Tally> ByStatus,
    int Users,
    DateTimeOffset? OldestCachedAt,
    IReadOnlyDictionary<CacheTrigger, Tally> ByOperation,
    IReadOnlyList<(DateOnly Day, Tally Files)> ByDay,
    IReadOnlyList<(string User, Tally Files)> TopUsers,
    IReadOnlyList<IndexedFile> TopFiles)
{
    public IndexedFile? MostAccessed => TopFiles.Count > 0 ? TopFiles[0] : null;
}

/// <summary>What is cached for one user, in a period, without removed files.</summary>
/// <param name="MostCommonOperation">null: there are no files. Of several, the first in the order of operations.</param>
/// <param name="Recent">The ten cached last, the newest first.</param>
public sealed record UserStatistics(
    Tally Total, Tally Active, CacheTrigger? MostCommonOperation, IReadOnlyDictionary<CacheTrigger, Tally> ByOperation, IReadOnlyList<IndexedFile> Recent);

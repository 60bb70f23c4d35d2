namespace CacheFunctions.Client;

/// <summary>The cache by the numbers. Active and orphaned files, where nothing else is said.</summary>
/// <param name="CacheHitRatio">From 0 to 1 over <paramref name="HitWindow"/>.</param>
/// <param name="PeriodDays">Only files cached in so many last days were counted; null: all.</param>
public sealed record CacheStatistics(
    long TotalFiles,
    long TotalSizeBytes,
    string TotalSizeReadable,
    long ActiveFiles,
    long OrphanedFiles,
    int UsersCount,
    DateTimeOffset? OldestCachedAt,
    string? MostAccessedFile,
    double CacheHitRatio,
    HitWindow HitWindow,
    IReadOnlyList<HitDay> HitsByDay,
    int? PeriodDays,
    IReadOnlyDictionary<string, FileTally> ByStatus,
    IReadOnlyDictionary<string, FileTally> ByOperation,
    IReadOnlyList<DayTally> ByDay,
    IReadOnlyList<UserTally> TopUsers,
    IReadOnlyList<FileUse> TopFiles);

public sealed record HitWindow(DateTimeOffset Since, DateTimeOffset Until, long Hits, long Misses, long HitBytes, long MissBytes);

/// <summary>What was asked for on a day of UTC.</summary>
public sealed record HitDay(DateOnly Day, long Hits, long Misses);

public sealed record FileTally(long Files, long SizeBytes, string SizeReadable);

public sealed record DayTally(DateOnly Day, long Files, long SizeBytes);

public sealed record UserTally(string UserId, long Files, long SizeBytes, string SizeReadable);

public sealed record FileUse(string Id, string FilePath, long AccessCount, DateTimeOffset? LastAccessed);

/// <summary>A user's part of the cache by the numbers.</summary>
public sealed record UserCacheStatistics(
    string UserId,
    int PeriodDays,
    long TotalFiles,
    long ActiveFiles,
    long TotalSizeBytes,
    string TotalSizeReadable,
    CacheTrigger? MostCommonOperation,
    IReadOnlyList<RecentFile> RecentFiles,
    IReadOnlyDictionary<string, FileTally> ByOperation);

public sealed record RecentFile(string Filename, DateTimeOffset CachedAt, string FileSizeReadable, CacheTrigger Operation);

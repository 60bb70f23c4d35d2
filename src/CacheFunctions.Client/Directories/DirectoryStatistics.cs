namespace CacheFunctions.Client;

/// <summary>The directory cache by the numbers.</summary>
/// <param name="MaxBytes">The quota.</param>
/// <param name="HitRatio">From 0 to 1.</param>
/// <param name="LastRun">What the last cleanup did; null: there was none yet.</param>
public sealed record DirectoryStatistics(
    long TotalBytes,
    string TotalReadable,
    long MaxBytes,
    long HighWatermarkBytes,
    long LowWatermarkBytes,
    double UsagePercent,
    QuotaStatus QuotaStatus,
    int DirectoryCount,
    long Hits,
    long Misses,
    double HitRatio,
    CleanupRun? LastRun,
    SchedulerInfo Scheduler);

public sealed record CleanupRun(
    DateTimeOffset StartedAt, DateTimeOffset? FinishedAt, int ExpiredCount, int EvictedCount, long FreedBytes, int KeptCount, int ResumedCount);

/// <param name="State">running or stopped.</param>
public sealed record SchedulerInfo(string State, int IntervalSeconds, DateTimeOffset? NextRun, DateTimeOffset? ChangedAt);

public enum QuotaStatus
{
    /// <summary>A word that this client does not know.</summary>
    Unknown,
    Ok,
    Warning,
    Exceeded,
}

/// <summary>What a cleanup did, or would do.</summary>
/// <param name="Removed">The first 100, with why.</param>
/// <param name="Kept">The first 100 that stay although they have expired, with why.</param>
public sealed record DirectoryCleanup(
    bool DryRun,
    DateTimeOffset StartedAt,
    DateTimeOffset? FinishedAt,
    int ExpiredCount,
    long FreedBytes,
    IReadOnlyList<CleanedDirectory> Removed,
    int KeptCount,
    IReadOnlyList<CleanedDirectory> Kept,
    int ResumedCount,
    int EvictedCount);

public sealed record CleanedDirectory(string Path, long SizeBytes, string Reason);

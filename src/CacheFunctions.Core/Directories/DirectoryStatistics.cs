using CacheFunctions.Directories.Cleaning;
using CacheFunctions.Eviction;
using CacheFunctions.Hits;

namespace CacheFunctions.Directories;

public enum QuotaStatus
{
    Ok,

    /// <summary>Above the high watermark.</summary>
    Warning,

    /// <summary>Above the quota.</summary>
    Exceeded,
}

/// <param name="TotalBytes">Of all registered directories; one in another counts once.</param>
/// <param name="Hits">Of the last 30 days.</param>
public sealed record DirectoryStatistics(
    long TotalBytes, Watermarks Marks, int DirectoryCount, HitCounts Hits, SchedulerState Scheduler)
{
    /// <summary>To a hundredth.</summary>
    public double UsagePercent => Math.Round(100.0 * TotalBytes / Marks.QuotaBytes, 2);

    public QuotaStatus Quota =>
        TotalBytes > Marks.QuotaBytes ? QuotaStatus.Exceeded
        : TotalBytes > Marks.HighBytes ? QuotaStatus.Warning
        : QuotaStatus.Ok;
}

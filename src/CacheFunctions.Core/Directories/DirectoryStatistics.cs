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
    long TotalBytes, long MaxBytes, QuotaStatus Quota, int DirectoryCount, HitCounts Hits, SchedulerState Scheduler)
{
    /// <summary>To a hundredth.</summary>
    public double UsagePercent => Math.Round(100.0 * TotalBytes / MaxBytes, 2);

    internal static QuotaStatus StatusOf(long totalBytes, DirectorySettings settings) =>
        totalBytes > settings.MaxBytes ? QuotaStatus.Exceeded
        : totalBytes > new Watermarks(settings.MaxBytes, settings.EvictionThreshold).HighBytes ? QuotaStatus.Warning
        : QuotaStatus.Ok;
}

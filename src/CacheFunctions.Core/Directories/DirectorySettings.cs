using CacheFunctions.Eviction;
using CacheFunctions.Eviction.Stored;
using CacheFunctions.Settings;

namespace CacheFunctions.Directories;

/// <summary>Settings of the directory cache, under the names of the fifth source document or under <c>DiskCache:</c>.</summary>
public sealed record DirectorySettings
{
    /// <summary>ENABLE_DISK_CACHE_MANAGEMENT, DiskCache:Enabled. Off: files are served, nothing is registered or cleaned.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>DISK_CACHE_TTL_SECONDS, DiskCache:TtlSeconds: how long a directory stays after its last use; 1 to 315,360,000 (10 years).</summary>
    public int TtlSeconds { get; init; } = 86_400;

    /// <summary>DISK_CACHE_MAX_BYTES, DiskCache:MaxBytes: the quota; 1 MiB to 1 PiB.</summary>
    public long MaxBytes { get; init; } = 10L << 30;

    /// <summary>DISK_CACHE_CLEANUP_INTERVAL, DiskCache:CleanupInterval: seconds between two runs; 60 to 86,400.</summary>
    public int CleanupInterval { get; init; } = 3_600;

    /// <summary>Schedules:Cleanup: when the timer looks at it all; null: nobody but the timer knows.</summary>
    public Schedule? Schedule { get; init; }

    /// <summary>DISK_CACHE_LRU_EVICTION_THRESHOLD, DiskCache:LruEvictionThreshold: the high watermark as a part of the quota; 0.2 to 1. Eviction ends at 0.8, below 0.9 as much lower in proportion.</summary>
    public double EvictionThreshold { get; init; } = Watermarks.DefaultHigh;

    /// <summary>DISK_CACHE_EVICTION_POLICY, DiskCache:EvictionPolicy: one of <see cref="StoredPolicies.Names"/>.</summary>
    public string EvictionPolicy { get; init; } = StoredPolicies.Default;

    public TimeSpan Ttl => TimeSpan.FromSeconds(TtlSeconds);
}

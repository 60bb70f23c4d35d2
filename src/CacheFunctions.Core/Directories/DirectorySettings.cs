namespace CacheFunctions.Directories;

/// <summary>Settings of the directory cache, under the names of the fifth source document or under <c>DiskCache:</c>.</summary>
public sealed record DirectorySettings
{
    /// <summary>The eviction policies that can be chosen.</summary>
    public static readonly string[] Policies = ["lru", "lfu", "fifo", "sieve"];

    /// <summary>ENABLE_DISK_CACHE_MANAGEMENT, DiskCache:Enabled. Off: files are served, nothing is registered or cleaned.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>DISK_CACHE_TTL_SECONDS, DiskCache:TtlSeconds: how long a directory stays after its last use; 1 to 315,360,000 (10 years).</summary>
    public int TtlSeconds { get; init; } = 86_400;

    /// <summary>DISK_CACHE_MAX_BYTES, DiskCache:MaxBytes: the quota; 1 MiB to 1 PiB.</summary>
    public long MaxBytes { get; init; } = 10L << 30;

    /// <summary>DISK_CACHE_CLEANUP_INTERVAL, DiskCache:CleanupInterval: seconds between two runs; 60 to 86,400.</summary>
    public int CleanupInterval { get; init; } = 3_600;

    /// <summary>DISK_CACHE_LRU_EVICTION_THRESHOLD, DiskCache:LruEvictionThreshold: the high watermark as a part of the quota; 0.2 to 1.</summary>
    public double EvictionThreshold { get; init; } = 0.9;

    /// <summary>DISK_CACHE_EVICTION_POLICY, DiskCache:EvictionPolicy: one of <see cref="Policies"/>.</summary>
    public string EvictionPolicy { get; init; } = Policies[0];

    public TimeSpan Ttl => TimeSpan.FromSeconds(TtlSeconds);
}

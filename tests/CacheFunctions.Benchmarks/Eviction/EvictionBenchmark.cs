using System.Diagnostics;
using System.Globalization;
using CacheFunctions.Eviction.Memory;
using CacheFunctions.Eviction.Replay;

namespace CacheFunctions.Benchmarks.Eviction;

/// <summary>
/// How fast policies decide, on one core, and how well: hit ratios on generated workloads, in a cache of a tenth of their bytes.
/// Those of "lru" are of an LRU that evicts only what is needed; "stored" ones keep the service's watermarks.
/// </summary>
internal static class EvictionBenchmark
{
    private const int Keys = 200_000;
    private const int Accesses = 4_000_000;
    private const int Seed = 1;
    private const int Turns = 3;

    private static readonly (string Name, Func<long, Action<ulong, long>, CachePolicy<ulong>> Create)[] Policies =
    [
        ("lru", (quota, evicted) => new Lru<ulong>(quota, evicted)),
        ("sieve", (quota, evicted) => new Sieve<ulong>(quota, evicted)),
        ("s3-fifo", (quota, evicted) => new S3Fifo<ulong>(quota, evicted)),
        .. new[] { "lru", "lfu", "fifo", "sieve" }.Select(name => (
            "stored " + name,
            new Func<long, Action<ulong, long>, CachePolicy<ulong>>(
                (quota, evicted) => new StoredCache(name, quota, new CacheFunctions.Eviction.Watermarks(quota), evicted)))),
    ];

    public static Task RunAsync()
    {
        Console.WriteLine($"promised: at least 5 million accesses/s on one core; {Accesses:n0} accesses to {Keys:n0} keys, seed {Seed}, median of {Turns} turns");
        Console.WriteLine("workload,policy,hit_ratio,byte_hit_ratio,evictions,evicted_bytes,million_accesses_per_second");
        foreach (var workload in Workloads.All(Keys, Accesses, Seed))
        {
            foreach (var (name, create) in Policies)
            {
                var quota = workload.Bytes / 10;
                var replayed = TraceReplay.Run(evicted => create(quota, evicted), workload.Trace, new SpatialSample(1));
                var seconds = Enumerable.Range(0, Turns).Select(_ => Time(create(quota, (_, _) => { }), workload.Trace)).Order().ElementAt(Turns / 2);
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"\"{workload.Name}\",{name},{replayed.HitRatio:0.0000},{replayed.ByteHitRatio:0.0000},{replayed.Evictions},{replayed.EvictedBytes},{Accesses / seconds / 1e6:0.0}"));
            }
        }

        return Task.CompletedTask;
    }

    private static double Time(CachePolicy<ulong> policy, TraceAccess[] trace)
    {
        var start = Stopwatch.GetTimestamp();
        foreach (var access in trace)
            if (!policy.Access(access.Key)) policy.Add(access.Key, access.SizeBytes);
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}

using CacheFunctions.Eviction.Memory;
using CacheFunctions.Eviction.Stored;

namespace CacheFunctions.Eviction.Replay;

/// <summary>Shows what a policy would do: plays accesses to it, and adds what it misses.</summary>
public static class TraceReplay
{
    private static readonly Dictionary<string, Func<long, Action<ulong, long>, CachePolicy<ulong>>> Instance = new()
    {
        ["s3-fifo"] = (quota, evicted) => new S3Fifo<ulong>(quota, evicted),
    };

    /// <summary>All policies that can be replayed: those for stored things, with the service's watermarks, and those of the instance's tiers.</summary>
    public static IReadOnlyCollection<string> PolicyNames { get; } = [.. StoredPolicies.Names, .. Instance.Keys];

    /// <param name="quotaBytes">Of the whole cache, also for a sample.</param>
    /// <param name="sample">Replays these keys only, in a cache of the same share of the quota.</param>
    /// <param name="totals">Of the whole, where the trace itself is a sample; null: it is the whole.</param>
    public static ReplayResult Run(
        string policy, long quotaBytes, IEnumerable<TraceAccess> trace, SpatialSample sample, TraceTotals? totals = null) => Run(
        evicted => Instance.TryGetValue(policy, out var create)
            ? create(Scaled(quotaBytes, sample), evicted)
            : new StoredCache(policy, Scaled(quotaBytes, sample), new Watermarks(Scaled(quotaBytes, sample)), evicted),
        trace,
        sample,
        totals);

    /// <param name="create">Makes the policy; it must tell of its evictions. Its quota is the sample's share.</param>
    internal static ReplayResult Run(Func<Action<ulong, long>, CachePolicy<ulong>> create, IEnumerable<TraceAccess> trace, SpatialSample sample, TraceTotals? totals = null)
    {
        var (evictions, evictedBytes) = (0L, 0L);
        var policy = create((_, size) => (evictions, evictedBytes) = (evictions + 1, evictedBytes + size));
        var (accesses, bytes, sampled, sampledBytes, hits, hitBytes) = (0L, 0L, 0L, 0L, 0L, 0L);
        foreach (var access in trace)
        {
            (accesses, bytes) = (accesses + 1, bytes + access.ReadBytes);
            if (!sample.Keeps(access.Key)) continue;
            (sampled, sampledBytes) = (sampled + 1, sampledBytes + access.ReadBytes);
            if (policy.Access(access.Key)) (hits, hitBytes) = (hits + 1, hitBytes + access.ReadBytes);
            else policy.Add(access.Key, access.SizeBytes);
        }

        if (totals is not null) (accesses, bytes) = totals;
        return new ReplayResult(
            sample.Rate,
            accesses,
            Whole(hits, sampled, accesses, sample.Rate),
            bytes,
            Whole(hitBytes, sampledBytes, bytes, sample.Rate),
            (long)(evictions / sample.Rate),
            (long)(evictedBytes / sample.Rate));
    }

    private static long Scaled(long quotaBytes, SpatialSample sample) => Math.Max(1, (long)(quotaBytes * sample.Rate));

    /// <summary>
    /// The paper's adjustment (SHARDS-adj): whether the few most used keys are in the sample decides how many accesses it has,
    /// and these are nearly all hits. So what it has more or less than its share is taken for hits.
    /// </summary>
    private static long Whole(long hits, long sampled, long all, double rate) =>
        Math.Clamp((long)((hits + (all * rate - sampled)) / rate), 0, all);
}

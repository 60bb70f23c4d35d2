using CacheFunctions.Benchmarks.Eviction;
using CacheFunctions.Eviction.Memory;
using CacheFunctions.Eviction.Replay;
using Xunit.Abstractions;

namespace CacheFunctions.Tests.Eviction;

/// <summary>What the policies are for: hit ratios against those of LRU, at a tenth of all bytes.</summary>
public sealed class HitRatioTests(ITestOutputHelper output)
{
    private const int Keys = 10_000;
    private const int Accesses = 200_000;
    private const int Seed = 5;

    [Fact]
    public void Sieve_and_s3_fifo_resist_scans_and_one_hit_wonders_and_lose_less_than_a_point_on_zipf()
    {
        foreach (var workload in Workloads.All(Keys, Accesses, Seed))
        {
            var quota = workload.Bytes / 10;
            var lru = Replay(workload, evicted => new Lru<ulong>(quota, evicted));
            var sieve = Replay(workload, evicted => new Sieve<ulong>(quota, evicted));
            var s3Fifo = Replay(workload, evicted => new S3Fifo<ulong>(quota, evicted));
            output.WriteLine($"seed {Seed}, {workload.Name}: lru {lru:0.000}, sieve {sieve:0.000}, s3-fifo {s3Fifo:0.000}");
            if (workload.Name is "scans" or "one-hit wonders") Assert.True(sieve > lru + 0.01 && s3Fifo > lru + 0.01, workload.Name);
            if (!workload.Name.StartsWith("zipf", StringComparison.Ordinal)) continue;
            Assert.True(sieve > lru - 0.01, workload.Name);
            Assert.True(s3Fifo > lru - 0.01, workload.Name);
        }
    }

    [Fact]
    public void The_default_for_stored_things_is_lru_itself()
    {
        var trace = Workloads.Zipf(Keys / 2, 0.9, Accesses / 20, Seed, Workloads.MixedSize);
        var quota = trace.DistinctBy(access => access.Key).Sum(access => access.SizeBytes) / 5;
        var stored = TraceReplay.Run(evicted => new StoredCache("lru", quota, null, evicted), trace, new SpatialSample(1));
        Assert.Equal(TraceReplay.Run(evicted => new Lru<ulong>(quota, evicted), trace, new SpatialSample(1)), stored);
    }

    [Theory]
    [InlineData(0.7)]
    [InlineData(0.9)]
    [InlineData(1.1)]
    public void With_its_watermarks_it_hits_as_an_lru_of_the_size_that_lies_between_them(double skew)
    {
        var trace = Workloads.Zipf(Keys, skew, Accesses, Seed);
        const long Quota = Keys * 1000L / 10;
        var stored = TraceReplay.Run("lru", Quota, trace, new SpatialSample(1)).HitRatio;
        var lru = TraceReplay.Run(evicted => new Lru<ulong>(Quota * 85 / 100, evicted), trace, new SpatialSample(1)).HitRatio;
        output.WriteLine($"seed {Seed}, zipf {skew}: stored lru {stored:0.000}, lru of 0.85 {lru:0.000}");
        Assert.InRange(stored, lru - 0.01, lru + 0.01);
    }

    private static double Replay(Workload workload, Func<Action<ulong, long>, CachePolicy<ulong>> create) =>
        TraceReplay.Run(create, workload.Trace, new SpatialSample(1)).HitRatio;
}

using CacheFunctions.Eviction.Memory;
using CacheFunctions.Eviction.Replay;
using Xunit.Abstractions;

namespace CacheFunctions.Tests.Eviction;

/// <summary>Every policy does what its paper says, access by access.</summary>
public sealed class PolicyTests(ITestOutputHelper output)
{
    private static readonly Dictionary<string, (Func<long, Action<ulong, long>, CachePolicy<ulong>> Policy, Func<long, NaivePolicy> Naive)> Pairs = new()
    {
        ["lru"] = ((quota, evicted) => new Lru<ulong>(quota, evicted), quota => new NaiveOrder(quota, item => (item.LastUsed, 0))),
        ["sieve"] = ((quota, evicted) => new Sieve<ulong>(quota, evicted), quota => new NaiveSieve(quota)),
        ["s3-fifo"] = ((quota, evicted) => new S3Fifo<ulong>(quota, evicted), quota => new NaiveS3Fifo(quota)),
        ["stored lru"] = ((quota, evicted) => new StoredCache("lru", quota, null, evicted), quota => new NaiveOrder(quota, item => (item.LastUsed, 0))),
        ["stored lfu"] = ((quota, evicted) => new StoredCache("lfu", quota, null, evicted), quota => new NaiveOrder(quota, item => (item.Uses, item.LastUsed))),
        ["stored fifo"] = ((quota, evicted) => new StoredCache("fifo", quota, null, evicted), quota => new NaiveOrder(quota, _ => (0, 0))),
        ["stored sieve"] = ((quota, evicted) => new StoredCache("sieve", quota, null, evicted), quota => new NaiveSieve(quota)),
    };

    public static TheoryData<string> Policies => [.. Pairs.Keys];

    [Theory]
    [MemberData(nameof(Policies))]
    public void It_evicts_the_same_as_a_plain_one_in_the_same_order(string name)
    {
        for (var seed = 1; seed <= 60; seed++)
        {
            var random = new Random(seed);
            var quota = random.Next(20, 400);
            var (keys, maxSize) = (random.Next(5, 80), random.Next(1, quota / 4));
            var evicted = new List<ulong>();
            var policy = Pairs[name].Policy(quota, (key, size) =>
            {
                evicted.Add(key);
                Assert.Equal(SizeOf(key), size);
            });
            var naive = Pairs[name].Naive(quota);
            for (var i = 0; i < 600; i++)
            {
                // Small numbers more often.
                var key = (ulong)(random.Next(keys) * random.NextDouble());
                var isHit = policy.Access(key);
                if (!isHit) policy.Add(key, SizeOf(key));
                var told = $"seed {seed}, access {i}";
                if (isHit != naive.Access(key, SizeOf(key)) || policy.UsedBytes != naive.Used || !evicted.SequenceEqual(naive.Evicted))
                    Assert.Fail($"{told}: {string.Join(' ', evicted.TakeLast(5))} instead of {string.Join(' ', naive.Evicted.TakeLast(5))}");
            }

            long SizeOf(ulong key) => 1 + (long)(key * 7919 % (ulong)maxSize);
        }
    }

    [Theory]
    [MemberData(nameof(Policies))]
    public void Whatever_comes_and_goes_its_count_is_right_and_the_quota_holds(string name)
    {
        for (var seed = 1; seed <= 20; seed++)
        {
            var random = new Random(seed);
            var kept = new Dictionary<ulong, long>();
            var policy = Pairs[name].Policy(1000, (key, size) => Assert.True(kept.Remove(key, out var was) && was == size, $"seed {seed}: {key} was evicted"));
            for (var i = 0; i < 2000; i++)
            {
                var key = (ulong)random.Next(60);
                switch (random.Next(4))
                {
                    case 0:
                        Assert.Equal(kept.Remove(key), policy.Remove(key));
                        break;
                    case 1:
                        Assert.Equal(kept.ContainsKey(key), policy.Access(key));
                        break;
                    default:
                        var size = random.Next(20) == 0 ? random.Next(900, 1100) : random.Next(0, 100);
                        kept.Remove(key);
                        if (policy.Add(key, size)) kept[key] = size;
                        else Assert.True(size > 1000);
                        break;
                }

                Assert.Equal((kept.Count, kept.Values.Sum()), (policy.Count, policy.UsedBytes));
                Assert.InRange(policy.UsedBytes, 0, 1000);
            }
        }
    }

    [Theory]
    [InlineData("lru")]
    [InlineData("sieve")]
    [InlineData("s3-fifo")]
    public void An_access_allocates_nothing(string name)
    {
        var policy = Pairs[name].Policy(5_000, (_, _) => { });
        Play(100_000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Play(100_000);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Play(int accesses)
        {
            for (var i = 0UL; i < (ulong)accesses; i++)
                if (!policy.Access(i * i % 9973)) policy.Add(i * i % 9973, 1 + (long)(i % 9));
        }
    }

    [Fact]
    public void Sieve_keeps_what_was_visited_in_its_place_and_goes_on_from_its_hand()
    {
        var evicted = new List<string>();
        var sieve = new Sieve<string>(5, (key, _) => evicted.Add(key));
        foreach (var key in new[] { "a", "b", "c", "d", "e" }) sieve.Add(key, 1);
        foreach (var key in new[] { "a", "b", "d" }) Assert.True(sieve.Access(key));
        // a and b lose their bits, c goes; the hand is at d.
        sieve.Add("f", 1);
        Assert.Equal(["c"], evicted);
        // d loses its bit, e goes.
        sieve.Add("g", 1);
        Assert.Equal(["c", "e"], evicted);
        Assert.True(sieve.Access("f"));
        // f loses its bit, g goes: new, and not protected.
        sieve.Add("h", 1);
        Assert.Equal(["c", "e", "g"], evicted);
        // There was nothing newer when g went, so the hand begins anew at the oldest, which has lost its bits.
        foreach (var key in new[] { "i", "j", "k", "l" }) sieve.Add(key, 1);
        Assert.Equal(["c", "e", "g", "a", "b", "d", "f"], evicted);
    }

    [Fact]
    public void S3_fifo_lets_one_hit_wonders_go_first_and_takes_ghosts_back_into_the_main_queue()
    {
        var evicted = new List<int>();
        var cache = new S3Fifo<int>(10, (key, _) => evicted.Add(key));
        for (var key = 0; key < 10; key++) cache.Add(key, 1);
        foreach (var key in new[] { 0, 0, 1, 1, 2 }) cache.Access(key);
        // 0 and 1 were used twice and go on; 2 only once, so it is a ghost.
        cache.Add(10, 1);
        Assert.Equal([2], evicted);
        Assert.False(cache.Access(2));
        cache.Add(2, 1);
        Assert.Equal([2, 3], evicted);
        for (var key = 20; key < 60; key++) cache.Add(key, 1);
        Assert.DoesNotContain(0, evicted);
        Assert.True(cache.Access(2), "A ghost that comes back outlives what comes only once.");
    }

    [Fact]
    public void Sampled_replays_tell_of_the_whole_trace()
    {
        var trace = Benchmarks.Eviction.Workloads.Zipf(20_000, 0.9, 300_000, seed: 11);
        foreach (var policy in TraceReplay.PolicyNames)
        {
            var whole = TraceReplay.Run(policy, 2_000_000, trace, new SpatialSample(1));
            var sampled = TraceReplay.Run(policy, 2_000_000, trace, new SpatialSample(0.25));
            output.WriteLine($"{policy}: {whole.HitRatio:0.000}, sampled {sampled.HitRatio:0.000} at {sampled.SampleRate:0.0000}");
            Assert.Equal((300_000, 300_000_000), (sampled.Accesses, sampled.Bytes));
            Assert.InRange(sampled.SampleRate, 0.25, 0.2501);
            Assert.InRange(sampled.HitRatio, whole.HitRatio - 0.02, whole.HitRatio + 0.02);
            Assert.InRange(sampled.Evictions, whole.Evictions * 0.9, whole.Evictions * 1.1);
            Assert.Equal(whole.Evictions * 1000, whole.EvictedBytes);
            Assert.Equal(whole.HitRatio, whole.ByteHitRatio, 6);
        }
    }
}

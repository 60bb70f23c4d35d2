using CacheFunctions.Eviction.Replay;

namespace CacheFunctions.Benchmarks.Eviction;

/// <summary>Accesses as caches see them, made from a seed. Keys of different parts of a workload never meet.</summary>
public static class Workloads
{
    private const long Size = 1000;

    /// <summary>All of them, over so many keys; each with the bytes that its keys have together.</summary>
    public static IEnumerable<Workload> All(int keys, int accesses, int seed) =>
    [
        .. new[] { 0.7, 0.9, 1.1 }.Select(skew => new Workload(
            string.Create(System.Globalization.CultureInfo.InvariantCulture, $"zipf {skew:0.0}"), keys * Size, Zipf(keys, skew, accesses, seed))),
        new Workload("zipf 0.9, mixed sizes", MixedBytes(keys), Zipf(keys, 0.9, accesses, seed, MixedSize)),
        new Workload("scans", keys * Size, Scans(keys, accesses, seed)),
        new Workload("one-hit wonders", keys * Size, OneHitWonders(keys, accesses, seed)),
        new Workload("shifting hot set", keys * Size, ShiftingHotSet(keys, accesses, seed)),
    ];

    /// <summary>The key of rank r is asked for with a probability in proportion to 1 / r^skew.</summary>
    public static TraceAccess[] Zipf(int keys, double skew, int accesses, int seed, Func<ulong, long>? size = null)
    {
        var (random, zipf) = (new Random(seed), new ZipfNumbers(keys, skew));
        return Make(accesses, _ => Mix(zipf.Next(random)), size);
    }

    /// <summary>Zipf 0.9, and between them now and then a run over more keys than fit, none of which comes again soon.</summary>
    public static TraceAccess[] Scans(int keys, int accesses, int seed)
    {
        var (random, zipf) = (new Random(seed), new ZipfNumbers(keys, 0.9));
        var (left, next) = (0, 0UL);
        return Make(accesses, _ =>
        {
            if (left == 0 && random.Next(keys) == 0) left = keys / 4;
            if (left == 0) return Mix(zipf.Next(random));
            left--;
            return 1UL << 60 | next++;
        });
    }

    /// <summary>Zipf 0.9, and every third access to a key that is asked for this one time.</summary>
    public static TraceAccess[] OneHitWonders(int keys, int accesses, int seed)
    {
        var (random, zipf) = (new Random(seed), new ZipfNumbers(keys, 0.9));
        var next = 0UL;
        return Make(accesses, i => i % 3 == 0 ? 1UL << 61 | next++ : Mix(zipf.Next(random)));
    }

    /// <summary>Zipf 0.9, whose hottest keys become others ten times.</summary>
    public static TraceAccess[] ShiftingHotSet(int keys, int accesses, int seed)
    {
        var (random, zipf) = (new Random(seed), new ZipfNumbers(keys, 0.9));
        return Make(accesses, i => Mix((zipf.Next(random) + (ulong)(i / (accesses / 10) * (keys / 10))) % (ulong)keys));
    }

    /// <summary>1 kB to 1 MB, small ones far more often than large ones.</summary>
    public static long MixedSize(ulong key) => 1000L << (int)(Mix(key ^ 0x5DEECE66D) % 1024 is var bits && bits == 0 ? 10 : ulong.LeadingZeroCount(bits) - 54);

    private static long MixedBytes(int keys) => Enumerable.Range(0, keys).Sum(rank => MixedSize(Mix((ulong)rank)));

    private static TraceAccess[] Make(int accesses, Func<int, ulong> key, Func<ulong, long>? size = null)
    {
        var trace = new TraceAccess[accesses];
        for (var i = 0; i < accesses; i++)
        {
            var next = key(i);
            trace[i] = new TraceAccess(next, size?.Invoke(next) ?? Size);
        }

        return trace;
    }

    // So that keys in use do not lie side by side in a table; one to one. Below 2^60.
    private static ulong Mix(ulong value) => (value * 0x9E3779B97F4A7C15) & ((1UL << 60) - 1);

    /// <summary>Ranks from 0, by Walker's alias method: two random numbers for each, whatever the number of keys.</summary>
    private sealed class ZipfNumbers
    {
        private readonly double[] _shares;
        private readonly int[] _aliases;

        public ZipfNumbers(int keys, double skew)
        {
            var weights = Enumerable.Range(1, keys).Select(rank => Math.Pow(rank, -skew)).ToArray();
            var sum = weights.Sum();
            _shares = [.. weights.Select(weight => weight / sum * keys)];
            _aliases = [.. Enumerable.Range(0, keys)];
            var small = new Stack<int>(Enumerable.Range(0, keys).Where(i => _shares[i] < 1));
            var large = new Stack<int>(Enumerable.Range(0, keys).Where(i => _shares[i] >= 1));
            while (small.TryPop(out var less) && large.TryPop(out var more))
            {
                _aliases[less] = more;
                _shares[more] -= 1 - _shares[less];
                (_shares[more] < 1 ? small : large).Push(more);
            }
        }

        public ulong Next(Random random)
        {
            var column = random.Next(_shares.Length);
            return (ulong)(random.NextDouble() < _shares[column] ? column : _aliases[column]);
        }
    }
}

/// <param name="Bytes">What all keys that come again and again have together.</param>
public sealed record Workload(string Name, long Bytes, TraceAccess[] Trace);

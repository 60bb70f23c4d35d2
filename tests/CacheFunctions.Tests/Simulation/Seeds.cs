using System.Collections.Concurrent;
using System.Globalization;

namespace CacheFunctions.Tests.Simulation;

/// <summary>
/// Which seeds a simulation runs: <c>CACHEFUNCTIONS_SEEDS</c> says how many, from 1; <c>CACHEFUNCTIONS_SEED</c> names
/// the only one, to replay it.
/// </summary>
internal static class Seeds
{
    public static IReadOnlyList<int> Of(int defaultCount) =>
        Number("CACHEFUNCTIONS_SEED") is { } only ? [only] : [.. Enumerable.Range(1, Number("CACHEFUNCTIONS_SEEDS") ?? defaultCount)];

    /// <summary>Runs them on all cores. The lowest failing seed is told.</summary>
    public static void Run(int defaultCount, Action<int> run)
    {
        var failures = new ConcurrentDictionary<int, Exception>();
        Parallel.ForEach(Partitioner.Create(Of(defaultCount), EnumerablePartitionerOptions.NoBuffering), (seed, state) =>
        {
            if (!failures.IsEmpty) return;
            try
            {
                run(seed);
            }
            catch (InvalidOperationException error)
            {
                failures[seed] = error;
                state.Stop();
            }
        });
        if (failures.IsEmpty) return;
        var first = failures.MinBy(failure => failure.Key);
        throw new InvalidOperationException(
            $"{first.Value.Message}{Environment.NewLine}Replay it with CACHEFUNCTIONS_SEED={first.Key}.", first.Value);
    }

    private static int? Number(string name) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var number) ? number : null;
}

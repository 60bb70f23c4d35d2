using System.Diagnostics;
using System.Globalization;

namespace CacheFunctions.Benchmarks;

/// <summary>
/// Two ways of the same work in turns, so that whatever else the machine does falls on both. Told is the ratio of their
/// medians, and how it spread from turn to turn.
/// </summary>
public static class Comparison
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(4);

    /// <param name="times">How often each is done in one turn.</param>
    /// <param name="promised">The ratio that is promised; null: none is.</param>
    /// <param name="before">What is done before each, and not measured; null: nothing.</param>
    public static async Task RunAsync(
        string name, int turns, int times, Func<int, Task> storageAlone, Func<int, Task> service, double? promised, Func<int, Task>? before = null)
    {
        // Not measured: the first uses compile, connect and make containers, and beside those that follow the runtime compiles anew
        // what is hot. Their numbers are below those of the turns.
        var began = Stopwatch.GetTimestamp();
        for (var use = 0; use == 0 || Stopwatch.GetElapsedTime(began) < WarmUp; use--)
        {
            if (before is not null) await before(use);
            await storageAlone(use);
            await service(use);
        }

        var (alone, ours) = (new List<double>(), new List<double>());
        for (var turn = 1; turn <= turns; turn++)
        {
            alone.Add(await TimeAsync(turn, times, storageAlone, before));
            ours.Add(await TimeAsync(turn, times, service, before));
        }

        var ratios = alone.Zip(ours, (one, other) => one / other).Order().ToList();
        var promise = promised is { } ratio ? string.Create(CultureInfo.InvariantCulture, $"  promised {ratio:0.00}") : "";
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{name,-44} storage {Median(alone),8:0.00} ms  service {Median(ours),8:0.00} ms  ratio {Median(alone) / Median(ours):0.00} ({ratios[0]:0.00} to {ratios[^1]:0.00}){promise}"));
    }

    private static async Task<double> TimeAsync(int turn, int times, Func<int, Task> work, Func<int, Task>? before)
    {
        var watch = new Stopwatch();
        for (var i = 0; i < times; i++)
        {
            if (before is not null) await before(turn * times + i);
            watch.Start();
            await work(turn * times + i);
            watch.Stop();
        }

        return watch.Elapsed.TotalMilliseconds / times;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}

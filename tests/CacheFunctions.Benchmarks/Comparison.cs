using System.Diagnostics;
using System.Globalization;

namespace CacheFunctions.Benchmarks;

/// <summary>
/// Several who do the same work in turns, so that whatever else the machine does falls on all. Told is each one's median, the
/// ratio of the service's to it and how that spread from turn to turn, and what memory each took.
/// </summary>
internal static class Comparison
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(4);

    /// <param name="times">How often each does it in one turn.</param>
    /// <param name="bytes">How many an answer has: speed is told in them; null: in answers.</param>
    /// <param name="warm">Whether all do it unmeasured first.</param>
    public static async Task RunAsync(
        string name, int turns, int times, Contender service, IEnumerable<Contender> others, long? bytes = null, bool warm = true)
    {
        List<Contender> all = [.. others, service];
        // The first uses compile, connect and make containers, and beside those that follow the runtime compiles anew what is
        // hot. Their numbers are below those of the turns.
        var began = Stopwatch.GetTimestamp();
        for (var turn = 0; warm && (turn == 0 || Stopwatch.GetElapsedTime(began) < WarmUp); turn--)
        {
            foreach (var contender in all) await TurnAsync(contender, turn, times);
        }

        var results = all.ToDictionary(contender => contender, _ => new List<Turn>());
        for (var turn = 1; turn <= turns; turn++)
        {
            foreach (var contender in all) results[contender].Add(await TurnAsync(contender, turn, times));
        }

        Console.WriteLine(name);
        Tell(service, results[service], results[service], bytes);
        foreach (var other in all.SkipLast(1)) Tell(other, results[other], results[service], bytes);
    }

    private static async Task<Turn> TurnAsync(Contender contender, int turn, int times)
    {
        var (answers, elapsed, allocated, grown, peak) = (0.0, TimeSpan.Zero, 0L, 0L, 0L);
        for (var i = 0; i < times; i++)
        {
            var use = (turn - 1) * times + i + 1;
            if (contender.Before is { } before) await before(use);
            var (resident, allocatedBefore) = (contender.Process?.Resident ?? 0, contender.Process?.Allocated ?? 0);
            contender.Process?.ResetPeak();
            var measure = await contender.Work(use);
            answers += measure.Answers;
            elapsed += measure.Elapsed;
            if (contender.Process is not { } process) continue;
            allocated += (process.Allocated ?? 0) - allocatedBefore;
            peak = Math.Max(peak, process.Peak);
            grown = Math.Max(grown, process.Peak - resident);
        }

        return new Turn(answers / elapsed.TotalSeconds, allocated / answers, grown, peak);
    }

    private static void Tell(Contender contender, List<Turn> turns, List<Turn> service, long? bytes)
    {
        var speed = Median(turns.Select(turn => turn.Rate));
        var text = bytes is { } count
            ? string.Create(CultureInfo.InvariantCulture, $"  {contender.Name,-10}{speed * count / 1e6,9:0} MB/s")
            : string.Create(CultureInfo.InvariantCulture, $"  {contender.Name,-10}{speed,9:0.0} /s  ");
        if (turns != service)
        {
            var ratios = service.Zip(turns, (one, other) => one.Rate / other.Rate).Order().ToList();
            text += string.Create(
                CultureInfo.InvariantCulture,
                $"  ratio {Median(service.Select(turn => turn.Rate)) / speed:0.00} ({ratios[0]:0.00} to {ratios[^1]:0.00})");
            if (contender.Promised is { } promised) text += string.Create(CultureInfo.InvariantCulture, $", promised {promised:0.00}");
        }

        if (contender.Process is { } process)
        {
            text = $"{text,-70}  resident at most {turns.Max(turn => turn.Peak) >> 20} MiB, grown by {turns.Max(turn => turn.Grown) >> 20}";
            if (process.Allocated is not null)
                text += string.Create(CultureInfo.InvariantCulture, $"; allocated {Median(turns.Select(turn => turn.Allocated)):0} bytes an answer");
        }

        Console.WriteLine(text);
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted[sorted.Count / 2];
    }

    /// <param name="Rate">In answers a second.</param>
    /// <param name="Allocated">In bytes an answer.</param>
    /// <param name="Grown">By how many bytes resident memory grew at most while it worked.</param>
    /// <param name="Peak">The highest resident memory while it worked, in bytes.</param>
    private sealed record Turn(double Rate, double Allocated, long Grown, long Peak);
}

using CacheFunctions.Tests.Simulation.Sessions;
using CacheFunctions.Tests.Storage;

namespace CacheFunctions.Tests.Simulation;

/// <summary>A failing seed is worth something only if it tells the same story again.</summary>
public sealed class ReplayTests
{
    private const int SessionSeeds = 60;
    private const int TableSeeds = 10;

    [Fact]
    public void A_seed_gives_the_same_run_again_to_the_last_step()
    {
        for (var seed = 1; seed <= SessionSeeds; seed++) Assert.Equal(SessionTrace(seed), SessionTrace(seed));
        for (var seed = 1; seed <= TableSeeds; seed++) Assert.Equal(TableTrace(seed), TableTrace(seed));
    }

    [Fact]
    public void Another_seed_gives_another_run() => Assert.NotEqual(SessionTrace(1), SessionTrace(2));

    /// <summary>All that happened: every step, every transaction with its rows, every change of content and disk.</summary>
    internal static List<string> SessionTrace(int seed) => Trace(trace => SessionSimulation.Run(seed, Plant.None, trace));

    /// <summary>Every step, and the whole log.</summary>
    internal static List<string> TableTrace(int seed) => Trace(trace => RecordTableSimulation.Run(seed, 0.15, trace));

    private static List<string> Trace(Action<Action<string>> run)
    {
        var trace = new List<string>();
        run(trace.Add);
        Assert.NotEmpty(trace);
        return trace;
    }
}

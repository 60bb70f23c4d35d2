using System.Diagnostics;
using System.Globalization;
using Simulated = CacheFunctions.Tests.Simulation.ReplayTests;

namespace CacheFunctions.IntegrationTests.Sessions;

/// <summary>A seed that fails on one machine is replayed on another: nothing may depend on the process, as the order of hashes does.</summary>
public sealed class ReplayTests
{
    private const int Seeds = 30;

    [Fact]
    public async Task A_seed_gives_the_same_run_in_another_process()
    {
        using var other = Process.Start(new ProcessStartInfo(
            "dotnet", [typeof(ReplayTests).Assembly.Location, "trace-simulation", Seeds.ToString(CultureInfo.InvariantCulture)])
        {
            RedirectStandardOutput = true,
        })!;
        var there = await other.StandardOutput.ReadToEndAsync();
        await other.WaitForExitAsync();

        Assert.Equal(string.Concat(Traces(Seeds).Select(line => line + Environment.NewLine)), there);
    }

    /// <summary>The other side: prints them.</summary>
    public static int Print(string count)
    {
        using var output = new StreamWriter(Console.OpenStandardOutput());
        foreach (var line in Traces(int.Parse(count, CultureInfo.InvariantCulture))) output.WriteLine(line);
        return 0;
    }

    private static IEnumerable<string> Traces(int count) =>
        Enumerable.Range(1, count).SelectMany(seed => Simulated.SessionTrace(seed).Prepend($"seed {seed}"));
}

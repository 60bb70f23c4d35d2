using CacheFunctions.Tests.Simulation.Sessions.Plants;
using CacheFunctions.Tests.Simulation.Sessions.Rules;
using Xunit.Abstractions;

namespace CacheFunctions.Tests.Simulation.Sessions;

/// <summary>The simulation is only worth something if it finds bugs: each of these is in a double, and must be found.</summary>
public sealed class PlantedBugTests(ITestOutputHelper output)
{
    // Most are found within a hundred; some need a rare meeting.
    private const int MaxSeeds = 5 * SessionSimulationTests.DefaultSeeds;

    private static readonly Dictionary<string, Plant> Bugs = new()
    {
        ["fence checked outside the transaction"] = new() { Breaks = [Rule.Fences], Records = (inner, _, _) => new FenceCheckedOutside(inner) },
        ["lock row deleted at release"] = new() { Breaks = [Rule.Fences], Records = (inner, _, _) => new ForgottenFences(inner) },
        ["loser's blob deleted without a second look"] = new() { Breaks = [Rule.Contents], Records = (inner, _, _) => new LostRepliesAsFailures(inner) },
        ["commit not atomic"] = new() { Breaks = [Rule.Rows, Rule.Log], Records = (inner, world, _) => new HalfCommits(inner, world) },
        ["dirty marker lost"] = new() { Breaks = [Rule.Rows], Records = (inner, world, _) => new LostMarkers(inner, world) },
        ["log ordered by clock"] = new() { Breaks = [Rule.Log], Records = (inner, _, clock) => new LogByClock(inner, clock) },
        ["commit repeated under new numbers"] = new() { Breaks = [Rule.Log], Records = (inner, _, _) => new RepeatsUnderNewNumbers(inner) },
        ["reads from a lagging replica"] = new() { Breaks = [Rule.Saves], Records = (inner, world, _) => new LaggingReplica(inner, world) },
        ["content acknowledged before it is durable"] = new() { Breaks = [Rule.Contents], Contents = (inner, world) => new AcknowledgedTooEarly(inner, world) },
        ["temporary file without fsync"] = new() { Breaks = [Rule.Origin], Disk = world => new NoFileSync(world.Time) },
        ["folder without fsync"] = new() { Breaks = [Rule.Saves], Disk = world => new NoFolderSync(world.Time) },
        ["swap by a plain rename"] = new() { Breaks = [Rule.Overwrites], Disk = world => new PlainRename(world.Time) },
        ["new file replaces what appeared meanwhile"] = new() { Breaks = [Rule.Overwrites], Disk = world => new ReplacingRename(world.Time) },
        ["take-over leaves the sleeper armed"] = new() { Breaks = [Rule.Fences], Disk = world => new NoDisarming(world.Time) },
        ["interrupted write gone on with where it lies"] = new() { Breaks = [Rule.Fences], LargeUnder = new(Fail: 0, Slow: 0.02), Origin = (disk, link, stepBytes) => new ClaimedInPlace(disk, link, stepBytes) },
        ["fingerprint without the change time"] = new() { Breaks = [Rule.Overwrites], Disk = world => new NoChangeTime(world.Time) },
    };

    public static TheoryData<string> Names => [.. Bugs.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_planted_bug_is_found(string bug)
    {
        for (var seed = 1; seed <= MaxSeeds; seed++)
        {
            if (Record.Exception(() => SessionSimulation.Run(seed, Bugs[bug]))?.InnerException is not RuleBrokenException found) continue;
            output.WriteLine(FormattableString.Invariant($"Found at seed {seed}: {found.Message}"));
            return;
        }

        Assert.Fail($"{MaxSeeds} seeds did not find it.");
    }
}

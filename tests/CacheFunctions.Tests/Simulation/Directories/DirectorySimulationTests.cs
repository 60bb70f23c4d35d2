using Xunit.Abstractions;

namespace CacheFunctions.Tests.Simulation.Directories;

/// <summary>Directories while everything that can go wrong does. Which seeds: see <see cref="Seeds"/>.</summary>
public sealed class DirectorySimulationTests(ITestOutputHelper output)
{
    private const int DefaultSeeds = 300;

    private static readonly Dictionary<string, DirectoryPlant> Bugs = new()
    {
        ["a removal that nobody knows was begun"] = new(Records: inner => new ForgottenMarks(inner)),
        ["a removal that does not see readers"] = new(Records: inner => new ForgottenReaders(inner)),
        ["a registration that does not see readers"] = new(Records: inner => new ForgottenEarlyReaders(inner)),
        ["a removal that finds one file alone"] = new(Contents: inner => new ShortLists(inner)),
    };

    public static TheoryData<string> Names => [.. Bugs.Keys];

    [Fact]
    public void Nothing_is_half_removed_and_what_is_pinned_or_needed_stays() =>
        Seeds.Run(DefaultSeeds, seed => DirectorySimulation.Run(seed, DirectoryPlant.None));

    [Theory]
    [MemberData(nameof(Names))]
    public void A_planted_bug_is_found(string bug)
    {
        for (var seed = 1; seed <= 3 * DefaultSeeds; seed++)
        {
            if (Record.Exception(() => DirectorySimulation.Run(seed, Bugs[bug])) is not { } found) continue;
            output.WriteLine(FormattableString.Invariant($"Found at seed {seed}: {found.Message}"));
            return;
        }

        Assert.Fail("It was not found.");
    }
}

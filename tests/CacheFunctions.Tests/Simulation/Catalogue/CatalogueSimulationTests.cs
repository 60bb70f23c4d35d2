using Xunit.Abstractions;

namespace CacheFunctions.Tests.Simulation.Catalogue;

/// <summary>
/// Cached files while everything that can go wrong does. Which seeds: see <see cref="Seeds"/>.
/// </summary>
public sealed class CatalogueSimulationTests(ITestOutputHelper output)
{
    private const int DefaultSeeds = 1000;

    /// <summary>Bugs, and in which words the rule that they break tells of it.</summary>
    private static readonly Dictionary<string, (CataloguePlant Plant, string Rule)> Bugs = new()
    {
        ["commit without looking at what was read"] = (new(Records: inner => new BlindCommits(inner)), "is Orphaned with the copy"),
        ["commit not repeated under its own number"] = (new(Records: inner => new ForgottenAnswers(inner)), "was carried out"),
        ["copy acknowledged before it is whole"] = (new(Contents: inner => new HalfCopies(inner)), "is not what was recorded"),
        ["deleting one copy deletes all of the file"] = (new(Contents: inner => new GreedyDeletes(inner)), "is Orphaned with the copy"),
        ["bytes of other instances not counted"] = (new(Records: inner => new UncountedBytes(inner)), "were recorded beside others"),
    };

    public static TheoryData<string> Names => [.. Bugs.Keys];

    [Fact]
    public void Records_and_copies_come_together_and_only_what_the_original_was_is_served() =>
        Seeds.Run(DefaultSeeds, seed => CatalogueSimulation.Run(seed, CataloguePlant.None));

    [Fact]
    public void A_seed_gives_the_same_run_again()
    {
        for (var seed = 1; seed <= 20; seed++) Assert.Equal(Trace(seed), Trace(seed));

        static List<string> Trace(int seed)
        {
            var trace = new List<string>();
            CatalogueSimulation.Run(seed, CataloguePlant.None, trace.Add);
            return trace;
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_planted_bug_is_found(string bug)
    {
        var (plant, rule) = Bugs[bug];
        for (var seed = 1; seed <= 3 * DefaultSeeds; seed++)
        {
            if (Record.Exception(() => CatalogueSimulation.Run(seed, plant)) is not { } found) continue;
            if (!found.Message.Contains(rule, StringComparison.Ordinal)) continue;
            output.WriteLine(FormattableString.Invariant($"Found at seed {seed}: {found.Message}"));
            return;
        }

        Assert.Fail("It was not found.");
    }
}

using Xunit.Abstractions;

namespace CacheFunctions.Tests.Simulation.Catalogue;

/// <summary>
/// Cached files while everything that can go wrong does. Which seeds: see <see cref="Seeds"/>.
/// </summary>
public sealed class CatalogueSimulationTests(ITestOutputHelper output)
{
    private const int DefaultSeeds = 1000;

    private static readonly Dictionary<string, CataloguePlant> Bugs = new()
    {
        ["commit without looking at what was read"] = new(Records: inner => new BlindCommits(inner)),
        ["commit not repeated under its own number"] = new(Records: inner => new ForgottenAnswers(inner)),
        ["copy acknowledged before it is whole"] = new(Contents: inner => new HalfCopies(inner)),
        ["deleting one copy deletes all of the file"] = new(Contents: inner => new GreedyDeletes(inner)),
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
        for (var seed = 1; seed <= 3 * DefaultSeeds; seed++)
        {
            if (Record.Exception(() => CatalogueSimulation.Run(seed, Bugs[bug])) is not { } found) continue;
            output.WriteLine(FormattableString.Invariant($"Found at seed {seed}: {found.Message}"));
            return;
        }

        Assert.Fail("It was not found.");
    }
}

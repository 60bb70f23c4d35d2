using System.Diagnostics;
using Xunit.Abstractions;

namespace CacheFunctions.IntegrationTests.BadInput;

/// <summary>Every value of every endpoint, replaced by everything bad. What comes later is in it by being there.</summary>
public sealed class BadInputTests(ITestOutputHelper output)
{
    private const int ProblemsShown = 25;

    // To look into some of them: a part of their names, as "/api/files". Nothing: all.
    private static readonly string Only = Environment.GetEnvironmentVariable("CACHEFUNCTIONS_ENDPOINTS") ?? "";

    [Fact]
    public async Task Bad_input_is_refused_in_plain_words_and_changes_nothing()
    {
        // First of all, since it would be told at the end of minutes otherwise.
        Assert.All(Endpoint.All, endpoint => Assert.NotNull(endpoint.Positions()));
        await using var world = await World.StartAsync();
        var matrix = new Matrix(world);
        var watch = Stopwatch.StartNew();
        var attacks = Endpoint.All.Where(each => each.Name.Contains(Only, StringComparison.Ordinal))
            .OrderByDescending(each => each.OnlyReads).ThenByDescending(each => each.GoesOverAll).Index()
            .SelectMany(each => Attack.On(each.Item, world.Texts, turn: each.Index)).ToList();
        // Reads first, while there is little to read.
        foreach (var some in attacks.GroupBy(attack => attack.Endpoint.OnlyReads).OrderByDescending(reads => reads.Key)) await matrix.RunAsync([.. some]);
        foreach (var on in attacks.CountBy(attack => attack.Endpoint.Name)) output.WriteLine($"{on.Key}: {on.Value} hazards");
        output.WriteLine(
            $"{Endpoint.All.Count} endpoints, {Endpoint.All.Sum(each => each.Positions().Count)} positions, {attacks.Count} hazards at a place, "
            + $"{matrix.Requests} requests, {watch.Elapsed.TotalSeconds:f1} s, of them {matrix.Comparing.TotalSeconds:f1} s to look for changes");
        foreach (var problem in matrix.Problems) output.WriteLine(problem.What);
        Assert.True(matrix.Problems.IsEmpty, $"{matrix.Problems.Count} problems, of which the first:\n\n{string.Join("\n\n", matrix.Problems.Take(ProblemsShown))}");
    }
}

using System.Globalization;
using CacheFunctions.Security;

namespace CacheFunctions.Tests.Simulation.Catalogue;

/// <summary>One run: people and strangers, instances that die; then rest and two nights of maintenance; then all rules.</summary>
internal static class CatalogueSimulation
{
    private static readonly string[] Paths = ["a.txt", "folder/b.txt", "folder/c"];
    private static readonly double[] FailRates = [0, 0.005, 0.02];
    private static readonly double[] SlowRates = [0, 0.005];
    private static readonly double[] DeathRates = [0, 0.002, 0.01];

    private const int UserCount = 4;
    private const int MaxActions = 14;
    private const int Nights = 2;

    /// <param name="trace">Told of everything, in order; null: nobody compares.</param>
    public static void Run(int seed, CataloguePlant plant, Action<string>? trace = null)
    {
        var story = new List<string>();
        try
        {
            SimulatedWorld.Run(seed, world => RunAsync(world, plant, story), trace);
        }
        catch (InvalidOperationException error)
        {
            throw new InvalidOperationException(string.Join(Environment.NewLine + "    ", [error.Message, .. story]), error);
        }
    }

    private static async Task RunAsync(SimulatedWorld world, CataloguePlant plant, List<string> story)
    {
        var faults = new Faults(Of(FailRates), Of(SlowRates), Of(DeathRates)) { Latency = TimeSpan.FromSeconds(1) };
        var catalogue = new SimulatedCatalogue(world, plant, faults);
        var users = new CatalogueUsers(catalogue, Paths[..(1 + world.Random.Next(Paths.Length))], Tell);
        users.PutFiles();
        await Task.WhenAll(Enumerable.Range(0, UserCount).Select(_ => users.WorkAsync(1 + world.Random.Next(MaxActions))));

        var healthy = catalogue.Healthy();
        for (var night = 0; night < Nights; night++)
        {
            await catalogue.SleepAsync();
            await healthy.Service.VerifyCacheIntegrityAsync(Caller.Machine);
            await healthy.Service.RunCleanupAsync();
        }

        await new CatalogueRules(catalogue, users).CheckAsync();

        double Of(double[] rates) => rates[world.Random.Next(rates.Length)];

        void Tell(string what)
        {
            story.Add(string.Create(CultureInfo.InvariantCulture, $"{world.Time.GetUtcNow():dd HH:mm:ss} {what}"));
            world.Trace?.Invoke(what);
        }
    }
}

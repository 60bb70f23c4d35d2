using CacheFunctions.Tests.Simulation.Sessions.Rules;
using CacheFunctions.Tests.Simulation.Sessions.Work;

namespace CacheFunctions.Tests.Simulation.Sessions;

/// <summary>One run: users, strangers, instances that die, power cuts; then rest; then all rules.</summary>
internal static class SessionSimulation
{
    private static readonly string[] Paths = ["a.txt", "folder/b.txt", "folder/c"];
    private static readonly string[] People = ["alice", "bob"];
    private static readonly double[] FailRates = [0, 0.002, 0.01, 0.03];
    private static readonly double[] SlowRates = [0, 0.005, 0.02];
    private static readonly double[] DeathRates = [0, 0.002, 0.008];

    private const int UserCount = 4;
    private const int MaxActions = 16;
    private const int MaxSettlingRuns = 8;
    private const int FaultyCleanups = 2;

    /// <param name="trace">Told of everything, in order; null: nobody compares.</param>
    public static void Run(int seed, Plant plant, Action<string>? trace = null) =>
        SimulatedWorld.Run(seed, world => RunAsync(world, plant), trace);

    private static async Task RunAsync(SimulatedWorld world, Plant plant)
    {
        var random = world.Random;
        var faults = (plant.LargeUnder ?? new Faults(Of(FailRates), Of(SlowRates), Of(DeathRates))) with { Latency = TimeSpan.FromSeconds(1) };
        var service = new SimulatedService(world, plant, faults);
        var users = new Users(service, Paths[..(1 + random.Next(Paths.Length))]);
        users.PutFiles();
        await Task.WhenAll(Enumerable.Range(0, UserCount).Select(
            user => users.WorkAsync(People[user % People.Length], 1 + random.Next(MaxActions))));
        service.Verdict.ThrowIfBroken();

        await SettleAsync(service);
        await new FinalRules(service, users.Sessions).CheckAsync(service.Healthy());
        service.Verdict.ThrowIfBroken();

        users.GoHome();
        await CleanUpAsync(service);
        new FinalRules(service, users.Sessions).CheckAllEnded();
        await service.Healthy().RunMaintenanceAsync();
        new FinalRules(service, users.Sessions).CheckSwept();
        service.Verdict.ThrowIfBroken();

        double Of(double[] rates) => rates[random.Next(rates.Length)];
    }

    /// <summary>The hourly timer ends what nobody uses any more: at first where anything may happen to it, then on a healthy instance.</summary>
    private static async Task CleanUpAsync(SimulatedService service)
    {
        for (var run = 1; run <= FaultyCleanups; run++)
        {
            await Task.Delay(TimeSpan.FromHours(1), service.World.Time);
            await service.TryCleanUpAsync();
        }

        await SettleAsync(service);
        var report = await service.Healthy().RunCleanupAsync();
        service.Verdict.Require(
            report.Kept.Count == 0, Rule.Settling, $"the cleanup keeps {string.Join("; ", report.Kept.Select(kept => $"{kept.SessionId}: {kept.Reason}"))}");
        await SettleAsync(service);
    }

    /// <summary>What is under way lands, deadlines and locks pass on every clock, and a healthy instance does the rest.</summary>
    private static async Task SettleAsync(SimulatedService service)
    {
        for (var run = 1; ; run++)
        {
            await Task.Delay(TimeSpan.FromMinutes(30), service.World.Time);
            var report = await service.RunHealthyTimerAsync();
            service.Verdict.ThrowIfBroken();
            if (report is { Synced: 0, KeptBoth: 0, Purged: 0, Failed.Count: 0 }) return;
            if (run < MaxSettlingRuns) continue;
            service.Verdict.Break(Rule.Settling, $"the timer does not come to an end: {string.Join("; ", report.Failed)}");
            return;
        }
    }
}

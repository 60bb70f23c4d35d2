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

    public static void Run(int seed, Plant plant) => SimulatedWorld.Run(seed, world => RunAsync(world, plant));

    private static async Task RunAsync(SimulatedWorld world, Plant plant)
    {
        var random = world.Random;
        var faults = new Faults(Of(FailRates), Of(SlowRates), Of(DeathRates)) { Latency = TimeSpan.FromSeconds(1) };
        var service = new SimulatedService(world, plant, faults);
        var users = new Users(service, Paths[..(1 + random.Next(Paths.Length))]);
        users.PutFiles();
        await Task.WhenAll(Enumerable.Range(0, UserCount).Select(
            user => users.WorkAsync(People[user % People.Length], 1 + random.Next(MaxActions))));
        service.Verdict.ThrowIfBroken();

        await SettleAsync(service);
        await new FinalRules(service, users.Sessions).CheckAsync(service.Healthy());
        service.Verdict.ThrowIfBroken();

        double Of(double[] rates) => rates[random.Next(rates.Length)];
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

namespace CacheFunctions.Tests.Simulation.Sessions;

/// <summary>
/// Sessions, locks and write backs while everything that can go wrong does. Which seeds: see <see cref="Seeds"/>.
/// </summary>
public sealed class SessionSimulationTests
{
    internal const int DefaultSeeds = 2000;

    [Fact]
    public void Nothing_is_lost_torn_or_silently_overwritten_whatever_fails_dies_or_comes_late() =>
        Seeds.Run(DefaultSeeds, seed => SessionSimulation.Run(seed, Plant.None));
}

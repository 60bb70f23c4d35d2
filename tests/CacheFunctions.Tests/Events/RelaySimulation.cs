using CacheFunctions.Errors;
using CacheFunctions.Events;
using CacheFunctions.Tests.Sessions;
using CacheFunctions.Tests.Simulation;
using Xunit.Abstractions;

namespace CacheFunctions.Tests.Events;

/// <summary>
/// Instances commit, publish and die, on a store and a topic that fail in every way they can; several publish the same log at
/// once. Which seeds: see <see cref="Seeds"/>.
/// </summary>
public sealed class RelaySimulation(ITestOutputHelper output)
{
    private const int DefaultSeeds = 300;
    private const int Slots = 3;
    private const int Lives = 4;
    private const int Steps = 8;

    [Fact]
    public void Every_event_is_told_in_the_order_of_its_log_whoever_dies() => Seeds.Run(DefaultSeeds, seed => Run(seed, sink => sink));

    [Fact]
    public void A_topic_that_forgets_what_it_took_is_found()
    {
        for (var seed = 1; seed <= DefaultSeeds; seed++)
        {
            if (Record.Exception(() => Run(seed, sink => new ForgetfulSink(sink))) is not { } found) continue;
            output.WriteLine(FormattableString.Invariant($"Found at seed {seed}: {found.Message}"));
            return;
        }

        Assert.Fail("It was not found.");
    }

    private static void Run(int seed, Func<IEventSink, IEventSink> plant) => SimulatedWorld.Run(seed, async world =>
    {
        var relay = new RelayWorld();
        var sink = plant(new MemorySink(relay));
        await Task.WhenAll(Enumerable.Range(0, Slots).Select(slot => SlotAsync(world, relay, sink, slot)));
        // What is still under way lands or fails before it is judged.
        await Task.Delay(TimeSpan.FromMinutes(10), world.Time);
        await new RelayInstance(relay.Records, sink, world.Time, world.Ids).Relay.RunAllAsync(default);
        await relay.AssertAllToldAsync();
    });

    private static async Task SlotAsync(SimulatedWorld world, RelayWorld relay, IEventSink sink, int slot)
    {
        for (var life = 0; life < Lives; life++)
        {
            var link = new FaultyLink(world, new Faults(0.05, Slow: 0.01, Die: 0.01));
            var instance = new RelayInstance(new FaultyRecordStore(relay.Records, link), new FaultySink(sink, link), world.Time, world.Ids);
            try
            {
                // Publishing goes on beside the commits, as it does in an instance.
                await Task.WhenAll(CommitAsync(world, instance, $"{slot}.{life}"), PublishAsync(world, instance));
            }
            catch (InstanceDiedException)
            {
                // The next life takes its place.
            }
        }
    }

    private static async Task CommitAsync(SimulatedWorld world, RelayInstance instance, string name)
    {
        for (var step = 0; step < Steps; step++)
        {
            await TryAsync(world.Random.Next(5) switch
            {
                0 => () => instance.TouchAsync(world.Random.Next(RelayWorld.Shards)),
                1 or 2 => () => instance.SaveAsync(world.Random.Next(RelayWorld.Shards), $"{name}.{step}"),
                _ => () => instance.CacheAsync(world.Random.Next(RelayWorld.Shards), $"{name}.{step}"),
            });
            await Task.Delay(TimeSpan.FromMilliseconds(world.Random.Next(500)), world.Time);
        }
    }

    private static async Task PublishAsync(SimulatedWorld world, RelayInstance instance)
    {
        for (var step = 0; step < Steps; step++)
        {
            await TryAsync(world.Random.Next(4) == 0 ? () => instance.Relay.RunAllAsync(default) : () => instance.Relay.RunOwnAsync(default));
            await Task.Delay(TimeSpan.FromMilliseconds(world.Random.Next(2_000)), world.Time);
        }
    }

    private static async Task TryAsync(Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (CacheException)
        {
            // As a caller is told; the next step goes on.
        }
    }

    /// <summary>Acknowledges one batch in twenty without taking it.</summary>
    private sealed class ForgetfulSink(IEventSink inner) : IEventSink
    {
        private int _batches;

        public Task PublishAsync(IReadOnlyList<ServiceEvent> events, CancellationToken cancellation) =>
            ++_batches % 20 == 0 ? Task.CompletedTask : inner.PublishAsync(events, cancellation);
    }
}

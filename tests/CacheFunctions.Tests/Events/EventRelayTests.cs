using CacheFunctions.Errors;
using CacheFunctions.Tests.Catalogue.Index;
using CacheFunctions.Tests.Sessions;
using Xunit.Abstractions;

namespace CacheFunctions.Tests.Events;

public sealed class EventRelayTests(ITestOutputHelper output)
{
    private readonly RelayWorld _world = new();
    private readonly ManualTime _time = new();

    [Fact]
    public async Task Whoever_publishes_may_die_at_any_step()
    {
        var step = 1;
        for (var died = true; died; step++)
        {
            var (world, death) = (new RelayWorld(), new Death(step));
            var writer = new RelayInstance(world.Records, null, _time);
            for (var i = 0; i < 3; i++)
            {
                await writer.CacheAsync(i, $"a{i}");
                await writer.SaveAsync(i, $"b{i}");
                await writer.CacheAsync(i, $"c{i}");
            }

            var dying = new RelayInstance(new MortalRecordStore(world.Records, death), new MortalSink(new MemorySink(world), death), _time);
            await Record.ExceptionAsync(() => dying.Relay.RunAllAsync(default));
            died = death.HasDied;
            await new RelayInstance(world.Records, new MemorySink(world), _time).Relay.RunAllAsync(default);
            await world.AssertAllToldAsync();
        }

        output.WriteLine($"{step} steps");
        Assert.True(step > 20, "It does hardly anything.");
    }

    [Fact]
    public async Task What_a_topic_refuses_is_kept()
    {
        var sink = new MemorySink(_world) { Refusals = 3 };
        var instance = new RelayInstance(_world.Records, sink, _time);
        await instance.SaveAsync(0, "a");
        for (var i = 0; i < 3; i++)
        {
            await Assert.ThrowsAsync<CacheException>(() => instance.Relay.RunOwnAsync(default));
            await instance.SaveAsync(i, $"b{i}");
            Assert.Empty(_world.Received);
        }

        await instance.Relay.RunOwnAsync(default);
        Assert.Equal(4, _world.Received.Count);
        await _world.AssertAllToldAsync();
    }

    [Fact]
    public async Task Rest_costs_nothing_and_a_commit_little()
    {
        var store = new CountingRecordStore(_world.Records);
        var instance = new RelayInstance(store, new MemorySink(_world), _time);
        await instance.Relay.RunOwnAsync(default);
        Assert.Equal(0, store.Queries + store.Others);

        for (var i = 0; i < 20; i++) await instance.SaveAsync(1, $"a{i}");
        var (queries, others) = (store.Queries, store.Others);
        await instance.Relay.RunOwnAsync(default);
        // The place; the shard's news; the place again, and moved.
        Assert.Equal((1, 3), (store.Queries - queries, store.Others - others));
        Assert.Equal(20, _world.Received.Count);
        (queries, others) = (store.Queries, store.Others);
        await instance.Relay.RunOwnAsync(default);
        Assert.Equal((0, 0), (store.Queries - queries, store.Others - others));
    }

    [Fact]
    public async Task Without_a_topic_nothing_is_read()
    {
        var store = new CountingRecordStore(_world.Records);
        var instance = new RelayInstance(store, null, _time);
        await instance.SaveAsync(0, "a");
        var before = store.Queries + store.Others;
        Assert.Equal(0, await instance.Relay.RunAllAsync(default));
        await instance.Relay.RunOwnAsync(default);
        Assert.Equal((false, before), (instance.Relay.IsOn, store.Queries + store.Others));
    }

    [Fact]
    public async Task A_flood_is_published_in_batches_and_told_as_one_in_the_statistics()
    {
        var sink = new MemorySink(_world);
        var instance = new RelayInstance(_world.Records, sink, _time);
        for (var i = 0; i < 500; i++) await instance.CacheAsync(i % RelayWorld.Shards, $"a{i}");
        await instance.Relay.RunOwnAsync(default);
        Assert.Equal([200, 200, 100], sink.Batches);
        // Not yet, since more may come.
        Assert.DoesNotContain(_world.Received, told => told.Type == "cache_statistics_updated");
        for (var i = 0; i < 5; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(0.7));
            await instance.CacheAsync(0, $"b{i}");
            await instance.Relay.RunOwnAsync(default);
        }

        Assert.Single(_world.Received, told => told.Type == "cache_statistics_updated");
        _time.Advance(TimeSpan.FromSeconds(3));
        await instance.Relay.RunOwnAsync(default);
        Assert.Equal(2, _world.Received.Count(told => told.Type == "cache_statistics_updated"));
        _time.Advance(TimeSpan.FromSeconds(30));
        await instance.Relay.RunOwnAsync(default);
        Assert.Equal(2, _world.Received.Count(told => told.Type == "cache_statistics_updated"));
        await _world.AssertAllToldAsync();
    }
}

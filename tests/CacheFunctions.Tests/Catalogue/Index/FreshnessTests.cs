using CacheFunctions.Catalogue;
using CacheFunctions.Catalogue.Index;

namespace CacheFunctions.Tests.Catalogue.Index;

public sealed class FreshnessTests
{
    private readonly IndexWorld _world = new(shards: 64);
    private readonly RandomFiles _random = new(31);

    [Fact]
    public async Task Own_writes_are_seen_at_once()
    {
        await using var instance = _world.Start();
        Assert.Empty(await instance.AllAsync());
        var file = _random.File(1);
        await instance.PutAsync(file);
        Assert.Single(await instance.AllAsync());
        await instance.PurgeAsync(file);
        Assert.Empty(await instance.AllAsync());
    }

    [Fact]
    public async Task Writes_of_others_are_seen_within_two_seconds()
    {
        await using var one = _world.Start();
        await using var other = _world.Start();
        Assert.Empty(await other.AllAsync());
        for (var i = 0; i < 20; i++)
        {
            await one.PutAsync(_random.File(i));
            // A reader that asks all the time, so that some refreshes fall right before the notice.
            for (var step = 0; step < 20; step++)
            {
                _world.Time.Advance(TimeSpan.FromMilliseconds(100));
                // The clock waits for what the timer began half a second after the commit.
                if (step == 4) await one.Notices.SendAsync(default);
                await other.AllAsync();
            }

            Assert.Equal(i + 1, (await other.AllAsync()).Count);
        }
    }

    [Fact]
    public async Task Writes_of_others_are_seen_at_once_when_that_is_asked_for()
    {
        await using var one = _world.Start();
        await using var other = _world.Start();
        await other.AllAsync();
        await one.PutAsync(_random.File(1));
        Assert.Empty(await other.AllAsync());
        Assert.Single(await other.AllAsync(exact: true));
    }

    [Fact]
    public async Task A_write_whose_notice_was_lost_is_found_in_turn()
    {
        await using var dead = _world.Start();
        await using var other = _world.Start();
        await other.AllAsync();
        await dead.PutAsync(_random.File(1));
        dead.Store.LostReplies = int.MaxValue;
        await dead.Notices.DisposeAsync();
        for (var i = 0; i <= 64; i++)
        {
            _world.Time.Advance(TimeSpan.FromSeconds(1));
            await other.AllAsync();
        }

        Assert.Single(await other.AllAsync());
    }

    [Fact]
    public async Task Own_writes_stay_while_those_of_others_in_the_same_shard_are_not_known_yet()
    {
        var world = new IndexWorld(shards: 1);
        await using var one = world.Start();
        await using var other = world.Start();
        await one.AllAsync();
        var file = _random.File(1);
        await other.PutAsync(file with { SizeBytes = 1 });
        await one.PutAsync(file with { SizeBytes = 2 });
        await other.PutAsync(_random.File(2));
        await one.LogAsync(file);
        Assert.Equal(2, Assert.Single(await one.AllAsync()).SizeBytes);
        Assert.Equal([1, 2], (await one.AllAsync(exact: true)).Select(each => each.Id == file.Id ? each.SizeBytes - 1 : 2).Order());
        await other.PutAsync(file with { SizeBytes = 3 });
        Assert.Contains(await one.AllAsync(exact: true), each => each.SizeBytes == 3);
    }

    [Fact]
    public async Task A_warm_list_costs_at_most_one_call_and_an_unused_index_none()
    {
        await using var instance = _world.Start();
        for (var i = 0; i < 10; i++) await instance.PutAsync(_random.File(i));
        await instance.AllAsync();
        await instance.Notices.SendAsync(default);
        _world.Time.Advance(TimeSpan.FromSeconds(2));
        await instance.AllAsync();
        var before = await instance.CallsAsync();
        for (var i = 0; i < 100; i++) await instance.AllAsync();
        Assert.Equal(before, await instance.CallsAsync());

        // Every second: the notices, and one shard in turn.
        for (var i = 0; i < 100; i++)
        {
            _world.Time.Advance(TimeSpan.FromSeconds(1));
            await instance.AllAsync();
        }

        Assert.InRange(await instance.CallsAsync() - before, 1, 200);
        before = await instance.CallsAsync();
        _world.Time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(before, await instance.CallsAsync());
    }

    [Fact]
    public async Task Many_commits_at_once_cost_others_one_notice()
    {
        await using var instance = _world.Start();
        var notices = new NoticeLog(_world.Records, "catalogue", _world.Time);
        for (var i = 0; i < 50; i++) await instance.PutAsync(_random.File(i));
        _world.Time.Advance(TimeSpan.FromSeconds(1));
        await instance.Notices.SendAsync(default);
        Assert.Equal(1, await notices.LastAsync(default));
    }

    [Fact]
    public async Task Instances_that_write_at_the_same_time_agree_in_the_end()
    {
        var instances = Enumerable.Range(0, 3).Select(_ => _world.Start()).ToList();
        var files = new Dictionary<CachedFileId, CatalogueEntry>();
        for (var i = 0; i < 300; i++)
        {
            var instance = instances[_random.Random.Next(instances.Count)];
            var file = _random.File(_random.Random.Next(60));
            if (files.TryGetValue(file.Id, out var known)) file = _random.Changed(known);
            if (known is not null && _random.Random.Next(4) == 0)
            {
                files.Remove(file.Id);
                await instance.PurgeAsync(file);
            }
            else
            {
                await instance.PutAsync(files[file.Id] = file);
            }

            if (_random.Random.Next(3) == 0) await instances[_random.Random.Next(instances.Count)].AllAsync();
            if (_random.Random.Next(5) == 0) _world.Time.Advance(TimeSpan.FromMilliseconds(_random.Random.Next(1500)));
        }

        foreach (var instance in instances)
        {
            var all = await instance.AllAsync(exact: true);
            Assert.Equal(
                NaiveCatalogue.Matches(files.Values, IndexWorld.Everything).Select(file => (file.Id, file.SizeBytes, file.Status)),
                all.Select(file => (file.Id, file.SizeBytes, file.Status)));
            await instance.DisposeAsync();
        }
    }
}

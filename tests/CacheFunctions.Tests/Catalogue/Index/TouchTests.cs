using CacheFunctions.Catalogue;
using CacheFunctions.Catalogue.Index;
using CacheFunctions.Errors;

namespace CacheFunctions.Tests.Catalogue.Index;

public sealed class TouchTests
{
    private readonly IndexWorld _world = new();
    private readonly CatalogueEntry _file = new RandomFiles(41).File(1) with { AccessCount = 10, LastAccessed = null, Status = FileStatus.Active };

    [Fact]
    public async Task Hits_reach_every_index()
    {
        await using var one = _world.Start();
        await using var other = _world.Start();
        await other.AllAsync();
        await one.PutAsync(_file);
        for (var i = 0; i < 3; i++) one.Notices.Touch(_file.Id);
        other.Notices.Touch(_file.Id);
        var hit = _world.Time.GetUtcNow();
        _world.Time.Advance(TimeSpan.FromSeconds(6));
        await one.Notices.SendAsync(default);
        await other.Notices.SendAsync(default);
        await using var late = _world.Start();
        foreach (var instance in new[] { one, other, late })
        {
            var found = Assert.Single(await instance.AllAsync());
            Assert.Equal((14, hit), (found.AccessCount, found.LastAccessed));
        }
    }

    [Fact]
    public async Task Hits_that_come_while_others_are_being_told_are_each_told_once()
    {
        const int callers = 4, each = 5_000;
        await using var one = _world.Start();
        await one.PutAsync(_file);
        var touching = Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < each; i++) one.Notices.Touch(_file.Id);
        })));
        var sent = 0;
        for (; !touching.IsCompleted; sent++) await one.Notices.SendAsync(default);
        await touching;
        await one.Notices.SendAsync(default);

        await using var late = _world.Start();
        Assert.True(
            Assert.Single(await late.AllAsync()).AccessCount == 10 + callers * each,
            $"After {sent} sendings: {Assert.Single(await late.AllAsync()).AccessCount}");
    }

    [Fact]
    public async Task Hits_on_a_file_that_an_index_does_not_know_yet_are_not_lost()
    {
        await using var writer = _world.Start();
        await using var reader = _world.Start();
        await using var index = _world.Start();
        await index.AllAsync();
        await writer.PutAsync(_file);
        reader.Notices.Touch(_file.Id);
        await reader.Notices.SendAsync(default);
        _world.Time.Advance(TimeSpan.FromMilliseconds(400));
        Assert.Empty(await index.AllAsync());
        Assert.Equal(11, Assert.Single(await index.AllAsync(exact: true)).AccessCount);
    }

    [Fact]
    public async Task Snapshots_hold_the_hits_and_a_later_state_of_the_file_leaves_them()
    {
        await using var one = _world.Start();
        await one.PutAsync(_file);
        // More notices than may stay outside of a snapshot.
        for (var i = 0; i < 600; i++)
        {
            one.Notices.Touch(_file.Id);
            await one.Notices.SendAsync(default);
        }

        Assert.Equal(1, await one.Index.RenewSnapshotsAsync(default));
        Assert.Equal(0, await one.Index.RenewSnapshotsAsync(default));
        one.Notices.Touch(_file.Id);
        await one.Notices.SendAsync(default);
        await one.PutAsync(_file with { AccessCount = 11 });
        await using var late = _world.Start();
        Assert.Equal(612, Assert.Single(await late.AllAsync()).AccessCount);
        Assert.Equal(612, Assert.Single(await one.AllAsync()).AccessCount);
    }

    [Fact]
    public async Task A_notice_whose_reply_was_lost_counts_once()
    {
        await using var instance = _world.Start();
        await instance.PutAsync(_file);
        await instance.Notices.SendAsync(default);
        instance.Notices.Touch(_file.Id);
        instance.Store.LostReplies = 1;
        await Assert.ThrowsAsync<CacheException>(() => instance.Notices.SendAsync(default));
        // Another one takes the next number meanwhile.
        await using var other = _world.Start();
        other.Notices.Touch(_file.Id);
        await other.Notices.SendAsync(default);
        await instance.Notices.SendAsync(default);
        Assert.Equal(12, Assert.Single(await instance.AllAsync()).AccessCount);
    }

    [Fact]
    public async Task A_hundred_hits_a_second_cost_less_than_a_hundredth_of_a_call_each()
    {
        await using var instance = _world.Start();
        var before = instance.Store.Others + instance.Store.Queries;
        for (var second = 0; second < 60; second++)
        {
            for (var hit = 0; hit < 100; hit++) instance.Notices.Touch(CachedFileId.Of($"{hit}"));
            _world.Time.Advance(TimeSpan.FromSeconds(1));
        }

        await instance.Notices.SendAsync(default);
        Assert.InRange(instance.Store.Others + instance.Store.Queries - before, 1, 6000 / 100);
    }

    [Fact]
    public async Task Hits_while_a_notice_is_sent_wait_for_the_next_one()
    {
        await using var instance = _world.Start();
        instance.Notices.Touch(_file.Id);
        instance.Store.BeforeCommit = () => instance.Notices.Touch(_file.Id);
        await instance.Notices.SendAsync(default);
        Assert.Equal(1, await instance.Notices.Log.LastAsync(default));
        instance.Store.BeforeCommit = null;
        await instance.Notices.SendAsync(default);
        Assert.Equal(2, await instance.Notices.Log.LastAsync(default));
    }

    [Fact]
    public async Task More_hits_than_a_row_can_hold_take_several()
    {
        await using var instance = _world.Start();
        for (var i = 0; i < Notice.MaxTouches * 2; i++) instance.Notices.Touch(new CachedFileId(new Guid(i, 0, 0, new byte[8])));
        await instance.Notices.SendAsync(default);
        var touches = 0;
        await foreach (var (_, notice) in instance.Notices.Log.SinceAsync(0, default)) touches += notice.Touches.Count;
        Assert.Equal(Notice.MaxTouches * 2, touches);
    }

    [Fact]
    public async Task Hits_of_several_threads_are_all_counted()
    {
        await using var instance = _world.Start();
        await instance.PutAsync(_file);
        var threads = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < 2_000; i++)
            {
                instance.Notices.Touch(_file.Id);
                if (i % 500 == 0) await instance.Notices.SendAsync(default);
            }
        }));
        await Task.WhenAll(threads);
        await instance.Notices.SendAsync(default);
        Assert.Equal(8_010, Assert.Single(await instance.AllAsync(exact: true)).AccessCount);
    }

    [Fact]
    public async Task Notices_that_every_snapshot_holds_are_purged_and_a_sleeper_loads_again()
    {
        await using var sleeper = _world.Start();
        await using var one = _world.Start();
        await one.PutAsync(_file);
        Assert.Single(await sleeper.AllAsync());
        for (var i = 0; i < 3_000; i++)
        {
            one.Notices.Touch(_file.Id);
            await one.Notices.SendAsync(default);
        }

        await one.Index.RenewSnapshotsAsync(default);
        var left = 0;
        await foreach (var _ in one.Notices.Log.SinceAsync(0, default)) left++;
        Assert.InRange(left, 1, 2_001);
        _world.Time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(3_010, Assert.Single(await sleeper.AllAsync()).AccessCount);
    }
}

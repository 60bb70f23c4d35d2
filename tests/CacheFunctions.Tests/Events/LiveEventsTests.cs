using CacheFunctions.Catalogue;
using CacheFunctions.Errors;
using CacheFunctions.Events;
using CacheFunctions.Events.Live;
using CacheFunctions.Operations;
using CacheFunctions.Security;
using CacheFunctions.Tests.Catalogue.Index;

namespace CacheFunctions.Tests.Events;

public sealed class LiveEventsTests
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(50);
    private readonly IndexWorld _world = new();

    [Fact]
    public async Task Each_event_is_heard_once_on_every_instance_in_the_order_of_its_shard()
    {
        await using var one = _world.Start();
        await using var other = _world.Start();
        var (events, others) = (Live(one), Live(other));
        await using var here = await LiveReader.OpenAsync(events);
        await using var there = await LiveReader.OpenAsync(others);
        for (var i = 0; i < 60; i++) await (i % 3 == 0 ? other : one).PutAsync(File($"f{i % 20}", size: i));
        await UntilAsync(() => here.Files.Count() == 60 && there.Files.Count() == 60);
        var log = await LogAsync(one);
        foreach (var reader in new[] { here, there }) Assert.Equal(log, ByShard(reader));
    }

    [Fact]
    public async Task Whoever_comes_back_hears_exactly_the_rest_from_any_cursor_on_any_instance()
    {
        await using var one = _world.Start();
        await using var other = _world.Start();
        var (events, others) = (Live(one), Live(other));
        await using var first = await LiveReader.OpenAsync(events);
        for (var i = 0; i < 12; i++) await one.PutAsync(File($"f{i}"));
        await UntilAsync(() => first.Files.Count() == 12);
        foreach (var (read, cursor) in first.Files.Select((message, i) => (i + 1, message.Cursor)).ToList())
        {
            // At once, so that the cursor is ahead of what the other instance knows.
            await using var rest = await LiveReader.OpenAsync(others, cursor);
            await UntilAsync(() => rest.Messages.Any(message => message.Type == "cache_statistics_updated"));
            Assert.Equal(
                first.Paths.Skip(read).Order(StringComparer.Ordinal), rest.Paths.Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public async Task A_reader_that_was_away_for_long_hears_it_all()
    {
        await using var one = _world.Start();
        var events = Live(one);
        string cursor;
        await using (var first = await LiveReader.OpenAsync(events))
        {
            await one.PutAsync(File("first"));
            await UntilAsync(() => first.Files.Any());
            cursor = first.Files.First().Cursor;
        }

        for (var i = 0; i < 2_500; i++) await one.PutAsync(File($"f{i}"));
        await using var late = await LiveReader.OpenAsync(events, cursor);
        await UntilAsync(() => late.Files.Count() == 2_500);
        await one.PutAsync(File("last"));
        await UntilAsync(() => late.Paths.Contains("last"));
        Assert.Equal(2_501, late.Paths.Distinct().Count());
        Assert.Equal(2_501, late.Files.Count());
    }

    [Fact]
    public async Task A_slow_reader_is_cut_with_a_cursor_from_which_nothing_is_lost()
    {
        await using var one = _world.Start();
        var events = Live(one);
        await using var quick = await LiveReader.OpenAsync(events);
        using var slow = await events.OpenAsync(Caller.Machine, null, null, null, "after", default);
        var read = new List<string>();
        await using var reading = slow.ReadAsync(TimeSpan.FromSeconds(15), default).GetAsyncEnumerator();
        var next = reading.MoveNextAsync().AsTask();
        await one.PutAsync(File("first"));
        await UntilAsync(() => next.IsCompleted);
        Assert.True(await next);
        read.Add(LiveReader.Path(reading.Current.Message!));

        const int count = LiveQueue.MaxMessages + 200;
        var most = 0;
        for (var i = 0; i < count; i++)
        {
            await one.PutAsync(File($"f{i}"));
            if (i % 50 != 0) continue;
            // No further ahead than the readers, so that what waits is what the slow one has not read.
            await UntilAsync(() => quick.Files.Count() == i + 2);
            most = Math.Max(most, slow.Queue.Count);
        }

        await UntilAsync(() => slow.Cut.IsCancellationRequested);
        Assert.InRange(most, LiveQueue.MaxMessages / 2, LiveQueue.MaxMessages);
        Assert.Equal(0, slow.Queue.Count);
        Assert.True(await reading.MoveNextAsync());
        Assert.True(reading.Current.IsCut);
        var cursor = reading.Current.Cursor;
        Assert.False(await reading.MoveNextAsync());

        await using var again = await LiveReader.OpenAsync(events, cursor);
        await UntilAsync(() => again.Files.Count() == count);
        Assert.Equal(count + 1, read.Concat(again.Paths).Distinct().Count());
    }

    [Fact]
    public void What_waits_is_bounded_in_bytes()
    {
        var queue = new LiveQueue();
        var message = new LiveMessage("c", "cache_file_added", new byte[LiveQueue.MaxBytes / 4]);
        for (var i = 0; i < 4; i++) Assert.True(queue.Offer(message));
        Assert.False(queue.Offer(message));
        Assert.Equal((true, 0), (queue.Cut.IsCancellationRequested, queue.Count));
    }

    [Fact]
    public async Task Many_streams_cost_what_one_costs_and_rest_costs_a_refresh_a_second()
    {
        await using var one = _world.Start();
        var events = Live(one);
        var readers = new List<LiveReader>();
        for (var i = 0; i < 50; i++) readers.Add(await LiveReader.OpenAsync(events));
        var (before, start) = (await one.CallsAsync(), _world.Time.GetUtcNow());
        for (var i = 0; i < 20; i++)
        {
            await one.PutAsync(File($"f{i}"));
            await UntilAsync(() => readers.TrueForAll(reader => reader.Files.Count() == i + 1));
        }

        var seconds = (_world.Time.GetUtcNow() - start).TotalSeconds;
        // A commit is a point read, a transaction and perhaps a notice, which is two calls at the most; then it is read once.
        Assert.InRange(await one.CallsAsync() - before, 20, 20 * 5 + 2 * (seconds / 0.75 + 2));

        (before, start) = (await one.CallsAsync(), _world.Time.GetUtcNow());
        for (var i = 0; i < 60; i++)
        {
            _world.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(10);
        }

        Assert.InRange(await one.CallsAsync() - before, 30, 2 * 60 / 0.75);
        foreach (var reader in readers) await reader.DisposeAsync();
        Assert.Equal(0, events.Open);
        // The tail finds that nobody listens.
        await UntilAsync(() => !events.IsFollowing);
        before = await one.CallsAsync();
        _world.Time.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(before, await one.CallsAsync());
    }

    [Fact]
    public async Task A_flood_of_changes_is_told_in_few_statistics_of_which_the_last_is_right()
    {
        await using var one = _world.Start();
        var events = Live(one);
        await using var reader = await LiveReader.OpenAsync(events, types: EventType.CacheStatisticsUpdated);
        var start = _world.Time.GetUtcNow();
        for (var i = 0; i < 400; i++) await one.PutAsync(File($"f{i}", size: 10));
        await UntilAsync(() => reader.Messages.Any() && LiveReader.Data(reader.Messages.Last()).GetProperty("total_files").GetInt64() == 400);
        Assert.InRange(reader.Messages.Count(), 1, (_world.Time.GetUtcNow() - start).TotalSeconds + 2);
        var data = LiveReader.Data(reader.Messages.Last());
        Assert.Equal("""{"total_files":400,"total_size_bytes":4000,"total_size_readable":"3.9 KB","active_files":400,"orphaned_files":0}""", data.GetRawText());
    }

    [Fact]
    public async Task Users_hear_of_their_own_files_only()
    {
        await using var one = _world.Start();
        var events = Live(one);
        await using var ann = await LiveReader.OpenAsync(events, caller: new Caller("ann", false));
        await using var admin = await LiveReader.OpenAsync(events, caller: new Caller("root", true), user: "bob");
        await using var added = await LiveReader.OpenAsync(events, types: EventType.CacheFileAdded);
        await one.PutAsync(File("a", users: ["ann"]));
        await one.PutAsync(File("b", users: ["bob"]));
        await one.PutAsync(File("ab", users: ["bob", "ann"]));
        await UntilAsync(() => ann.Messages.Any(Is2) && admin.Messages.Any(Is2) && added.Files.Count() == 3);
        Assert.Equal(["a", "ab"], ann.Paths.Order(StringComparer.Ordinal));
        Assert.Equal(["ab", "b"], admin.Paths.Order(StringComparer.Ordinal));
        Assert.Equal(3, added.Messages.Count());
        var error = await Assert.ThrowsAsync<CacheException>(() => LiveReader.OpenAsync(events, caller: new Caller("ann", false), user: "bob"));
        Assert.Equal((ErrorCode.Forbidden, 3), (error.Code, events.Open));

        static bool Is2(LiveMessage message) =>
            message.Type == "cache_statistics_updated" && LiveReader.Data(message).GetProperty("total_files").GetInt64() == 2;
    }

    [Fact]
    public async Task What_no_log_has_reached_is_no_cursor()
    {
        await using var one = _world.Start();
        var events = Live(one);
        var ahead = new LogPosition(_world.Shards);
        ahead.Advance(2, 1);
        foreach (var cursor in new[] { ahead.ToString(), "nonsense", new LogPosition(_world.Shards + 1).ToString() })
        {
            var error = await Assert.ThrowsAsync<CacheException>(() => LiveReader.OpenAsync(events, cursor));
            Assert.Equal(ErrorCode.InvalidArgument, error.Code);
            Assert.Contains("after", error.Message, StringComparison.Ordinal);
        }

        Assert.Equal(0, events.Open);
    }

    [Fact]
    public async Task Too_many_streams_are_refused()
    {
        await using var one = _world.Start();
        var events = Live(one);
        var streams = new List<LiveStream>();
        for (var i = 0; i < LiveEvents.MaxStreams; i++) streams.Add(await events.OpenAsync(Caller.Machine, null, null, null, "after", default));
        var error = await Assert.ThrowsAsync<CacheException>(() => LiveReader.OpenAsync(events));
        Assert.Equal(ErrorCode.Throttled, error.Code);
        streams[0].Dispose();
        await using var reader = await LiveReader.OpenAsync(events);
        foreach (var stream in streams.Skip(1)) stream.Dispose();
        Assert.Equal(1, events.Open);
    }

    private static CatalogueEntry File(string path, long size = 1, params string[] users) => new(
        CachedFileId.Of(path), path, "/cache/" + path, CacheMethod.AtomicCopy, size, default, null, 0, CacheTrigger.Manual, users.FirstOrDefault(), users, FileStatus.Active, false);

    private LiveEvents Live(IndexWorld.Instance instance) => new(instance.Table, instance.Index, _world.Time);

    private Task UntilAsync(Func<bool> isSo) => _world.Time.UntilAsync(() => Task.FromResult(isSo()), Tick);

    private async Task<List<string>> LogAsync(IndexWorld.Instance instance)
    {
        var all = new List<string>();
        for (var shard = 0; shard < _world.Shards; shard++)
            await foreach (var operation in instance.Table.Log.FollowAsync(shard, 0, default)) all.Add(Text(CatalogueEntry.Read(operation.Operation.State!).FilePath, CatalogueEntry.Read(operation.Operation.State!).SizeBytes));
        return all;
    }

    private List<string> ByShard(LiveReader reader) =>
    [
        .. reader.Files.OrderBy(message => CachedFileId.Of(LiveReader.Path(message)).Shard(_world.Shards))
            .Select(message => Text(LiveReader.Path(message), LiveReader.Data(message).GetProperty("file_info").GetProperty("file_size_bytes").GetInt64())),
    ];

    private static string Text(string path, long size) => FormattableString.Invariant($"{path} {size}");
}

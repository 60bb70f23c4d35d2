using CacheFunctions.Errors;
using CacheFunctions.Hits;
using CacheFunctions.Tests.Catalogue.Index;
using CacheFunctions.Tests.InMemory;

namespace CacheFunctions.Tests.Hits;

/// <summary>Counts by the hour, gathered and written, and added up over instances.</summary>
public sealed class HitCounterTests
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    private readonly ManualTime _time = new();
    private readonly MemoryRecordStore _records = new();
    private readonly CountingRecordStore _store;

    public HitCounterTests() => _store = new CountingRecordStore(_records);

    [Fact]
    public async Task Counts_of_all_instances_and_hours_add_up()
    {
        await using var one = new HitCounters(_store, _time);
        await using var other = new HitCounters(_store, _time);
        one.Of("catalogue").Hit(10);
        other.Of("catalogue").Miss(20);
        other.Of("directories").Hit(1_000);
        _time.Advance(TimeSpan.FromHours(2));
        one.Of("catalogue").Hit(30);
        foreach (var counters in new[] { one, other })
            foreach (var cache in new[] { "catalogue", "directories" }) await counters.Of(cache).SendAsync(default);
        foreach (var counters in new[] { one, other, new HitCounters(_store, _time) })
        {
            var window = await counters.Of("catalogue").ReadAsync(Day, default);
            Assert.Equal(new HitCounts(2, 1, 40, 20), window.Counts);
            Assert.Equal(2.0 / 3, window.Counts.Ratio);
            Assert.Equal(new HitCounts(1, 0, 30, 0), (await counters.Of("catalogue").ReadAsync(TimeSpan.FromHours(1), default)).Counts);
        }

        Assert.Equal(0, (await one.Of("nothing").ReadAsync(Day, default)).Counts.Ratio);
    }

    [Fact]
    public async Task Counts_of_all_instances_are_told_by_day()
    {
        await using var one = new HitCounters(_store, _time);
        await using var other = new HitCounters(_store, _time);
        var first = DateOnly.FromDateTime(_time.GetUtcNow().UtcDateTime);
        one.Of("catalogue").Hit(1);
        other.Of("catalogue").Hit(2);
        await other.Of("catalogue").SendAsync(default);
        _time.Advance(TimeSpan.FromDays(2) + TimeSpan.FromHours(3));
        one.Of("catalogue").Miss(4);
        var window = await one.Of("catalogue").ReadAsync(TimeSpan.FromDays(30), default);
        Assert.Equal([new HitDay(first, new HitCounts(2, 0, 3, 0)), new HitDay(first.AddDays(2), new HitCounts(0, 1, 0, 4))], window.ByDay);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_lost_reply_counts_nothing_twice(int lost)
    {
        await using (var counters = new HitCounters(_store, _time))
        {
            var counter = counters.Of("catalogue");
            for (var i = 0; i < lost; i++)
            {
                counter.Hit(1);
                _store.LostReplies = 1;
                await Assert.ThrowsAsync<CacheException>(() => counter.SendAsync(default));
            }

            counter.Hit(1);
            await counter.SendAsync(default);
            counter.Hit(1);
            await counter.SendAsync(default);
        }

        Assert.Equal(lost + 2, (await new HitCounters(_store, _time).Of("catalogue").ReadAsync(Day, default)).Counts.Hits);
    }

    [Fact]
    public async Task Counts_are_written_after_a_while_by_themselves_and_at_the_end()
    {
        await using (var counters = new HitCounters(_store, _time))
        {
            var written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _store.BeforeCommit = () => written.TrySetResult();
            counters.Of("catalogue").Hit(1);
            _time.Advance(HitCounter.Window);
            await written.Task.WaitAsync(TimeSpan.FromSeconds(30));
            counters.Of("catalogue").Hit(1);
        }

        Assert.Equal(2, (await new HitCounters(_store, _time).Of("catalogue").ReadAsync(Day, default)).Counts.Hits);
    }

    [Fact]
    public async Task Reading_again_costs_nothing_for_some_seconds_and_other_instances_become_known_within_a_minute()
    {
        await using var one = new HitCounters(_store, _time);
        await using var other = new HitCounters(_store, _time);
        Assert.Equal(0, (await one.Of("catalogue").ReadAsync(Day, default)).Counts.Hits);
        other.Of("catalogue").Hit(1);
        await other.Of("catalogue").SendAsync(default);
        var queries = _store.Queries;
        Assert.Equal(0, (await one.Of("catalogue").ReadAsync(Day, default)).Counts.Hits);
        Assert.Equal(queries, _store.Queries);
        _time.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal(1, (await one.Of("catalogue").ReadAsync(Day, default)).Counts.Hits);
        Assert.Equal(queries + 1, _store.Queries);
        // A longer window needs hours that were never read.
        _time.Advance(TimeSpan.FromDays(3));
        Assert.Equal(0, (await one.Of("catalogue").ReadAsync(Day, default)).Counts.Hits);
        Assert.Equal(1, (await one.Of("catalogue").ReadAsync(TimeSpan.FromDays(5), default)).Counts.Hits);
    }

    [Fact]
    public async Task What_no_window_reaches_is_purged()
    {
        await using var counters = new HitCounters(_store, _time);
        var counter = counters.Of("catalogue");
        counter.Hit(1);
        await counter.SendAsync(default);
        _time.Advance(HitCounter.Kept - TimeSpan.FromHours(1));
        counter.Hit(1);
        await counter.SendAsync(default);
        await new HitCounters(_store, _time).Of("catalogue").PurgeAsync(default);
        Assert.Equal(2, await RowsAsync());
        _time.Advance(TimeSpan.FromHours(2));
        await new HitCounters(_store, _time).Of("catalogue").PurgeAsync(default);
        Assert.Equal(1, await RowsAsync());
        Assert.Equal(1, (await counter.ReadAsync(TimeSpan.FromDays(9_999), default)).Counts.Hits);
    }

    private async Task<int> RowsAsync()
    {
        var rows = 0;
        await foreach (var row in _records.QueryAsync("control", "hits-catalogue", new CacheFunctions.Storage.KeyRange("0", ":"), null, default))
            rows += row.Key.Length > 0 ? 1 : 0;
        return rows;
    }
}

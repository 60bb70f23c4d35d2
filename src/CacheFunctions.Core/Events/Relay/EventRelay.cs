using CacheFunctions.Catalogue;
using CacheFunctions.Catalogue.Index;
using CacheFunctions.Directories;
using CacheFunctions.Errors;
using CacheFunctions.Files.Log;
using CacheFunctions.Observability;
using CacheFunctions.Operations;
using CacheFunctions.Sessions;
using CacheFunctions.Storage;

namespace CacheFunctions.Events.Relay;

/// <summary>
/// Publishes what the logs tell: each event at least once, and those of a shard in the log's order. First the events, then the
/// place up to which they were published; so a crash between the two publishes them again, under the same ids, and none is lost.
/// What this instance commits is published at once; the frequent timer finds what an instance left behind that has died.
/// </summary>
public sealed class EventRelay
{
    /// <summary>How long commits gather before they are published together.</summary>
    public static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(200);

    /// <summary>How long changes gather before the statistics are told; longer than the index is behind.</summary>
    public static readonly TimeSpan StatisticsWindow = TimeSpan.FromSeconds(3);

    // Event Grid takes 1 MB at once, of which the envelopes take a little.
    private const int MaxBytes = 500_000;
    private const int MaxEvents = 200;
    private const int MaxPassed = 1_000;
    private const int EnvelopeBytes = 1_000;
    private const int ShardsAtOnce = 16;

    private readonly IReadOnlyList<RecordTable> _logs;
    private readonly RecordTable _catalogue;
    private readonly Func<bool, CancellationToken, Task<FileStatistics>> _statistics;
    private readonly IEventSink? _sink;
    private readonly TimeProvider _time;
    private readonly RelayPlaces _places;
    private readonly GrownLogs _grown = new();
    private readonly Turn _running = new();

    private PublishingFailure? _failure;

    // null: this instance knows of no change of which the statistics are to be told.
    private OwedStatistics? _owed;

    /// <param name="sink">null: nothing is published.</param>
    public EventRelay(
        IRecordStore records,
        SessionStore sessions,
        CatalogueStore catalogue,
        DirectoryStore directories,
        FileLog files,
        CatalogueIndex index,
        TimeProvider time,
        IEventSink? sink = null)
        : this(
            records,
            catalogue.Files,
            [sessions.Edits, directories.Table, files.Table],
            (exact, cancellation) => index.StatisticsAsync(null, null, exact, cancellation),
            time,
            sink)
    {
    }

    internal EventRelay(
        IRecordStore records,
        RecordTable catalogue,
        IReadOnlyList<RecordTable> others,
        Func<bool, CancellationToken, Task<FileStatistics>> statistics,
        TimeProvider time,
        IEventSink? sink)
    {
        (_logs, _catalogue, _statistics, _time, _sink) = ([catalogue, .. others], catalogue, statistics, time, sink);
        _places = new RelayPlaces(records);
        if (sink is null) return;
        foreach (var log in _logs) _grown.Watch(log);
    }

    /// <summary>Whether there is anywhere to publish to.</summary>
    public bool IsOn => _sink is not null;

    /// <summary>Since when nothing that this instance tried could be published, and why; null: the last try did, or there was none.</summary>
    public PublishingFailure? Failure => Volatile.Read(ref _failure);

    /// <summary>Waits until <see cref="RunOwnAsync"/> has something to do.</summary>
    public async Task WaitAsync(CancellationToken cancellation)
    {
        if (_owed is not { } owed)
        {
            await _grown.Any.WaitAsync(cancellation);
            return;
        }

        using var other = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var left = StatisticsWindow - _time.GetElapsedTime(owed.Since);
        await Task.WhenAny(_grown.Any, Task.Delay(left > TimeSpan.Zero ? left : TimeSpan.Zero, _time, other.Token));
        await other.CancelAsync();
        cancellation.ThrowIfCancellationRequested();
    }

    /// <summary>Publishes what this instance has committed, and whatever stands before that in the same shards. Costs no query where nothing has grown.</summary>
    /// <exception cref="CacheException">Unavailable: what is not published is kept, and the next run tries again.</exception>
    public async Task RunOwnAsync(CancellationToken cancellation)
    {
        await _running.WaitAsync(cancellation);
        try
        {
            var grown = _grown.Take();
            try
            {
                foreach (var (log, shards) in grown.ToList())
                {
                    var last = new LogPosition(log.ShardCount);
                    foreach (var (shard, end) in shards) last.Advance(shard, end);
                    await PublishAsync(log, last, cancellation);
                    grown.Remove(log);
                }
            }
            finally
            {
                foreach (var (log, shards) in grown)
                    foreach (var (shard, end) in shards) _grown.Add(log, shard, end);
            }

            if (_owed is { } owed && _time.GetElapsedTime(owed.Since) >= StatisticsWindow) await TellStatisticsAsync(owed.Change, exact: false, cancellation);
        }
        finally
        {
            _running.Release();
        }
    }

    /// <summary>For the timer: asks every shard of every log for its end. Safe to repeat, and on several instances at once.</summary>
    /// <returns>How many events were published.</returns>
    /// <exception cref="CacheException">Unavailable: the rest is kept for the next run.</exception>
    public async Task<int> RunAllAsync(CancellationToken cancellation)
    {
        if (_sink is null) return 0;
        await _running.WaitAsync(cancellation);
        try
        {
            var published = 0;
            foreach (var log in _logs) published += await PublishAsync(log, await EndAsync(log, cancellation), cancellation);
            var place = await _places.ReadAsync(_catalogue, cancellation);
            if (!place.OwesStatistics) return published;
            await TellStatisticsAsync(place.Changed, exact: true, cancellation);
            return published + 1;
        }
        finally
        {
            _running.Release();
        }
    }

    private static async Task<LogPosition> EndAsync(RecordTable log, CancellationToken cancellation)
    {
        var end = new LogPosition(log.ShardCount);
        foreach (var some in Enumerable.Range(0, log.ShardCount).Chunk(ShardsAtOnce))
        {
            var ends = await Task.WhenAll(some.Select(shard => log.Log.LastAsync(shard, cancellation)));
            foreach (var (shard, number) in some.Zip(ends)) end.Advance(shard, number);
        }

        return end;
    }

    private async Task<int> PublishAsync(RecordTable log, LogPosition last, CancellationToken cancellation)
    {
        var place = await _places.ReadAsync(log, cancellation);
        Note(log, place);
        if (place.Seen.HasReached(last))
        {
            TellLag(log, TimeSpan.Zero);
            return 0;
        }

        // A copy, since others may have published further in some shards.
        var (passed, events, bytes, operations, published) = (place.Seen.Copy(), new List<ServiceEvent>(), 0, 0, 0);
        last.Advance(passed);
        await foreach (var operation in new OldestOperations(log.Log).ReadAsync(place.Seen, last, cancellation))
        {
            if (operations == 0) TellLag(log, _time.GetUtcNow() - operation.Timestamp);
            var told = PublishedOperations.Of(operation);
            if (events.Count == MaxEvents || bytes + (told?.Data.Length ?? 0) > MaxBytes || operations == MaxPassed) await SendAsync();
            passed.Advance(operation.Shard, operation.Sequence);
            operations++;
            if (told is null) continue;
            events.Add(told);
            bytes += told.Data.Length + EnvelopeBytes;
        }

        await SendAsync();
        TellLag(log, TimeSpan.Zero);
        Telemetry.EventsPublished.Add(published, Telemetry.Tag(Telemetry.Attributes.Log, log.Name));
        return published;

        async Task SendAsync()
        {
            if (events.Count > 0) await TellAsync(events, cancellation);
            // Not called off: it is published, and would only be published again.
            place = await _places.MoveAsync(log, passed, log == _catalogue && events.Count > 0, CancellationToken.None);
            Note(log, place);
            published += events.Count;
            (bytes, operations) = (0, 0);
            events.Clear();
        }
    }

    private async Task TellAsync(IReadOnlyList<ServiceEvent> events, CancellationToken cancellation)
    {
        try
        {
            await _sink!.PublishAsync(events, cancellation);
            Volatile.Write(ref _failure, null);
        }
        catch (CacheException error)
        {
            Volatile.Write(ref _failure, new PublishingFailure(_failure?.Since ?? _time.GetUtcNow(), error.Message));
            throw;
        }
    }

    private static void TellLag(RecordTable log, TimeSpan lag) =>
        Telemetry.QueueAge.Tell(Telemetry.Attributes.Queue, Telemetry.Queue.Events + log.Name, Math.Max(0, lag.TotalSeconds));

    private void Note(RecordTable log, RelayPlace place)
    {
        if (log == _catalogue && place.OwesStatistics) _owed ??= new OwedStatistics(place.Changed, _time.GetTimestamp());
    }

    private async Task TellStatisticsAsync(long change, bool exact, CancellationToken cancellation)
    {
        var data = EventJson.Write(StatisticsEventData.Of(await _statistics(exact, cancellation)));
        var told = new ServiceEvent($"{_catalogue.Name}-statistics-{change}", _catalogue.Name, "cache_statistics_updated", "statistics", _time.GetUtcNow(), data);
        await TellAsync([told], cancellation);
        var place = await _places.TellAsync(_catalogue, change, CancellationToken.None);
        _owed = null;
        Note(_catalogue, place);
    }

    /// <param name="Change">After which change.</param>
    /// <param name="Since">When this instance learned of it.</param>
    private sealed record OwedStatistics(long Change, long Since);
}

/// <param name="Since">When the first of the tries failed that have failed since.</param>
/// <param name="Problem">Why the last one did.</param>
public sealed record PublishingFailure(DateTimeOffset Since, string Problem);

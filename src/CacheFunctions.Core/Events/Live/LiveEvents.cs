using System.Collections.Immutable;
using CacheFunctions.Catalogue;
using CacheFunctions.Catalogue.Index;
using CacheFunctions.Errors;
using CacheFunctions.Operations;
using CacheFunctions.Security;
using CacheFunctions.Storage;

namespace CacheFunctions.Events.Live;

/// <summary>
/// The live events of cached files. While anybody listens, one tail an instance follows the log where the index has found it
/// grown, and feeds all streams: so an event is read once, however many hear of it, and an idle minute costs what keeping the
/// index fresh costs. While nobody listens it costs nothing.
/// </summary>
public sealed class LiveEvents
{
    /// <summary>How many streams an instance keeps open.</summary>
    public const int MaxStreams = 1_000;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan StatisticsWindow = TimeSpan.FromSeconds(1);

    // So few operations are missed that a stream's queue has room for what comes meanwhile.
    private const int MaxMissed = LiveQueue.MaxMessages / 2;

    private readonly CatalogueIndex _index;
    private readonly TimeProvider _time;
    private readonly OldestOperations _log;
    private readonly int _shardCount;
    private readonly Turn _following = new();
    private readonly Signal _news = new();

    // Streams are added by who has the turn to follow, and leave at any time.
    private ImmutableList<LiveStream> _streams = [];
    private LogPosition _position;
    private bool _isFollowing;
    private bool _owesStatistics;
    private long _statisticsAt = long.MinValue;
    private int _open;

    public LiveEvents(CatalogueStore store, CatalogueIndex index, TimeProvider time)
        : this(store.Files, index, time)
    {
    }

    internal LiveEvents(RecordTable files, CatalogueIndex index, TimeProvider time)
    {
        (_index, _time, _log, _shardCount) = (index, time, new OldestOperations(files.Log), files.ShardCount);
        _position = new LogPosition(_shardCount);
        // The index has heard of the commit before, since it was made before.
        files.Committed += (_, _, _) => _news.Tell();
        index.Refreshed += _news.Tell;
    }

    /// <summary>Whether it reads the log at this time.</summary>
    internal bool IsFollowing => Volatile.Read(ref _isFollowing);

    /// <summary>How many streams are open.</summary>
    public int Open => Volatile.Read(ref _open);

    /// <summary>How many of them hear what comes: not those that were cut, or still read what they have missed.</summary>
    public int Hearing => Volatile.Read(ref _streams).Count;

    /// <summary>Opens a stream, which must be disposed of.</summary>
    /// <param name="types">Which events; null: all.</param>
    /// <param name="userId">Only what concerns this user; null: all that the caller may see.</param>
    /// <param name="after">A cursor; null: only what happens from now on.</param>
    /// <param name="field">What the caller calls the cursor.</param>
    /// <exception cref="CacheException">Forbidden: another user's events; InvalidArgument: the cursor is none of this log;
    /// Throttled: too many streams are open; Unavailable.</exception>
    public async Task<LiveStream> OpenAsync(
        Caller caller, IReadOnlySet<EventType>? types, string? userId, string? after, string field, CancellationToken cancellation)
    {
        var filter = new LiveFilter(types, caller.Sees(userId));
        var asked = after is null ? null : LogPosition.Parse(after, _shardCount) ?? throw NoCursor(field);
        if (Interlocked.Increment(ref _open) > MaxStreams)
        {
            Interlocked.Decrement(ref _open);
            throw new CacheException(ErrorCode.Throttled, $"This instance has {MaxStreams} streams open. Try again, or share one.") { RetryAfter = TimeSpan.FromSeconds(10) };
        }

        try
        {
            await _following.WaitAsync(cancellation);
            try
            {
                await BeginAsync(cancellation);
                // Another instance may have given it, and be ahead. Nobody gives what no log has reached.
                if (asked is not null && !_position.HasReached(asked)) await FollowAsync(exact: true, cancellation);
                if (asked is not null && !_position.HasReached(asked)) throw NoCursor(field);
                var stream = new LiveStream(this, filter, asked ?? _position.Copy(), asked is not null, _time);
                // From here on nothing escapes it, however late its reader begins.
                if (asked is null) Add(stream);
                return stream;
            }
            finally
            {
                _following.Release();
            }
        }
        catch
        {
            Interlocked.Decrement(ref _open);
            throw;
        }
    }

    /// <summary>Lets a stream hear what comes from now on, unless it has missed too much for its queue to wait so long.</summary>
    /// <returns>And up to where it has to read the log itself.</returns>
    internal async Task<(bool HasJoined, LogPosition UpTo)> JoinAsync(LiveStream stream, LogPosition position, CancellationToken cancellation)
    {
        await _following.WaitAsync(cancellation);
        try
        {
            if (_position.Total - position.Total > MaxMissed) return (false, _position.Copy());
            Add(stream);
            // It has missed those too.
            _owesStatistics = true;
            _news.Tell();
            return (true, _position.Copy());
        }
        finally
        {
            _following.Release();
        }
    }

    internal IAsyncEnumerable<LoggedOperation> MissedAsync(LogPosition after, LogPosition upTo, CancellationToken cancellation) =>
        _log.ReadAsync(after, upTo, cancellation);

    internal void Close(LiveStream stream)
    {
        Leave(stream);
        Interlocked.Decrement(ref _open);
    }

    private static CacheException NoCursor(string field) =>
        CacheException.Invalid(field, "is not a cursor that this service gave. Begin again without it.");

    private void Add(LiveStream stream) => ImmutableInterlocked.Update(ref _streams, static (all, one) => all.Add(one), stream);

    private void Leave(LiveStream stream) => ImmutableInterlocked.Update(ref _streams, static (all, one) => all.Remove(one), stream);

    private async Task BeginAsync(CancellationToken cancellation)
    {
        if (_isFollowing) return;
        await _index.RefreshAsync(exact: false, cancellation);
        (_position, _owesStatistics, _isFollowing) = (_index.Known, false, true);
        Background.Start(RunAsync);
    }

    /// <summary>Follows the log until nobody listens any more.</summary>
    private async Task RunAsync()
    {
        while (true)
        {
            var news = _news.Next;
            await _following.WaitAsync(CancellationToken.None);
            try
            {
                if (Open == 0)
                {
                    _isFollowing = false;
                    return;
                }

                await FollowAsync(exact: false, CancellationToken.None);
                await TellStatisticsAsync();
            }
            catch (CacheException)
            {
                // Storage does not answer; the next turn tries again, from where this one came to.
            }
            catch (InvalidDataException)
            {
                // The log has a hole there. Readers are told that they missed something, by being cut.
                foreach (var stream in _streams) stream.Queue.CutOff();
                (_streams, _position) = ([], _index.Known);
            }
            catch (ObjectDisposedException)
            {
                // The service has ended.
                return;
            }
            finally
            {
                _following.Release();
            }

            using var other = new CancellationTokenSource();
            await Task.WhenAny(news, Task.Delay(Interval, _time, other.Token));
            await other.CancelAsync();
            await Task.Delay(Gathering, _time);
        }
    }

    private async Task FollowAsync(bool exact, CancellationToken cancellation)
    {
        await _index.RefreshAsync(exact, cancellation);
        var known = _index.Known;
        if (_position.HasReached(known)) return;
        known.Advance(_position);
        await foreach (var operation in _log.ReadAsync(_position.Copy(), known, cancellation))
        {
            _position.Advance(operation.Shard, operation.Sequence);
            if (FileEvent.Of(operation) is not { } file) continue;
            _owesStatistics = true;
            var message = LiveMessage.Of(_position.ToString(), file.Type, file.Data, operation.Timestamp);
            foreach (var stream in _streams)
                if (stream.Filter.Fits(file)) Offer(stream, message);
        }

        var cursor = _position.ToString();
        foreach (var stream in _streams) stream.Queue.Pass(cursor);
    }

    private void Offer(LiveStream stream, LiveMessage message)
    {
        if (!stream.Queue.Offer(message)) Leave(stream);
    }

    /// <summary>At most once a window, however much changes; and always once more after the last change.</summary>
    private async Task TellStatisticsAsync()
    {
        if (!_owesStatistics || (_statisticsAt != long.MinValue && _time.GetElapsedTime(_statisticsAt) < StatisticsWindow)) return;
        var cursor = _position.ToString();
        foreach (var viewer in _streams.Where(stream => stream.Filter.WantsStatistics).GroupBy(stream => stream.Filter.UserId))
        {
            var data = StatisticsEventData.Of(await _index.StatisticsAsync(viewer.Key, null, exact: false, CancellationToken.None));
            var message = LiveMessage.Of(cursor, EventType.CacheStatisticsUpdated, data, _time.GetUtcNow());
            foreach (var stream in viewer.Where(stream => stream.Queue.LastStatistics != data))
            {
                stream.Queue.LastStatistics = data;
                Offer(stream, message);
            }
        }

        (_owesStatistics, _statisticsAt) = (false, _time.GetTimestamp());
    }
}

using System.Collections.Concurrent;
using System.Globalization;
using CacheFunctions.Errors;
using CacheFunctions.Storage;

namespace CacheFunctions.Catalogue.Index;

/// <summary>
/// Tells the other instances of hits and of commits. Both gather in memory: a hit costs no storage transaction of its own. One
/// row is written 5 s after the first hit or half a second after the first commit that is in it, so at most two rows a
/// second and mostly far fewer: at 100 hits a second 0.002 for each hit. A crash loses the hits of 5 s, never a commit.
/// </summary>
public sealed class Notices : IAsyncDisposable
{
    /// <summary>How long hits gather.</summary>
    public static readonly TimeSpan TouchWindow = TimeSpan.FromSeconds(5);

    /// <summary>How long commits gather: a part of the two seconds in which all instances must know of them.</summary>
    public static readonly TimeSpan CommitWindow = TimeSpan.FromMilliseconds(500);

    private readonly ConcurrentDictionary<Guid, UntoldHits> _touches = new();
    private readonly ConcurrentDictionary<int, long> _ends = new();
    private readonly Turn _sending = new();
    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly string _sender = Guid.NewGuid().ToString("N");
    private readonly ITimer _timer;
    private volatile bool _armed;
    private volatile bool _armedForCommit;
    private Notice? _unsent;
    private long _taken;
    private NoticePlace _place = new();

    public Notices(IRecordStore store, string catalogue, TimeProvider time)
    {
        _time = time;
        Log = new NoticeLog(store, catalogue, time);
        // What the timer sends is nobody's request, so no request must be charged for it.
        _timer = time.CreateTimer(_ => Background.Start(SendQuietlyAsync), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    internal NoticeLog Log { get; }

    /// <summary>Whether this sender has sent it.</summary>
    internal bool IsOwn(Notice notice) => notice.Id.StartsWith(_sender, StringComparison.Ordinal);

    /// <summary>A hit. Some hundred nanoseconds, no storage transaction.</summary>
    public void Touch(CachedFileId id) => Touch(id.Value, 1);

    /// <param name="count">0: it is still in use, by a hit that counted before.</param>
    public void Touch(Guid id, int count)
    {
        var now = _time.GetUtcNow().UtcTicks;
        var isNew = false;
        while (!_touches.TryGetValue(id, out var hits) || !hits.TryAdd(count, now)) isNew |= _touches.TryAdd(id, new UntoldHits());
        if (!_armed) Arm(TouchWindow, false);
        // Counting them takes all locks.
        if (isNew && !_armedForCommit && _touches.Count >= Notice.MaxTouches) Arm(CommitWindow, true);
    }

    /// <summary>A commit to the catalogue.</summary>
    /// <param name="last">The number of its last operation.</param>
    public void Committed(int shard, long last)
    {
        _ends.AddOrUpdate(shard, last, (_, known) => Math.Max(known, last));
        if (!_armedForCommit) Arm(CommitWindow, true);
    }

    /// <summary>Sends what has gathered; on shutdown too.</summary>
    /// <exception cref="CacheException">Unavailable: it is kept, and the next attempt sends it.</exception>
    public async Task SendAsync(CancellationToken cancellation)
    {
        await _sending.WaitAsync(cancellation);
        try
        {
            lock (_lock) _armed = _armedForCommit = false;
            for (var more = true; more;)
            {
                // What comes while this is sent waits for the next window, or hits without a pause would be rows without a pause.
                more = _unsent is not null;
                if ((_unsent ??= Take()) is not { } notice) return;
                more |= notice.Touches.Count == Notice.MaxTouches;
                await Log.AppendAsync(notice, _place, cancellation);
                (_unsent, _place) = (null, new NoticePlace());
            }
        }
        finally
        {
            _sending.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync();
        await SendQuietlyAsync();
    }

    private async Task SendQuietlyAsync()
    {
        try
        {
            await SendAsync(CancellationToken.None);
        }
        catch (CacheException)
        {
            Arm(TouchWindow, false);
        }
        catch (ObjectDisposedException)
        {
            // The timer fired while the service ended, which sends by itself.
        }
    }

    private void Arm(TimeSpan window, bool forCommit)
    {
        lock (_lock)
        {
            if (forCommit ? _armedForCommit : _armed) return;
            _armed = true;
            _armedForCommit |= forCommit;
            _timer.Change(window, Timeout.InfiniteTimeSpan);
        }
    }

    private Notice? Take()
    {
        var ends = new Dictionary<int, long>();
        foreach (var shard in _ends.Keys)
            if (_ends.TryRemove(shard, out var end)) ends[shard] = end;
        // Removed one by one, so that a hit meanwhile is either in this notice or begins the next count.
        var touches = new List<Touch>();
        foreach (var (id, _) in _touches)
        {
            if (touches.Count == Notice.MaxTouches) break;
            if (_touches.TryRemove(id, out var hits)) touches.Add(hits.Take(id));
        }

        return touches.Count + ends.Count == 0 ? null : new Notice(string.Create(CultureInfo.InvariantCulture, $"{_sender}-{++_taken}"), touches, ends);
    }
}

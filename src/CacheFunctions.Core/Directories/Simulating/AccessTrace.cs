using CacheFunctions.Errors;
using CacheFunctions.Eviction.Replay;
using CacheFunctions.Storage;

namespace CacheFunctions.Directories.Simulating;

/// <summary>
/// Records which directories are read, for simulations: at most one row a minute, written a minute after the first access that is in it, so
/// an access costs no transaction of its own. A row holds at most <see cref="MaxKeys"/> directories: where there are more, a smaller share
/// of them is recorded, chosen by a hash, so that every instance keeps the same. A crash loses a minute.
/// </summary>
public sealed class AccessTrace : IAsyncDisposable
{
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    /// <summary>How far back it is kept.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(14);

    internal const int MaxKeys = 1_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<ulong, SampledAccess> _sampled = [];
    private readonly SemaphoreSlim _sending = new(1);
    private readonly string _instance = Guid.NewGuid().ToString("N");
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private double _rate = 1;
    private long _accesses;
    private long _bytes;
    private (DateTimeOffset At, TraceWindow Window)? _unsent;
    private DateTimeOffset _lastAt;

    public AccessTrace(IRecordStore records, TimeProvider time)
    {
        (_time, Rows) = (time, new TraceRows(records));
        // What the timer sends is nobody's request, so no request must be charged for it.
        _timer = time.CreateTimer(_ => Background.Start(SendQuietlyAsync), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    internal TraceRows Rows { get; }

    /// <summary>A file was asked for. Some hundred nanoseconds, no storage transaction.</summary>
    /// <param name="directory">That holds it, or did so.</param>
    /// <param name="sizeBytes">Of the directory; 0: it is not there.</param>
    /// <param name="readBytes">0: the file was not there.</param>
    public void Record(Guid directory, long sizeBytes, long readBytes)
    {
        var access = new SampledAccess(KeyOf(directory), 1, sizeBytes, readBytes, _time.GetUtcNow().UtcTicks);
        lock (_lock)
        {
            if (_accesses++ == 0) _timer.Change(Window, Timeout.InfiniteTimeSpan);
            _bytes += readBytes;
            if (!new SpatialSample(_rate).Keeps(access.Key)) return;
            _sampled[access.Key] = _sampled.TryGetValue(access.Key, out var before) ? before.With(access) : access;
            if (_sampled.Count <= MaxKeys) return;
            _rate /= 2;
            var sample = new SpatialSample(_rate);
            foreach (var key in _sampled.Keys.Where(key => !sample.Keeps(key)).ToList()) _sampled.Remove(key);
        }
    }

    /// <summary>Writes what has gathered; on shutdown too.</summary>
    /// <exception cref="CacheException">Unavailable: it is kept, and the next attempt writes it.</exception>
    public async Task SendAsync()
    {
        await _sending.WaitAsync();
        try
        {
            for (; (_unsent ??= Take()) is { } unsent; _unsent = null) await Rows.WriteAsync(unsent.At, _instance, unsent.Window);
        }
        finally
        {
            _sending.Release();
        }
    }

    /// <summary>For the timer: removes what is too old for any simulation.</summary>
    public Task PurgeAsync(CancellationToken cancellation) => Rows.PurgeAsync(_time.GetUtcNow() - Kept, cancellation);

    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync();
        await SendQuietlyAsync();
        _sending.Dispose();
    }

    internal static ulong KeyOf(Guid directory)
    {
        Span<byte> bytes = stackalloc byte[16];
        directory.TryWriteBytes(bytes);
        return BitConverter.ToUInt64(bytes);
    }

    private (DateTimeOffset, TraceWindow)? Take()
    {
        lock (_lock)
        {
            if (_accesses == 0) return null;
            var window = new TraceWindow(_rate, _accesses, _bytes, [.. _sampled.Values]);
            _sampled.Clear();
            (_rate, _accesses, _bytes) = (1, 0, 0);
            // A row is known by its instance and time, and two must not be taken for one.
            var now = _time.GetUtcNow();
            return (_lastAt = now > _lastAt ? now : _lastAt.AddTicks(1), window);
        }
    }

    private async Task SendQuietlyAsync()
    {
        try
        {
            await SendAsync();
        }
        catch (CacheException)
        {
            _timer.Change(Window, Timeout.InfiniteTimeSpan);
        }
        catch (ObjectDisposedException)
        {
            // The timer fired while the service ended, which sends by itself.
        }
    }
}
